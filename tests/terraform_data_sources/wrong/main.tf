# What is refused before anyone is asked.

data "aws_kms_key" "k0" {
  key_id = "11111111-2222-0333-0444-555555555555"
}

data "aws_kms_key" "k1" {
  key_id = "11111111-2222-4333-8444-55555555555A"
}

data "aws_kms_key" "k2" {
  key_id = "x11111111-2222-4333-8444-555555555555"
}

data "aws_kms_key" "k3" {
  key_id = "mrk-0123"
}

data "aws_kms_key" "k4" {
  key_id = "alias/"
}

data "aws_kms_key" "k5" {
  key_id = "alias/a b"
}

data "aws_kms_key" "k6" {
  key_id = "arn:aws:kms:eu-central-1:123456789012:key/x"
}

data "aws_kms_key" "k7" {
  key_id = "arn:aws:kms:eu-central-1:123456789012:xalias/a"
}

data "aws_kms_key" "k8" {
  key_id = "arn:aws:s3:::x"
}

data "aws_kms_key" "k9" {
  key_id = "11111111-2222-4333-8444-555555555555x"
}

data "aws_kms_key" "k10" {
  key_id = "xmrk-0123456789abcdef0123456789abcdef"
}

data "aws_kms_key" "k11" {
  key_id = "arn:aws:kms:mars::alias/a b"
}

data "aws_kms_key" "k12" {
  key_id = "alias/aws/x"
}

data "aws_kms_key" "k13" {
  key_id = ""
}

data "aws_kms_alias" "a0" {
  name = "app"
}

data "aws_kms_alias" "a1" {
  name = "alias/"
}

data "aws_kms_alias" "a2" {
  name = "alias/a b"
}

data "aws_kms_alias" "a3" {
  name = "alias/aws/x"
}

data "aws_kms_public_key" "wrong" {
  key_id = "not a key"
}

data "aws_kms_secrets" "none" {}

data "aws_kms_secret" "none" {}

data "aws_kms_custom_key_store" "both" {
  custom_key_store_id   = "cks-1"
  custom_key_store_name = "a"
}

data "aws_secretsmanager_secret" "both" {
  arn  = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:a-AbCdEf"
  name = "a"
}

data "aws_secretsmanager_secret" "neither" {}

data "aws_secretsmanager_secret" "wrong" {
  arn = "x"
}

data "aws_secretsmanager_secrets" "no_values" {
  filter {
    name = "name"
  }
}

data "aws_secretsmanager_secret_version" "none" {}

data "aws_secretsmanager_secret_versions" "none" {}

data "aws_secretsmanager_secret_rotation" "none" {}

data "aws_secretsmanager_random_password" "half" {
  password_length = 1.5
}

ephemeral "aws_secretsmanager_secret_version" "none" {}

ephemeral "aws_kms_secrets" "none" {}
