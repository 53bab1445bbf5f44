resource "aws_kms_key" "primary" {
  description             = "before"
  multi_region            = true
  enable_key_rotation     = false
  deletion_window_in_days = 7

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "Before"
      Effect    = "Allow"
      Principal = { AWS = "arn:aws:iam::123456789012:root" }
      Action    = "kms:*"
      Resource  = "*"
    }]
  })

  tags = {
    Changed = "before"
    Removed = "soon"
  }
}

resource "aws_kms_replica_key" "ireland" {
  provider        = aws.ireland
  description     = "before, replica"
  primary_key_arn = aws_kms_key.primary.arn

  tags = {
    Role = "replica"
  }
}

resource "aws_kms_key" "second" {
  description = "second"
}

resource "aws_kms_alias" "app" {
  name          = "alias/app"
  target_key_id = aws_kms_key.primary.key_id
}

resource "aws_secretsmanager_secret" "app" {
  name        = "app"
  description = "before"
  kms_key_id  = aws_kms_key.primary.arn

  tags = {
    Team = "a"
  }
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "first"
}
