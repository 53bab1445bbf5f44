resource "aws_kms_key" "app" {}
resource "aws_kms_key" "app" {}
resource "aws_kms_key" "app" {}
resource "aws_kms_key" "app" {}
resource "aws_kms_key" "app" /* c */ {}
foo /* a */ {}
foo "" {}
foo "a b" {}
foo "é\n\t\"\\" {}
foo "é" {}
foo "\u200b" {}
foo "é" {}
foo "bar-baz" {}
dynamic "tags" {
  content {}
}
