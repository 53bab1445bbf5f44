resource "aws_kms_key" "new_first" {
  description             = "new first"
  multi_region            = false
  deletion_window_in_days = 7

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_kms_key" "ignoring" {
  description             = "before"
  enable_key_rotation     = false
  deletion_window_in_days = 7

  tags = {
    Team = "before"
  }

  lifecycle {
    ignore_changes = [description, tags]
  }
}

resource "aws_kms_alias" "app" {
  name          = "alias/app"
  target_key_id = aws_kms_key.new_first.key_id
}
