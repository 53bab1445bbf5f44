locals {
  common_tags = {
    Environment = var.environment
    ManagedBy   = "terraform"
  }

  name = "${var.environment}/payments"
}

# The key: a primary in one Region and replicas in two others, which share its material.

resource "aws_kms_key" "primary" {
  description             = "${local.name}, primary"
  multi_region            = true
  enable_key_rotation     = true
  deletion_window_in_days = 7

  tags = {
    Role = "primary"
  }
}

resource "aws_kms_replica_key" "ireland" {
  provider                = aws.ireland
  description             = "${local.name}, replica in eu-west-1"
  primary_key_arn         = aws_kms_key.primary.arn
  deletion_window_in_days = 7

  tags = {
    Role = "replica"
  }
}

resource "aws_kms_replica_key" "oregon" {
  provider                = aws.oregon
  description             = "${local.name}, replica in us-west-2"
  primary_key_arn         = aws_kms_key.primary.arn
  deletion_window_in_days = 7

  tags = {
    Role = "replica"
  }
}

# Aliases are not replicated: each Region has its own.

resource "aws_kms_alias" "primary" {
  name          = "alias/${local.name}"
  target_key_id = aws_kms_key.primary.key_id
}

resource "aws_kms_alias" "ireland" {
  provider      = aws.ireland
  name          = "alias/${local.name}"
  target_key_id = aws_kms_replica_key.ireland.key_id
}

resource "aws_kms_alias" "oregon" {
  provider      = aws.oregon
  name          = "alias/${local.name}"
  target_key_id = aws_kms_replica_key.oregon.key_id
}

# The secrets: one for each service, encrypted in each Region with that Region's key.

resource "aws_secretsmanager_secret" "service" {
  for_each = var.services

  name                    = "${local.name}/${each.key}"
  description             = "Database login of ${each.key}"
  kms_key_id              = aws_kms_key.primary.arn
  recovery_window_in_days = var.recovery_window_in_days

  replica {
    region     = "eu-west-1"
    kms_key_id = aws_kms_replica_key.ireland.arn
  }

  replica {
    region     = "us-west-2"
    kms_key_id = aws_kms_replica_key.oregon.arn
  }

  tags = {
    Service = each.key
    Team    = each.value.team
  }
}

resource "aws_secretsmanager_secret_version" "service" {
  for_each = var.services

  secret_id = aws_secretsmanager_secret.service[each.key].id
  secret_string = jsonencode({
    username = each.value.username
    password = var.database_password
  })
}
