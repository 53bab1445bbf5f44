data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Enable"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"]
    }
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["secretsmanager.${data.aws_region.current.name}.amazonaws.com"]
    }
  }
}
resource "aws_kms_key" "k" {
  policy = jsonencode({
    Version = "2012-10-17",
    Statement = concat([
      { Sid = "a", Effect = "Allow", Principal = { AWS = "*" }, Action = "kms:*", Resource = "*" }
      ], [for p in var.principals : {
        Sid    = "x${p}"
        Effect = "Allow"
    }])
  })
  deletion_window_in_days = 7
  multi_region            = true
}
