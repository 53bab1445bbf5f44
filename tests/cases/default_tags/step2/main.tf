provider "aws" {
  region = "eu-central-1"

  default_tags {
    tags = {
      CostCentre  = "42"
      Environment = "production"
    }
  }
}

resource "aws_kms_key" "app" {
  description = "app"

  tags = {
    Role = "key"
  }
}

resource "aws_secretsmanager_secret" "app" {
  name = "app"
}
