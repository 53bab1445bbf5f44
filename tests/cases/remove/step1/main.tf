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

resource "aws_kms_alias" "app" {
  name          = "alias/app"
  target_key_id = aws_kms_key.primary.key_id
}

resource "aws_secretsmanager_secret" "app" {
  name                    = "app"
  kms_key_id              = aws_kms_key.primary.arn
  recovery_window_in_days = 7

  replica {
    region     = "eu-west-1"
    kms_key_id = aws_kms_replica_key.ireland.arn
  }
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "value"
}

output "secret" {
  value = aws_secretsmanager_secret.app.name
}
