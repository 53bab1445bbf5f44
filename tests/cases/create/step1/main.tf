resource "aws_kms_key" "primary" {
  description             = "primary"
  multi_region            = true
  enable_key_rotation     = true
  rotation_period_in_days = 180
  deletion_window_in_days = 7

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Administration"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })

  tags = {
    Role = "primary"
  }
}

resource "aws_kms_replica_key" "ireland" {
  provider        = aws.ireland
  description     = "ireland"
  primary_key_arn = aws_kms_key.primary.arn
}

resource "aws_kms_replica_key" "oregon" {
  provider        = aws.oregon
  description     = "oregon"
  enabled         = false
  primary_key_arn = aws_kms_key.primary.arn
}

resource "aws_kms_key" "signing" {
  description              = "signing"
  key_usage                = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
  is_enabled               = false
}

resource "aws_kms_alias" "primary" {
  name          = "alias/app"
  target_key_id = aws_kms_key.primary.key_id
}

resource "aws_kms_alias" "prefixed" {
  provider      = aws.ireland
  name          = "alias/app"
  target_key_id = aws_kms_replica_key.ireland.arn
}

resource "aws_secretsmanager_secret" "app" {
  name        = "app/login"
  description = "Login of the app"
  kms_key_id  = aws_kms_key.primary.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = "secretsmanager:DeleteSecret"
      Resource  = "*"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })

  replica {
    region     = "eu-west-1"
    kms_key_id = aws_kms_replica_key.ireland.arn
  }

  replica {
    region = "us-west-2"
  }

  tags = {
    Team = "payments"
  }
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = jsonencode({ user = "app", port = 5432 })
}

resource "aws_secretsmanager_secret" "plain" {
  name = "plain"
}

resource "aws_secretsmanager_secret_version" "plain" {
  secret_id      = aws_secretsmanager_secret.plain.id
  secret_string  = "staged"
  version_stages = ["AWSCURRENT", "blue"]
}

output "key_arn" {
  value = aws_kms_key.primary.arn
}

output "replica_status" {
  value = { for replica in aws_secretsmanager_secret.app.replica : replica.region => replica.status }
}
