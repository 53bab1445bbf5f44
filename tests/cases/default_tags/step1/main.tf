provider "aws" {
  region = "eu-central-1"

  default_tags {
    tags = {
      Environment = "demo"
      Team        = "platform"
    }
  }
}

resource "aws_kms_key" "app" {
  description = "app"

  tags = {
    Team = "own"
  }
}

resource "aws_secretsmanager_secret" "app" {
  name = "app"
}
