# The context of the labels goes from module to module.
provider "aws" {
  region = "us-east-2"
}

module "label" {
  source  = "cloudposse/label/null"
  version = "0.25.0"

  namespace  = "eg"
  tenant     = "T!1"
  stage      = "Test"
  name       = "Parameter Store"
  attributes = ["public", "Public", "private"]
  delimiter  = "-"
  label_order = [
    "namespace", "tenant", "stage", "name", "attributes"
  ]
  tags = { BusinessUnit = "XYZ" }
  descriptor_formats = {
    stack = { format = "%v-%v", labels = ["tenant", "stage"] }
  }
}

module "kms_key" {
  source  = "cloudposse/kms-key/aws"
  version = "0.12.2"

  deletion_window_in_days = 7
  enable_key_rotation     = true
  alias                   = "alias/${module.label.id}"
  context                 = module.label.context
}

module "short" {
  source  = "cloudposse/kms-key/aws"
  version = "0.12.2"

  name             = "a-name-that-is-too-long-for-what-is-allowed"
  id_length_limit  = 20
  label_key_case   = "lower"
  label_value_case = "upper"
  labels_as_tags   = ["name", "stage"]
  additional_tag_map = {
    propagate_at_launch = "true"
  }
  multi_region = true
  context      = module.label.context
}

module "off" {
  source  = "cloudposse/kms-key/aws"
  version = "0.12.2"

  enabled = false
  context = module.label.context
}

output "label" {
  value = module.label
}

output "keys" {
  value = { long = module.kms_key, short = module.short, off = module.off }
}
