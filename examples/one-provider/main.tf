# One provider configuration for all Regions: whatever is elsewhere says so itself, by region.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

variable "replica_regions" {
  description = "Where there is a replica of the key and of the secret."
  type        = set(string)
  default     = ["eu-west-1", "us-west-2"]
}

variable "password" {
  description = "The secret. The default is good for a demonstration only."
  type        = string
  sensitive   = true
  default     = "correct-horse-battery-staple"
}

resource "aws_kms_key" "primary" {
  description             = "demo, primary"
  multi_region            = true
  deletion_window_in_days = 7
}

resource "aws_kms_replica_key" "replica" {
  for_each = var.replica_regions

  region                  = each.key
  description             = "demo, replica"
  primary_key_arn         = aws_kms_key.primary.arn
  deletion_window_in_days = 7
}

resource "aws_kms_alias" "primary" {
  name          = "alias/demo"
  target_key_id = aws_kms_key.primary.key_id
}

resource "aws_kms_alias" "replica" {
  for_each = aws_kms_replica_key.replica

  region        = each.key
  name          = "alias/demo"
  target_key_id = each.value.key_id
}

resource "aws_secretsmanager_secret" "app" {
  name                    = "demo/app"
  kms_key_id              = aws_kms_key.primary.arn
  recovery_window_in_days = 0

  dynamic "replica" {
    for_each = aws_kms_replica_key.replica

    content {
      region     = replica.key
      kms_key_id = replica.value.arn
    }
  }
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = var.password
}

output "key_arns" {
  description = "The replicas of the key, by Region."
  value       = { for region, key in aws_kms_replica_key.replica : region => key.arn }
}
