resource "aws_kms_key" "app" {
  description             = "app"
  multi_region            = false
  deletion_window_in_days = 7
}

resource "aws_kms_alias" "app" {
  name          = "alias/app"
  target_key_id = aws_kms_key.app.key_id
}

resource "aws_secretsmanager_secret" "app" {
  name       = "app"
  kms_key_id = aws_kms_key.app.arn
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "value"
}
