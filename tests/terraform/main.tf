# Every resource type of the field, in three Regions. var.phase moves all of it at once: what can
# be changed in place is changed in "updated", what can only be replaced is replaced in "replaced".

variable "phase" {
  type = string
}

locals {
  updated  = var.phase != "created"
  replaced = var.phase == "replaced"
  word     = local.updated ? "updated" : "created"

  # 32 bytes each, as external symmetric keys want them.
  material = base64encode(local.replaced ? "fedcba9876543210fedcba9876543210" : "0123456789abcdef0123456789abcdef")
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

provider "aws" {
  alias  = "oregon"
  region = "us-west-2"
}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Account"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
  }
  dynamic "statement" {
    for_each = local.updated ? ["Reader"] : []
    content {
      sid       = statement.value
      actions   = ["kms:Decrypt", "kms:DescribeKey"]
      resources = ["*"]
      principals {
        type        = "AWS"
        identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/reader"]
      }
    }
  }
}

resource "aws_kms_key" "primary" {
  description             = "app ${local.word}"
  multi_region            = true
  enable_key_rotation     = true
  rotation_period_in_days = local.updated ? 180 : 365
  deletion_window_in_days = 7
  policy                  = data.aws_iam_policy_document.key.json
  tags                    = { phase = local.word }
}

resource "aws_kms_key" "pair" {
  for_each                = toset(["a", "b"])
  description             = "pair ${each.key}"
  multi_region            = true
  deletion_window_in_days = 7
}

resource "aws_kms_key" "single" {
  customer_master_key_spec = local.replaced ? "ECC_NIST_P256" : "RSA_2048"
  key_usage                = "SIGN_VERIFY"
  is_enabled               = local.updated != local.replaced ? false : true
  deletion_window_in_days  = 7
}

resource "aws_kms_replica_key" "ireland" {
  provider                = aws.ireland
  primary_key_arn         = aws_kms_key.primary.arn
  description             = "app in Ireland ${local.word}"
  deletion_window_in_days = 7
  policy                  = data.aws_iam_policy_document.key.json
  tags                    = { phase = local.word }
}

resource "aws_kms_replica_key" "oregon" {
  provider                = aws.oregon
  primary_key_arn         = aws_kms_key.primary.arn
  deletion_window_in_days = 7
  tags                    = { phase = local.word }
}

resource "aws_kms_replica_key" "moving" {
  provider                = aws.ireland
  primary_key_arn         = aws_kms_key.pair[local.replaced ? "b" : "a"].arn
  deletion_window_in_days = 7
}

resource "aws_kms_alias" "primary" {
  name          = local.replaced ? "alias/moved" : "alias/app"
  target_key_id = local.updated ? aws_kms_key.pair["a"].key_id : aws_kms_key.primary.key_id
}

resource "aws_kms_alias" "ireland" {
  provider      = aws.ireland
  name          = "alias/app"
  target_key_id = aws_kms_replica_key.ireland.key_id
}

resource "aws_kms_alias" "oregon" {
  provider      = aws.oregon
  name          = "alias/app"
  target_key_id = aws_kms_replica_key.oregon.key_id
}

resource "aws_kms_grant" "app" {
  name              = "app"
  key_id            = aws_kms_key.primary.key_id
  grantee_principal = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/app"
  operations        = local.replaced ? ["Encrypt", "Decrypt", "DescribeKey"] : ["Encrypt", "Decrypt"]
  constraints {
    encryption_context_subset = { app = "orders" }
  }
}

resource "aws_kms_grant" "oregon" {
  provider          = aws.oregon
  key_id            = aws_kms_replica_key.oregon.key_id
  grantee_principal = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/app"
  operations        = ["Decrypt"]
  retire_on_delete  = true
}

resource "aws_kms_key_policy" "pair" {
  key_id = aws_kms_key.pair["a"].key_id
  policy = data.aws_iam_policy_document.key.json
}

resource "aws_kms_ciphertext" "note" {
  key_id    = aws_kms_key.primary.key_id
  plaintext = local.replaced ? "another note" : "a note"
  context   = { app = "orders" }
}

resource "aws_kms_external_key" "primary" {
  description             = "imported ${local.word}"
  multi_region            = true
  enabled                 = true
  key_material_base64     = local.material
  valid_to                = local.updated ? var.later : var.soon
  deletion_window_in_days = 7
}

resource "aws_kms_replica_external_key" "ireland" {
  provider                = aws.ireland
  description             = "imported in Ireland ${local.word}"
  enabled                 = true
  primary_key_arn         = aws_kms_external_key.primary.arn
  key_material_base64     = local.material
  deletion_window_in_days = 7
}

# The provider cannot read a store in a CloudHSM cluster: it dereferences a proxy that is not there.
resource "aws_kms_custom_key_store" "manager" {
  custom_key_store_name  = "manager ${local.word}"
  custom_key_store_type  = "EXTERNAL_KEY_STORE"
  xks_proxy_connectivity = "PUBLIC_ENDPOINT"
  xks_proxy_uri_endpoint = local.updated ? "https://keys.example.com" : "https://manager.example.com"
  xks_proxy_uri_path     = "/kms/xks/v1"
  xks_proxy_authentication_credential {
    access_key_id         = "ABCDEFGHIJKLMNOPQRST"
    raw_secret_access_key = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG="
  }
}

resource "aws_secretsmanager_secret" "app" {
  name                    = local.replaced ? "app/moved" : "app/database"
  description             = "database ${local.word}"
  kms_key_id              = local.updated ? aws_kms_key.pair["a"].arn : aws_kms_key.primary.arn
  recovery_window_in_days = 7
  replica {
    region     = "eu-west-1"
    kms_key_id = aws_kms_replica_key.ireland.arn
  }
  replica {
    region     = "us-west-2"
    kms_key_id = aws_kms_replica_key.oregon.arn
  }
}

resource "aws_secretsmanager_secret" "plain" {
  provider                = aws.oregon
  name                    = local.replaced ? "app/plain/moved" : "app/plain"
  description             = local.word
  recovery_window_in_days = 0
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id      = aws_secretsmanager_secret.app.id
  secret_string  = local.replaced ? "second value" : "first value"
  version_stages = local.updated ? ["AWSCURRENT", "blessed"] : ["AWSCURRENT"]
}

resource "aws_secretsmanager_secret_policy" "app" {
  secret_arn = aws_secretsmanager_secret.app.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Read"
      Effect    = "Allow"
      Action    = local.updated ? ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"] : ["secretsmanager:GetSecretValue"]
      Resource  = "*"
      Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:role/reader" }
    }]
  })
}

resource "aws_secretsmanager_secret_rotation" "plain" {
  provider            = aws.oregon
  secret_id           = aws_secretsmanager_secret.plain.id
  rotation_lambda_arn = "arn:aws:lambda:us-west-2:${data.aws_caller_identity.current.account_id}:function:rotate"
  rotate_immediately  = false
  rotation_rules {
    automatically_after_days = local.updated ? 14 : 30
  }
}

# Moments that lie ahead whenever the test runs.
variable "soon" {
  type = string
}

variable "later" {
  type = string
}
