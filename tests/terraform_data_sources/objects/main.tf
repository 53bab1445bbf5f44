# What the data sources read, made by Terraform.

provider "aws" {
  region = "eu-central-1"
}

provider "aws" {
  alias  = "ireland"
  region = "eu-west-1"
}

resource "aws_kms_key" "primary" {
  description             = "primary"
  multi_region            = true
  deletion_window_in_days = 7
}

resource "aws_kms_replica_key" "ireland" {
  provider                = aws.ireland
  description             = "replica"
  primary_key_arn         = aws_kms_key.primary.arn
  deletion_window_in_days = 7
}

resource "aws_kms_key" "plain" {
  description = "plain"
}

resource "aws_kms_key" "disabled" {
  description = "disabled"
  is_enabled  = false
}

resource "aws_kms_key" "rsa" {
  customer_master_key_spec = "RSA_2048"
}

resource "aws_kms_key" "sign" {
  customer_master_key_spec = "ECC_NIST_P256"
  key_usage                = "SIGN_VERIFY"
}

resource "aws_kms_external_key" "outside" {
  description         = "external"
  key_material_base64 = base64encode("0123456789abcdef0123456789abcdef")
  valid_to            = var.later
}

variable "later" {
  type = string
}

resource "aws_kms_alias" "app" {
  name          = "alias/app"
  target_key_id = aws_kms_key.primary.arn
}

resource "aws_kms_custom_key_store" "outside" {
  custom_key_store_name  = "outside"
  custom_key_store_type  = "EXTERNAL_KEY_STORE"
  xks_proxy_connectivity = "PUBLIC_ENDPOINT"
  xks_proxy_uri_endpoint = "https://xks.example.com"
  xks_proxy_uri_path     = "/kms/xks/v1"

  xks_proxy_authentication_credential {
    access_key_id         = "ABCDEFGHIJKLMNOPQRST"
    raw_secret_access_key = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq"
  }
}

resource "aws_kms_ciphertext" "with_context" {
  key_id    = aws_kms_key.plain.key_id
  plaintext = "with a context"
  context   = { of = "test" }
}

resource "aws_kms_ciphertext" "bare" {
  key_id    = aws_kms_key.plain.key_id
  plaintext = "without a context"
}

resource "aws_secretsmanager_secret" "one" {
  name        = "app/one"
  description = "first"
  kms_key_id  = aws_kms_key.primary.arn
  tags        = { Team = "a", Auto = "x" }

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
      Condition = { StringLike = { "aws:PrincipalTag/a" = "<&>" } }
    }]
  })

  replica {
    region = "eu-west-1"
  }
}

resource "aws_secretsmanager_secret_version" "one" {
  secret_id     = aws_secretsmanager_secret.one.id
  secret_string = "the first value"
}

resource "aws_secretsmanager_secret" "two" {
  name = "app/two"
}

resource "aws_secretsmanager_secret_version" "two" {
  secret_id     = aws_secretsmanager_secret.two.id
  secret_binary = base64encode("bytes")
}

resource "aws_secretsmanager_secret_rotation" "two" {
  secret_id           = aws_secretsmanager_secret.two.id
  rotation_lambda_arn = "arn:aws:lambda:eu-central-1:123456789012:function:rotate"

  rotation_rules {
    schedule_expression = "rate(10 days)"
    duration            = "3h"
  }

  depends_on = [aws_secretsmanager_secret_version.two]
}

resource "aws_secretsmanager_secret" "empty" {
  name = "empty"
}

resource "aws_secretsmanager_secret" "many" {
  count = 105
  name  = "many/${count.index}"
  tags  = { Bulk = "yes" }
}

output "made" {
  value = {
    plain        = aws_kms_key.plain.key_id
    disabled     = aws_kms_key.disabled.key_id
    rsa          = aws_kms_key.rsa.key_id
    sign         = aws_kms_key.sign.key_id
    outside      = aws_kms_external_key.outside.id
    primary      = aws_kms_key.primary.arn
    store        = aws_kms_custom_key_store.outside.id
    with_context = aws_kms_ciphertext.with_context.ciphertext_blob
    bare         = aws_kms_ciphertext.bare.ciphertext_blob
    secret       = aws_secretsmanager_secret.one.arn
    version      = aws_secretsmanager_secret_version.one.version_id
  }
}
