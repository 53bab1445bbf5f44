resource "aws_secretsmanager_secret" "app" {
  name                    = "app"
  recovery_window_in_days = 0

  lifecycle {
    ignore_changes = [tags]
  }
}

resource "aws_secretsmanager_secret_version" "app" {
  secret_id     = aws_secretsmanager_secret.app.id
  secret_string = "value"
}
