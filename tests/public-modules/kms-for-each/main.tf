# Modules by for_each, with policies of one's own and documents that override others.
provider "aws" {
  region = "eu-central-1"
}

variable "keys" {
  type = map(object({
    description = optional(string, "no description")
    window      = optional(number, 30)
    aliases     = optional(list(string), [])
    statements  = optional(any, {})
  }))
  default = {
    app = {
      aliases = ["app", "application"]
      statements = {
        logs = {
          actions    = ["kms:Decrypt"]
          resources  = ["*"]
          principals = [{ type = "Service", identifiers = ["logs.amazonaws.com", "events.amazonaws.com"] }]
        }
      }
    }
    data = {
      description = "Data at rest"
      window      = 7
    }
  }
}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "base" {
  statement {
    sid       = "Default"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [data.aws_caller_identity.current.account_id]
    }
  }
}

data "aws_iam_policy_document" "override" {
  statement {
    sid       = "Extra"
    effect    = "Deny"
    actions   = ["kms:ScheduleKeyDeletion"]
    resources = ["*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "StringNotEquals"
      variable = "aws:PrincipalAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

module "kms" {
  source   = "terraform-aws-modules/kms/aws"
  version  = "3.1.1"
  for_each = var.keys

  description               = each.value.description
  deletion_window_in_days   = each.value.window
  aliases                   = each.value.aliases
  aliases_use_name_prefix   = each.key == "app"
  key_statements            = each.value.statements
  enable_default_policy     = each.key == "app"
  source_policy_documents   = each.key == "app" ? [] : [data.aws_iam_policy_document.base.json]
  override_policy_documents = [data.aws_iam_policy_document.override.json]
}

module "own_policy" {
  source  = "terraform-aws-modules/kms/aws"
  version = "3.1.1"
  count   = 2

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
  aliases = ["own-${count.index}"]
}

output "arns" {
  value = { for name, key in module.kms : name => key.key_arn }
}

output "own" {
  value = module.own_policy[*].key_id
}
