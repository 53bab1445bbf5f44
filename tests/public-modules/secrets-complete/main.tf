# Secrets with replicas, values that are ignored, values as bytes, rotation off, and one that is off.
provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "second"
  region = "eu-central-1"
}

data "aws_caller_identity" "current" {}

resource "aws_kms_key" "primary" {
  description  = "Secrets"
  multi_region = true
}

resource "aws_kms_replica_key" "second" {
  provider        = aws.second
  primary_key_arn = aws_kms_key.primary.arn
}

module "replicated" {
  source  = "terraform-aws-modules/secrets-manager/aws"
  version = "1.0.0"

  name                    = "pubmod/replicated"
  description             = "Replicated Secrets Manager secret"
  recovery_window_in_days = 0
  kms_key_id              = aws_kms_key.primary.arn
  replica = {
    "eu-central-1" = { kms_key_id = aws_kms_replica_key.second.arn }
    another        = { region = "us-west-2" }
  }
  secret_string = jsonencode({
    engine   = "mysql"
    host     = "mydb.cluster-123456789012.us-east-1.rds.amazonaws.com"
    username = "Bill"
    password = "ThisIsMySuperSecretString"
    dbname   = "mydb"
    port     = 3306
  })
  tags = { Environment = "Development" }
}

module "ignored" {
  source  = "terraform-aws-modules/secrets-manager/aws"
  version = "1.0.0"

  name                    = "pubmod/ignored"
  recovery_window_in_days = 7
  ignore_secret_changes   = true
  secret_string           = "placeholder"
}

module "binary" {
  source  = "terraform-aws-modules/secrets-manager/aws"
  version = "1.0.0"

  name                    = "pubmod/binary"
  recovery_window_in_days = 0
  secret_binary           = base64encode("bytes")
}

module "many" {
  source   = "terraform-aws-modules/secrets-manager/aws"
  version  = "1.0.0"
  for_each = toset(["one", "two"])

  name                    = "pubmod/many/${each.key}"
  recovery_window_in_days = 0
  secret_string           = upper(each.value)
}

module "with_policy" {
  source  = "terraform-aws-modules/secrets-manager/aws"
  version = "1.0.0"

  name                    = "pubmod/with-policy"
  recovery_window_in_days = 0
  secret_string           = "read by one role"
  create_policy           = true
  block_public_policy     = true
  policy_statements = {
    read = {
      sid       = "AllowRead"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = ["*"]
      principals = [{
        type        = "AWS"
        identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
      }]
    }
  }
}

module "rotated" {
  source  = "terraform-aws-modules/secrets-manager/aws"
  version = "1.0.0"

  name                    = "pubmod/rotated"
  recovery_window_in_days = 0
  secret_string           = "first"
  enable_rotation         = true
  rotation_lambda_arn     = "arn:aws:lambda:eu-west-1:${data.aws_caller_identity.current.account_id}:function:rotate"
  rotation_rules = {
    schedule_expression = "rate(30 days)"
    duration            = "3h"
  }
}

module "disabled" {
  source  = "terraform-aws-modules/secrets-manager/aws"
  version = "1.0.0"

  create = false
}

output "replicated" {
  value     = module.replicated
  sensitive = true
}

output "arns" {
  value = { for name, secret in module.many : name => secret.secret_arn }
}

output "replica_regions" {
  value = sort(module.replicated.secret_replica[*].region)
}
