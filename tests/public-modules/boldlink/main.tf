provider "aws" {
  region = "eu-west-1"
}

data "aws_caller_identity" "current" {}
data "aws_partition" "current" {}

locals {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Enable IAM User Permissions"
        Effect    = "Allow"
        Action    = ["kms:*"]
        Principal = { AWS = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root" }
        Resource  = ["*"]
      }
    ]
  })
}

module "minimum" {
  source      = "boldlink/kms/aws"
  version     = "1.2.0"
  description = "kms key"
}

module "complete" {
  source                  = "boldlink/kms/aws"
  version                 = "1.2.0"
  description             = "Example complete kms key with IAM user permisions"
  alias_name              = "alias/example-key-alias"
  enable_key_rotation     = true
  create_kms_alias        = true
  kms_policy              = local.policy
  deletion_window_in_days = 7
  tags                    = { Name = "example" }
}

output "outputs" {
  value = [module.minimum, module.complete]
}
