# Everything that can be read, in every way of asking for it.

variable "made" {
  type = map(string)
}

provider "aws" {
  region = "eu-central-1"
}

provider "aws" {
  alias  = "ireland"
  region = "eu-west-1"
}

provider "aws" {
  alias  = "ignoring"
  region = "eu-central-1"

  ignore_tags {
    keys = ["Auto"]
  }

  default_tags {
    tags = { Team = "a" }
  }
}

data "aws_kms_key" "each" {
  for_each = {
    id        = var.made.plain
    disabled  = var.made.disabled
    rsa       = var.made.rsa
    sign      = var.made.sign
    outside   = var.made.outside
    arn       = var.made.primary
    alias     = "alias/app"
    alias_arn = "arn:aws:kms:eu-central-1:123456789012:alias/app"
    managed   = "alias/aws/secretsmanager"
  }
  key_id = each.value
}

data "aws_kms_key" "tokens" {
  key_id       = var.made.plain
  grant_tokens = ["a", "b"]
}

data "aws_kms_key" "no_tokens" {
  key_id       = var.made.plain
  grant_tokens = []
}

data "aws_kms_key" "replica" {
  provider = aws.ireland
  key_id   = split("/", var.made.primary)[1]
}

data "aws_kms_alias" "each" {
  for_each = toset(["alias/app", "alias/aws/secretsmanager", "alias/aws/ssm"])
  name     = each.value
}

data "aws_kms_public_key" "rsa" {
  key_id = var.made.rsa
}

data "aws_kms_public_key" "sign" {
  key_id       = var.made.sign
  grant_tokens = ["x"]
}

data "aws_kms_secrets" "two" {
  secret {
    name    = "with context"
    payload = var.made.with_context
    context = { of = "test" }
  }

  secret {
    name                 = "bare"
    payload              = var.made.bare
    encryption_algorithm = "SYMMETRIC_DEFAULT"
    key_id               = var.made.plain
  }
}

data "aws_kms_secrets" "empty_arguments" {
  secret {
    name         = "bare"
    payload      = var.made.bare
    context      = {}
    grant_tokens = []
    key_id       = ""
  }
}

data "aws_kms_ciphertext" "with_context" {
  key_id    = var.made.plain
  plaintext = "hello"
  context   = { x = "y" }
}

data "aws_kms_ciphertext" "empty_context" {
  key_id    = var.made.plain
  plaintext = "hello"
  context   = {}
}

data "aws_kms_custom_key_store" "name" {
  custom_key_store_name = "outside"
}

data "aws_kms_custom_key_store" "id" {
  custom_key_store_id = var.made.store
}

data "aws_kms_custom_key_store" "only" {}

data "aws_secretsmanager_secret" "arn" {
  arn = var.made.secret
}

data "aws_secretsmanager_secret" "each" {
  for_each = toset(["app/one", "app/two", "empty"])
  name     = each.value
}

data "aws_secretsmanager_secret" "ignoring" {
  provider = aws.ignoring
  name     = "app/one"
}

data "aws_secretsmanager_secret" "given_tags" {
  name = "app/one"
  tags = { a = "b" }
}

data "aws_secretsmanager_secret" "replica" {
  provider = aws.ireland
  name     = "app/one"
}

data "aws_secretsmanager_secrets" "all" {}

data "aws_secretsmanager_secrets" "two_filters" {
  filter {
    name   = "name"
    values = ["app", "empty"]
  }

  filter {
    name   = "tag-key"
    values = ["Team"]
  }
}

data "aws_secretsmanager_secrets" "each" {
  for_each = {
    none   = ["name", "nothing-such"]
    bulk   = ["tag-key", "Bulk"]
    others = ["name", "!many"]
    words  = ["description", "first"]
  }

  filter {
    name   = each.value[0]
    values = [each.value[1]]
  }
}

data "aws_secretsmanager_secrets" "no_values" {
  filter {
    name   = "name"
    values = []
  }
}

data "aws_secretsmanager_secret_version" "each" {
  for_each  = toset(["app/one", "app/two"])
  secret_id = each.value
}

data "aws_secretsmanager_secret_version" "previous" {
  secret_id     = "app/one"
  version_stage = "AWSPREVIOUS"
}

data "aws_secretsmanager_secret_version" "version" {
  secret_id     = "app/one"
  version_id    = var.made.version
  version_stage = "AWSCURRENT"
}

data "aws_secretsmanager_secret_version" "empty_arguments" {
  secret_id     = "app/one"
  version_id    = ""
  version_stage = ""
}

data "aws_secretsmanager_secret_versions" "each" {
  for_each  = toset(["app/one", "app/two", "empty"])
  secret_id = each.value
}

data "aws_secretsmanager_secret_versions" "labelled" {
  secret_id          = "app/one"
  include_deprecated = false
}

data "aws_secretsmanager_secret_rotation" "each" {
  for_each  = toset(["app/one", "app/two"])
  secret_id = each.value
}

data "aws_secretsmanager_random_password" "plain" {}

data "aws_secretsmanager_random_password" "ruled" {
  password_length            = 50
  exclude_characters         = "abc"
  exclude_lowercase          = true
  exclude_numbers            = true
  exclude_punctuation        = true
  include_space              = true
  require_each_included_type = true
}

data "aws_secretsmanager_random_password" "empty_arguments" {
  exclude_characters = ""
}
