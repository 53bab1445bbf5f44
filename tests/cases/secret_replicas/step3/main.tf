resource "aws_kms_key" "primary" {
  description             = "primary"
  multi_region            = true
  deletion_window_in_days = 7
}

resource "aws_kms_replica_key" "ireland" {
  provider                = aws.ireland
  description             = "ireland"
  primary_key_arn         = aws_kms_key.primary.arn
  deletion_window_in_days = 7
}

resource "aws_kms_replica_key" "oregon" {
  provider                = aws.oregon
  description             = "oregon"
  primary_key_arn         = aws_kms_key.primary.arn
  deletion_window_in_days = 7
}

resource "aws_secretsmanager_secret" "app" {
  name                    = "app"
  kms_key_id              = aws_kms_key.primary.arn
  recovery_window_in_days = 0

  replica {
    region     = "eu-west-1"
    kms_key_id = aws_kms_replica_key.ireland.arn
  }

  replica {
    region = "us-west-2"
  }
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "value"
}
