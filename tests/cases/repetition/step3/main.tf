locals {
  services = { orders = "orders, new" }
}

resource "aws_kms_key" "shard" {
  count = 1

  description             = "shard ${count.index}"
  deletion_window_in_days = 7
}

resource "aws_secretsmanager_secret" "service" {
  for_each = local.services

  name                    = "service/${each.key}"
  description             = "Login of ${each.value}"
  kms_key_id              = aws_kms_key.shard[0].arn
  recovery_window_in_days = 0
}

output "names" {
  value = [for secret in aws_secretsmanager_secret.service : secret.name]
}
