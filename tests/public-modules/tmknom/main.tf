provider "aws" {
  region = "ap-southeast-2"
}

module "minimal" {
  source  = "tmknom/kms/aws"
  version = "2.0.0"
  name    = "minimal"
}

module "complete" {
  source  = "tmknom/kms/aws"
  version = "2.0.0"

  name                    = "complete"
  policy                  = data.aws_iam_policy_document.kms.json
  description             = "This is test for kms"
  key_usage               = "ENCRYPT_DECRYPT"
  deletion_window_in_days = 7
  is_enabled              = false
  enable_key_rotation     = false

  tags = {
    Environment = "test"
  }
}

data "aws_iam_policy_document" "kms" {
  policy_id = "complete"

  statement {
    sid       = "Enable IAM User Permissions"
    effect    = "Allow"
    actions   = ["kms:*"]
    resources = ["*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
}

data "aws_caller_identity" "current" {}

output "kms_key_arn" {
  value = module.complete.kms_key_arn
}
