resource "aws_kms_key" "primary" {
  description             = "after"
  multi_region            = true
  enable_key_rotation     = true
  rotation_period_in_days = 200
  deletion_window_in_days = 20

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "After"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })

  tags = {
    Added   = "now"
    Changed = "after"
  }
}

resource "aws_kms_replica_key" "ireland" {
  provider        = aws.ireland
  description     = "after, replica"
  primary_key_arn = aws_kms_key.primary.arn

  tags = {
    Role = "copy"
  }
}

resource "aws_kms_key" "second" {
  description = "second"
}

resource "aws_kms_alias" "app" {
  name          = "alias/app"
  target_key_id = aws_kms_key.second.key_id
}

resource "aws_secretsmanager_secret" "app" {
  name        = "app"
  description = "after"
  kms_key_id  = aws_kms_key.second.arn

  tags = {
    Team = "b"
  }
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "second"
}
