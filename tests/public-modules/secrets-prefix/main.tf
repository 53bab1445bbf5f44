# A name that is made up at apply, so that other names follow from it.
provider "aws" {
  region = "us-east-1"
}

module "prefixed" {
  source  = "terraform-aws-modules/secrets-manager/aws"
  version = "1.0.0"

  name_prefix             = "pubmod-"
  recovery_window_in_days = 0
  secret_string           = "a"
}

module "named_after" {
  source  = "terraform-aws-modules/secrets-manager/aws"
  version = "1.0.0"

  name                    = "after/${module.prefixed.secret_name}"
  recovery_window_in_days = 0
  secret_string           = jsonencode({ arn = module.prefixed.secret_arn })
  version_stages          = ["AWSCURRENT", "blue"]
}

output "id" {
  value = module.named_after.secret_version_id
}
