# A primary key and its replica in another Region, through a provider that is passed.
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  region = "eu-west-1"
  alias  = "replica"
}

data "aws_caller_identity" "current" {}

locals {
  tags = { Example = "multi-region" }
}

module "primary" {
  source  = "terraform-aws-modules/kms/aws"
  version = "3.1.1"

  deletion_window_in_days = 7
  description             = "Primary key of replica key example"
  enable_key_rotation     = false
  is_enabled              = true
  key_usage               = "ENCRYPT_DECRYPT"
  multi_region            = true
  aliases                 = ["primary-standard"]
  tags                    = local.tags
}

module "replica" {
  source  = "terraform-aws-modules/kms/aws"
  version = "3.1.1"

  deletion_window_in_days = 7
  description             = "Replica key example"
  create_replica          = true
  primary_key_arn         = module.primary.key_arn
  key_owners              = [data.aws_caller_identity.current.arn]
  aliases                 = ["replica-standard"]
  computed_aliases = {
    ex = { name = "of-${basename(module.primary.key_arn)}" }
  }
  tags = local.tags

  providers = {
    aws = aws.replica
  }
}

output "keys" {
  value = {
    for name, key in { primary = module.primary, replica = module.replica } :
    name => { arn = key.key_arn, aliases = keys(key.aliases) }
  }
}
