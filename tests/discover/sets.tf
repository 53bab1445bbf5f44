provider "aws" {
  region = "eu-central-1"
}
locals {
  pol = { for s in ["kms", "secretsmanager"] : s => jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "All"
      Effect    = "Allow"
      Action    = s == "kms" ? ["kms:*"] : ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
      Resource  = "*"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
    }]
  }) }
  role = "arn:aws:iam::123456789012:role/app"
}
resource "aws_kms_key" "orders" {
  description             = "Orders: payment data"
  multi_region            = true
  enable_key_rotation     = true
  rotation_period_in_days = 180
  policy                  = local.pol["kms"]
  tags                    = { Team = "orders", "cost center" = "42" }
}
resource "aws_kms_replica_key" "orders" {
  for_each        = toset(["eu-west-1", "us-east-1", "ap-southeast-2"])
  region          = each.key
  primary_key_arn = aws_kms_key.orders.arn
  description     = "Orders in ${each.key}"
  tags            = { Team = "orders" }
}
resource "aws_kms_alias" "orders" {
  name          = "alias/orders/main"
  target_key_id = aws_kms_key.orders.key_id
}
resource "aws_kms_alias" "orders2" {
  name          = "alias/payments"
  target_key_id = aws_kms_key.orders.key_id
}
resource "aws_kms_alias" "orders_r" {
  for_each      = aws_kms_replica_key.orders
  region        = each.key
  name          = "alias/orders/main"
  target_key_id = each.value.key_id
}
resource "aws_kms_grant" "orders" {
  name              = "app"
  key_id            = aws_kms_key.orders.key_id
  grantee_principal = local.role
  operations        = ["Encrypt", "Decrypt", "GenerateDataKey"]
}
resource "aws_kms_grant" "orders_r" {
  region            = "eu-west-1"
  key_id            = aws_kms_replica_key.orders["eu-west-1"].key_id
  grantee_principal = local.role
  operations        = ["Decrypt"]
  constraints {
    encryption_context_equals = { app = "x" }
  }
}
resource "aws_kms_key" "plain" {
  multi_region = true
}
resource "aws_kms_replica_key" "plain" {
  region          = "eu-west-1"
  primary_key_arn = aws_kms_key.plain.arn
}
resource "aws_kms_external_key" "ext" {
  description         = "external"
  multi_region        = true
  enabled             = true
  key_material_base64 = "QzRuYXJ5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU="
}
resource "aws_kms_replica_external_key" "ext" {
  region              = "eu-west-1"
  primary_key_arn     = aws_kms_external_key.ext.arn
  key_material_base64 = "QzRuYXJ5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU="
}
resource "aws_kms_alias" "ext" {
  name          = "alias/external"
  target_key_id = aws_kms_external_key.ext.arn
}
resource "aws_kms_key" "us" {
  region       = "us-east-1"
  multi_region = true
  description  = "primary in the US"
}
resource "aws_kms_replica_key" "us" {
  primary_key_arn = aws_kms_key.us.arn
}
resource "aws_kms_alias" "us" {
  region        = "us-east-1"
  name          = "alias/analytics"
  target_key_id = aws_kms_key.us.key_id
}
resource "aws_kms_key" "sign" {
  multi_region             = true
  customer_master_key_spec = "ECC_NIST_P256"
  key_usage                = "SIGN_VERIFY"
}
resource "aws_kms_alias" "sign" {
  name          = "alias/sign"
  target_key_id = aws_kms_key.sign.key_id
}
resource "aws_secretsmanager_secret" "db" {
  name        = "prod/db"
  description = "Database"
  kms_key_id  = aws_kms_key.orders.arn
  policy      = local.pol["secretsmanager"]
  tags        = { Team = "orders" }
  replica {
    region     = "eu-west-1"
    kms_key_id = aws_kms_replica_key.orders["eu-west-1"].arn
  }
  replica {
    region     = "us-east-1"
    kms_key_id = aws_kms_replica_key.orders["us-east-1"].arn
  }
  replica {
    region     = "ap-southeast-2"
    kms_key_id = aws_kms_replica_key.orders["ap-southeast-2"].arn
  }
}
resource "aws_secretsmanager_secret_version" "db" {
  secret_id     = aws_secretsmanager_secret.db.id
  secret_string = "C4nary"
}
resource "aws_secretsmanager_secret" "default_key" {
  name = "prod/api-key"
  replica {
    region = "eu-west-1"
  }
}
resource "aws_secretsmanager_secret_version" "default_key" {
  secret_id     = aws_secretsmanager_secret.default_key.id
  secret_binary = "QzRuYXJ5"
}
resource "aws_secretsmanager_secret" "rotated" {
  name       = "prod/rotated"
  kms_key_id = "alias/orders/main"
  depends_on = [aws_kms_alias.orders]
}
resource "aws_secretsmanager_secret_version" "rotated" {
  secret_id     = aws_secretsmanager_secret.rotated.id
  secret_string = "C4nary"
}
resource "aws_secretsmanager_secret_rotation" "rotated" {
  secret_id           = aws_secretsmanager_secret_version.rotated.secret_id
  rotation_lambda_arn = "arn:aws:lambda:eu-central-1:123456789012:function:rotate"
  rotate_immediately  = false
  rotation_rules {
    automatically_after_days = 30
  }
}
resource "aws_secretsmanager_secret" "empty" {
  name = "prod/empty"
}
resource "aws_secretsmanager_secret" "single" {
  name       = "Prod/DB"
  kms_key_id = aws_kms_key.single.key_id
}
resource "aws_secretsmanager_secret" "us" {
  region     = "us-east-1"
  name       = "prod/db-us"
  kms_key_id = aws_kms_key.us.arn
  replica {
    region     = "eu-central-1"
    kms_key_id = aws_kms_replica_key.us.arn
  }
}
resource "aws_kms_key" "single" {
  description = "single"
}
resource "aws_kms_alias" "single" {
  name          = "alias/single"
  target_key_id = aws_kms_key.single.key_id
}
