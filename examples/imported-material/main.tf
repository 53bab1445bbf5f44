# The key: a primary, and a replica in another Region. Material that is imported does not travel
# between Regions, so each of the two is given the very same.

resource "aws_kms_external_key" "primary" {
  description             = "Orders, of our own material"
  multi_region            = true
  key_material_base64     = var.key_material
  valid_to                = var.valid_to
  deletion_window_in_days = 7
}

resource "aws_kms_replica_external_key" "ireland" {
  provider                = aws.ireland
  description             = "Orders, of our own material, in eu-west-1"
  primary_key_arn         = aws_kms_external_key.primary.arn
  key_material_base64     = var.key_material
  valid_to                = var.valid_to
  deletion_window_in_days = 7
}

resource "aws_kms_alias" "primary" {
  name          = "alias/orders"
  target_key_id = aws_kms_external_key.primary.id
}

resource "aws_kms_alias" "ireland" {
  provider      = aws.ireland
  name          = "alias/orders"
  target_key_id = aws_kms_replica_external_key.ireland.key_id
}

output "states" {
  description = "Whether the keys can be used, by Region."
  value = {
    "eu-central-1" = aws_kms_external_key.primary.key_state
    "eu-west-1"    = aws_kms_replica_external_key.ireland.key_state
  }
}
