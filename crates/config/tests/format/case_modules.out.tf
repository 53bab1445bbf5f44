terraform {
  required_providers {
    aws = {
      source                = "hashicorp/aws"
      configuration_aliases = [aws.primary, aws.first, aws.second]
    }
  }
}

variable "label" {
  type = string
}

resource "aws_kms_key" "this" {
  provider     = aws.primary
  description  = "${var.label} primary"
  multi_region = true
}

module "first" {
  source      = "../replica"
  label       = var.label
  primary_arn = aws_kms_key.this.arn
  providers = {
    aws = aws.first
  }
}

module "second" {
  source      = "../replica"
  label       = var.label
  primary_arn = aws_kms_key.this.arn
  providers   = { aws = aws.second }
}

output "arns" {
  value = {
    primary                = aws_kms_key.this.arn
    (module.first.region)  = module.first.arn
    (module.second.region) = module.second.arn
  }
}
    