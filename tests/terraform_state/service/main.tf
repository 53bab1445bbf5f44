# A secret in two Regions, by the provider configurations of whoever calls.

terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.replica]
    }
  }
}

variable "name" {
  type = string
}

variable "key" {
  type = string
}

resource "aws_kms_key" "replica" {
  provider                = aws.replica
  description             = "of ${var.name}"
  deletion_window_in_days = 7
}

resource "aws_secretsmanager_secret" "this" {
  name                    = "service/${var.name}"
  kms_key_id              = var.key
  recovery_window_in_days = 0

  replica {
    region     = "eu-west-1"
    kms_key_id = aws_kms_key.replica.arn
  }
}

resource "aws_secretsmanager_secret_version" "this" {
  secret_id     = aws_secretsmanager_secret.this.id
  secret_string = "generated for ${var.name}"
}

output "secret" {
  value = aws_secretsmanager_secret.this.arn
}
