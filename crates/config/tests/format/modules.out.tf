module "keys" {
  source   = "./keys"
  version  = "1.2.3"
  for_each = toset(["a", "b"])
  providers = {
    aws         = aws.primary
    aws.replica = aws.replica
  }
  names = [for k in each.value : k]
  depends_on = [
    aws_kms_key.a,
  ]
}
moved {
  from = aws_kms_key.a
  to   = module.keys["a"].aws_kms_key.this
}
removed {
  from = aws_kms_key.b
  lifecycle { destroy = false }
}
import {
  for_each = { a = "1", b = "2" }
  to       = aws_kms_key.c[each.key]
  id       = each.value
}
check "health" {
  data "aws_kms_key" "k" { key_id = "alias/x" }
  assert {
    condition     = data.aws_kms_key.k.enabled
    error_message = "Key ${data.aws_kms_key.k.id}  is off."
  }
}
ephemeral "aws_secretsmanager_secret_version" "v" { secret_id = var.id }
