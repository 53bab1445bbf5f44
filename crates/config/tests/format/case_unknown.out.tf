resource "aws_kms_key" "k" {
  description = "unknowns-again"
}
locals {
  arn   = aws_kms_key.k.arn
  parts = split(":", local.arn)
  map   = { arn = local.arn, fixed = "f", list = [local.arn, "x"] }
}
resource "terraform_data" "t" {
  input            = local.map
  triggers_replace = [aws_kms_key.k.description]
}
resource "aws_secretsmanager_secret" "s" {
  name       = "unk/${aws_kms_key.k.description}"
  kms_key_id = local.arn
  tags = {
    Known   = "yes"
    Region  = element(local.parts, 3)
    Partial = "prefix-${aws_kms_key.k.key_id}"
  }
}
data "aws_kms_key" "read" {
  key_id = aws_kms_key.k.arn
}
resource "aws_secretsmanager_secret_version" "v" {
  secret_id     = aws_secretsmanager_secret.s.id
  secret_string = jsonencode({ arn = local.arn, state = data.aws_kms_key.read.key_state })
}
output "known" {
  value = local.map.fixed
}
output "unknown" {
  value = local.map
}
output "region" {
  value = local.parts[3]
}
output "cond" {
  value = local.arn == "x" ? "same" : "different"
}
output "count" {
  value = length(local.map.list)
}
output "terraform_data" {
  value = terraform_data.t.output.fixed
}
 