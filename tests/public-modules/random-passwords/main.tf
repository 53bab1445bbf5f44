# Passwords made by meridian, shown to no one.
provider "aws" {
  region = "us-east-1"
}

resource "random_password" "this" {
  for_each         = toset(["admin", "app"])
  length           = 24
  special          = true
  override_special = "!#$%&*()-_=+[]{}<>:?"
}

resource "random_id" "suffix" {
  byte_length = 4
}

module "secret" {
  source   = "terraform-aws-modules/secrets-manager/aws"
  version  = "1.0.0"
  for_each = random_password.this

  name                    = "pubmod/${each.key}-${random_id.suffix.hex}"
  recovery_window_in_days = 0
  ignore_secret_changes   = each.key == "admin"
  secret_string           = jsonencode({ username = each.key, password = each.value.result })
}

output "arns" {
  value = { for name, secret in module.secret : name => secret.secret_arn }
}

output "secrets" {
  value     = { for name, secret in module.secret : name => secret.secret_string }
  sensitive = true
}
