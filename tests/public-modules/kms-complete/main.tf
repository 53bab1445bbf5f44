# A key with every kind of statement, aliases from a list and from a map, and one that is off.
provider "aws" {
  region = local.region
}

locals {
  region           = "us-east-1"
  current_identity = data.aws_caller_identity.current.arn
  tags = {
    Name    = "kms-${replace(basename("a/b_c"), "_", "-")}"
    Example = "complete"
  }
}

data "aws_caller_identity" "current" {}
data "aws_region" "current" {}

module "complete" {
  source  = "terraform-aws-modules/kms/aws"
  version = "3.1.1"

  deletion_window_in_days = 7
  description             = "Complete key"
  enable_key_rotation     = true
  rotation_period_in_days = 120
  is_enabled              = true
  key_usage               = "ENCRYPT_DECRYPT"
  multi_region            = false

  key_owners                             = [local.current_identity]
  key_administrators                     = [local.current_identity]
  key_users                              = [local.current_identity]
  key_service_users                      = [local.current_identity]
  key_service_roles_for_autoscaling      = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
  key_symmetric_encryption_users         = [local.current_identity]
  key_hmac_users                         = [local.current_identity]
  key_asymmetric_public_encryption_users = [local.current_identity]
  key_asymmetric_sign_verify_users       = [local.current_identity]
  key_statements = [
    {
      sid       = "CloudWatchLogs"
      actions   = ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"]
      resources = ["*"]
      principals = [
        {
          type        = "Service"
          identifiers = ["logs.${data.aws_region.current.name}.amazonaws.com"]
        }
      ]
      conditions = [
        {
          test     = "ArnLike"
          variable = "kms:EncryptionContext:aws:logs:arn"
          values   = ["arn:aws:logs:${local.region}:${data.aws_caller_identity.current.account_id}:log-group:*"]
        }
      ]
    }
  ]

  aliases = ["one", "foo/bar"]
  computed_aliases = {
    ex = { name = "computed-${data.aws_region.current.name}" }
  }

  grants = {
    lambda = {
      grantee_principal = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/lambda"
      operations        = ["Encrypt", "Decrypt", "GenerateDataKey"]
      constraints = {
        encryption_context_equals = { Department = "Finance" }
      }
    }
  }

  tags = local.tags
}

module "dnssec_signing" {
  source  = "terraform-aws-modules/kms/aws"
  version = "3.1.1"

  description              = "CMK for Route53 DNSSEC signing"
  key_usage                = "SIGN_VERIFY"
  customer_master_key_spec = "ECC_NIST_P256"
  enable_key_rotation      = false
  enable_route53_dnssec    = true
  route53_dnssec_sources = [
    {
      account_ids     = [data.aws_caller_identity.current.account_id]
      hosted_zone_arn = "arn:aws:route53:::hostedzone/*"
    }
  ]
  aliases = ["route53/dnssec-ex"]
  tags    = local.tags
}

module "default" {
  source  = "terraform-aws-modules/kms/aws"
  version = "3.1.1"

  tags = local.tags
}

module "disabled" {
  source  = "terraform-aws-modules/kms/aws"
  version = "3.1.1"

  create = false
}

# A grant's token is sensitive, and what is read of its constraints differs from what was written.
output "complete" {
  value = { for name, it in module.complete : name => it if name != "grants" }
}

output "grants" {
  value = { for name, grant in module.complete.grants : name => grant.operations }
}

output "disabled" {
  value = module.disabled
}

output "policy" {
  value = jsondecode(module.default.key_policy).Statement[0].Action
}
