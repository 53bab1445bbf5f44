# What Terraform makes, meridian takes over, changes and hands back: repetition, modules, aliases of
# the provider, secrets, sensitive and typed outputs. var.phase changes something in place.

variable "phase" {
  type    = string
  default = "taken over"
}

variable "password" {
  type      = string
  sensitive = true
  default   = "C4nary-Q7f!TokenZ9"
}

provider "aws" {
  region = "eu-central-1"
  default_tags {
    tags = { team = "platform" }
  }
}

provider "aws" {
  alias  = "ireland"
  region = "eu-west-1"
}

data "aws_caller_identity" "current" {}

resource "aws_kms_key" "primary" {
  description             = "primary, ${var.phase}"
  multi_region            = true
  enable_key_rotation     = true
  deletion_window_in_days = 7
  tags                    = { phase = "1" }
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Account"
      Effect    = "Allow"
      Action    = "kms:*"
      Resource  = "*"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root" }
    }]
  })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_kms_key" "pair" {
  for_each                = { a = "first", "b \"quoted\"" = "second" }
  description             = each.value
  deletion_window_in_days = 7
}

resource "aws_kms_key" "numbered" {
  count                   = 2
  description             = "number ${count.index}"
  deletion_window_in_days = 7
}

resource "aws_kms_replica_key" "ireland" {
  provider                = aws.ireland
  primary_key_arn         = aws_kms_key.primary.arn
  deletion_window_in_days = 7
}

resource "aws_kms_alias" "primary" {
  name          = "alias/app"
  target_key_id = aws_kms_key.primary.key_id
}

resource "aws_secretsmanager_secret" "app" {
  name                    = "app/database"
  description             = var.phase
  kms_key_id              = aws_kms_key.primary.arn
  recovery_window_in_days = 7

  replica {
    region     = "eu-west-1"
    kms_key_id = aws_kms_replica_key.ireland.arn
  }
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = jsonencode({ user = "app", password = var.password })
}

resource "aws_secretsmanager_secret_version" "binary" {
  secret_id      = aws_secretsmanager_secret.app.id
  secret_binary  = base64encode(var.password)
  version_stages = ["binary"]
  # The first version of a secret is the current one, whatever it is called.
  depends_on = [aws_secretsmanager_secret_version.app]
}

resource "terraform_data" "note" {
  input            = { phase = "constant", numbers = [1, 2.5] }
  triggers_replace = ["a", 1]
}

# What Terraform cannot read from anywhere else.
resource "terraform_data" "hidden" {
  count = var.phase == "bare" ? 0 : 1
  input = { password = var.password }
}

module "service" {
  source   = "./service"
  for_each = toset(["orders", "billing"])
  name     = each.key
  key      = aws_kms_key.primary.arn

  providers = {
    aws         = aws
    aws.replica = aws.ireland
  }
}

output "key" {
  value = aws_kms_key.primary.arn
}

output "services" {
  value = { for name, service in module.service : name => service.secret }
}

output "numbers" {
  value = tolist([1, 2])
}

output "password" {
  value     = var.password
  sensitive = true
}
