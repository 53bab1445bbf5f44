resource aws_kms_key app{}
resource aws_kms_key "app"{}
resource   "aws_kms_key"   app   {}
resource "aws_kms_key""app"{}
resource /* a */ "aws_kms_key" /* b */ "app" /* c */ {}
foo /* a */ {}
foo "" {}
foo "a b" {}
foo "\u00e9\n\t\"\\" {}
foo "é" {}
foo "​" {}
foo é {}
foo bar-baz {}
dynamic tags{
content{}
}
