variable "password" {
  type      = string
  sensitive = true
  default   = "two"
}

variable "owner" {
  type      = string
  sensitive = true
  default   = "owner-two"
}

resource "aws_kms_key" "app" {
  description = "key of ${var.owner}"
}

resource "aws_secretsmanager_secret" "app" {
  name                    = "app"
  description             = "secret"
  kms_key_id              = aws_kms_key.app.arn
  recovery_window_in_days = 0

  tags = {
    Owner = var.owner
    Team  = "platform"
  }
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = jsonencode({ password = var.password })
}

output "password" {
  value     = var.password
  sensitive = true
}
