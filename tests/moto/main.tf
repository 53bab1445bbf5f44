# Keys, secrets and replicas as far as moto imitates them: see moto.sh.

variable "description" {
  type    = string
  default = "one"
}

variable "value" {
  type      = string
  sensitive = true
  default   = "first"
}

provider "aws" {
  region = "eu-central-1"
}

provider "aws" {
  alias  = "ireland"
  region = "eu-west-1"
}

resource "aws_kms_key" "primary" {
  description             = "shared"
  multi_region            = true
  deletion_window_in_days = 7
}

resource "aws_kms_replica_key" "ireland" {
  provider                = aws.ireland
  description             = "shared"
  primary_key_arn         = aws_kms_key.primary.arn
  deletion_window_in_days = 7
}

resource "aws_kms_alias" "app" {
  name          = "alias/app"
  target_key_id = aws_kms_key.primary.key_id
}

resource "aws_secretsmanager_secret" "app" {
  name                    = "app"
  description             = var.description
  kms_key_id              = aws_kms_key.primary.arn
  recovery_window_in_days = 0

  replica {
    region = "eu-west-1"
  }

  tags = {
    Team = "payments"
  }
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = var.value
}

output "key_arn" {
  value = aws_kms_key.primary.arn
}
