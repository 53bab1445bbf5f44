# What AWS has no answer to.

variable "made" {
  type = map(string)
}

provider "aws" {
  region = "eu-central-1"
}

data "aws_kms_key" "each" {
  for_each = {
    id     = "11111111-2222-4333-8444-555555555555"
    alias  = "alias/nothing"
    region = replace(var.made.primary, "eu-central-1", "us-west-2")
    empty  = ""
  }
  key_id = each.value
}

data "aws_kms_alias" "each" {
  for_each = toset(["alias/nothing", "alias/APP", "alias/going"])
  name     = each.value
}

data "aws_kms_public_key" "symmetric" {
  key_id = var.made.plain
}

data "aws_kms_secrets" "no_context" {
  secret {
    name    = "a"
    payload = var.made.with_context
  }
}

data "aws_kms_secrets" "junk" {
  secret {
    name    = "b"
    payload = "aGVsbG8="
  }
}

data "aws_kms_secrets" "other_key" {
  secret {
    name    = "c"
    payload = var.made.bare
    key_id  = var.made.primary
  }
}

data "aws_kms_secret" "removed" {
  secret {
    name    = "d"
    payload = "x"
  }
}

data "aws_kms_ciphertext" "each" {
  for_each  = toset(["disabled", "sign"])
  key_id    = var.made[each.value]
  plaintext = "hello"
}

data "aws_kms_custom_key_store" "name" {
  custom_key_store_name = "nothing"
}

data "aws_kms_custom_key_store" "id" {
  custom_key_store_id = "cks-0123456789abcdef0"
}

data "aws_secretsmanager_secret" "each" {
  for_each = toset(["nothing", "deleted", ""])
  name     = each.value
}

data "aws_secretsmanager_secrets" "filter" {
  filter {
    name   = "colour"
    values = ["red"]
  }
}

data "aws_secretsmanager_secret_version" "each" {
  for_each  = toset(["nothing", "deleted", "empty", ""])
  secret_id = each.value
}

data "aws_secretsmanager_secret_version" "stage" {
  secret_id     = "app/one"
  version_stage = "NOTHING"
}

data "aws_secretsmanager_secret_version" "version" {
  secret_id  = "app/one"
  version_id = "11111111-2222-3333-4444-555555555555"
}

data "aws_secretsmanager_secret_versions" "each" {
  for_each  = toset(["nothing", ""])
  secret_id = each.value
}

data "aws_secretsmanager_secret_rotation" "each" {
  for_each  = toset(["nothing", "deleted"])
  secret_id = each.value
}

data "aws_secretsmanager_random_password" "each" {
  for_each        = toset(["0", "5000"])
  password_length = tonumber(each.value)
}

data "aws_secretsmanager_random_password" "nothing_left" {
  exclude_lowercase   = true
  exclude_numbers     = true
  exclude_punctuation = true
  exclude_uppercase   = true
}
