# Only an enabled key tells its public half.

data "aws_kms_public_key" "single" {
  count  = aws_kms_key.single.is_enabled ? 1 : 0
  key_id = aws_kms_key.single.key_id
}

check "public_key" {
  assert {
    condition     = alltrue([for key in data.aws_kms_public_key.single : startswith(key.public_key_pem, "-----BEGIN PUBLIC KEY-----")])
    error_message = "The public key is not in PEM."
  }
}
