# Imported key material: a primary, its replica with the very same material, and a key without any.
provider "aws" {
  region = "us-east-1"
}

provider "aws" {
  region = "eu-west-1"
  alias  = "replica"
}

locals {
  material = base64encode("0123456789abcdef0123456789abcdef")
}

# AWS keeps material for a year at most. What the first plan says stays.
resource "terraform_data" "until" {
  input = timeadd(plantimestamp(), "4320h")

  lifecycle {
    ignore_changes = [input]
  }
}

module "primary" {
  source  = "terraform-aws-modules/kms/aws"
  version = "3.1.1"

  deletion_window_in_days = 7
  description             = "Primary key with imported material"
  create_external         = true
  is_enabled              = true
  key_material_base64     = local.material
  multi_region            = true
  valid_to                = terraform_data.until.output
  aliases                 = ["primary-external"]
}

module "replica" {
  source  = "terraform-aws-modules/kms/aws"
  version = "3.1.1"

  deletion_window_in_days  = 7
  description              = "Replica key with the same material"
  create_replica_external  = true
  is_enabled               = true
  key_material_base64      = local.material
  primary_external_key_arn = module.primary.key_arn
  valid_to                 = terraform_data.until.output
  aliases                  = ["replica-external"]

  providers = {
    aws = aws.replica
  }
}

module "waiting" {
  source  = "terraform-aws-modules/kms/aws"
  version = "3.1.1"

  description     = "Without material"
  create_external = true
}

output "states" {
  value = [module.primary.external_key_state, module.replica.external_key_state, module.waiting.external_key_state]
}
