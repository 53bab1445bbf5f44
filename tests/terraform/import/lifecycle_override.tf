# What no import can read back, and what would be replaced for it. The test lays this over the
# configuration when it imports.

resource "aws_kms_external_key" "primary" {
  lifecycle {
    ignore_changes = [key_material_base64]
  }
}

resource "aws_kms_replica_external_key" "ireland" {
  lifecycle {
    ignore_changes = [key_material_base64]
  }
}

resource "aws_kms_custom_key_store" "manager" {
  lifecycle {
    ignore_changes = [xks_proxy_authentication_credential]
  }
}

resource "aws_kms_grant" "oregon" {
  lifecycle {
    ignore_changes = [retire_on_delete]
  }
}
