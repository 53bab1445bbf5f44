# The defaults only.
provider "aws" {
  region = "us-east-2"
}

module "kms_key" {
  source  = "cloudposse/kms-key/aws"
  version = "0.12.2"

  namespace               = "eg"
  stage                   = "test"
  name                    = "chamber"
  description             = "KMS key for chamber"
  deletion_window_in_days = 10
  enable_key_rotation     = true
  alias                   = "alias/parameter_store_key"
}

output "alias_name" {
  value = module.kms_key.alias_name
}
