provider "aws" {
  region = "us-east-1"
}

module "plain" {
  source  = "lgallard/secrets-manager/aws"
  version = "0.12.2"

  secrets = {
    "pubmod/secret-1" = {
      description             = "My secret 1"
      recovery_window_in_days = 7
      secret_string           = "This is an example"
    }
    "pubmod/secret-2" = {
      description             = "My secret 2"
      recovery_window_in_days = 7
      secret_string           = "This is another example"
    }
  }

  tags = {
    Owner       = "DevOps team"
    Environment = "dev"
    Terraform   = true
  }
}

module "rotating" {
  source  = "lgallard/secrets-manager/aws"
  version = "0.12.2"

  recovery_window_in_days = 0
  rotate_secrets = {
    "pubmod/rotating" = {
      description              = "Rotated every 15 days"
      secret_string            = "first"
      rotation_lambda_arn      = "arn:aws:lambda:us-east-1:123456789012:function:rotate"
      automatically_after_days = 15
    }
  }
}

module "unmanaged" {
  source    = "lgallard/secrets-manager/aws"
  version   = "0.12.2"
  unmanaged = true

  secrets = {
    "pubmod/key-value" = {
      description = "Key/value secret"
      secret_key_value = {
        key1 = "value1"
        key2 = "value2"
      }
      recovery_window_in_days = 7
    }
    "pubmod/binary" = {
      description             = "Binary secret"
      recovery_window_in_days = 0
      secret_binary           = "-----BEGIN-----\nabc\n-----END-----\n"
    }
  }
}

module "replicas" {
  source  = "lgallard/secrets-manager/aws"
  version = "0.12.2"

  replica_regions = {
    us-west-2 = null
    eu-west-1 = null
  }
  recovery_window_in_days = 0
  secrets = {
    "pubmod/replicated" = { description = "In three Regions", secret_string = "one" }
  }
}

output "ids" {
  value = module.plain.secret_ids
}

output "rotated" {
  value = module.plain.rotate_secret_arns
}
