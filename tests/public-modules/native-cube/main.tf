provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "central"
  region = "eu-central-1"
}

module "core" {
  source  = "native-cube/kms/aws"
  version = "1.0.0"

  alias_name              = "example/core"
  deletion_window_in_days = 7
  rotation_period_in_days = 365
  tags                    = { Environment = "test" }
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "root"
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })
}

module "primary" {
  source  = "native-cube/kms/aws"
  version = "1.0.0"

  description  = "Multi-Region primary KMS key"
  multi_region = true
  aliases      = { primary = { name = "example/multi-region" } }
}

module "replica" {
  source  = "native-cube/kms/aws"
  version = "1.0.0"

  key_type        = "replica"
  description     = "Multi-Region replica KMS key"
  primary_key_arn = module.primary.key_arn
  aliases = {
    replica = { name = "example/multi-region" }
    other   = { name_prefix = "example-" }
  }

  providers = {
    aws = aws.central
  }
}

output "core" {
  value = module.core
}

output "aliases" {
  value = module.replica.aliases
}
