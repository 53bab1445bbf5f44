resource "aws_kms_key" "primary" {
  description             = "primary"
  multi_region            = true
  deletion_window_in_days = 7
}
