resource "aws_kms_key" "blue" {
  description             = "blue"
  multi_region            = true
  deletion_window_in_days = 7
}

resource "aws_kms_key" "green" {
  description             = "green"
  multi_region            = true
  deletion_window_in_days = 7
}

resource "aws_kms_replica_key" "ireland" {
  provider                = aws.ireland
  description             = "replica of green"
  primary_key_arn         = aws_kms_key.green.arn
  deletion_window_in_days = 7
}

resource "aws_secretsmanager_secret" "app" {
  name       = "app"
  kms_key_id = aws_kms_key.green.arn

  replica {
    region     = "eu-west-1"
    kms_key_id = aws_kms_replica_key.ireland.arn
  }
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "value"
}
