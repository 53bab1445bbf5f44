# What the data sources read is held against what the resources made.

data "aws_kms_key" "replica" {
  provider = aws.ireland
  key_id   = aws_kms_alias.ireland.arn
}

data "aws_kms_alias" "oregon" {
  provider   = aws.oregon
  name       = "alias/app"
  depends_on = [aws_kms_alias.oregon]
}

data "aws_kms_alias" "managed" {
  name = "alias/aws/secretsmanager"
}

data "aws_kms_secrets" "note" {
  secret {
    name    = "note"
    payload = aws_kms_ciphertext.note.ciphertext_blob
    context = { app = "orders" }
  }
}

# The same ciphertext, decrypted by the related key of another Region.
data "aws_kms_secrets" "note_in_oregon" {
  provider = aws.oregon
  secret {
    name    = "note"
    payload = aws_kms_ciphertext.note.ciphertext_blob
    context = { app = "orders" }
  }
  depends_on = [aws_kms_replica_key.oregon]
}

data "aws_kms_ciphertext" "other" {
  key_id    = aws_kms_key.primary.key_id
  plaintext = "something else"
}

data "aws_secretsmanager_secret" "app" {
  arn        = aws_secretsmanager_secret.app.arn
  depends_on = [aws_secretsmanager_secret_policy.app]
}

data "aws_secretsmanager_secret_version" "app" {
  secret_id  = aws_secretsmanager_secret.app.id
  depends_on = [aws_secretsmanager_secret_version.app]
}

data "aws_secretsmanager_secret_versions" "app" {
  secret_id  = aws_secretsmanager_secret.app.id
  depends_on = [aws_secretsmanager_secret_version.app]
}

data "aws_secretsmanager_secrets" "all" {
  filter {
    name   = "name"
    values = ["app"]
  }
  depends_on = [aws_secretsmanager_secret.app]
}

data "aws_secretsmanager_secret_rotation" "plain" {
  provider  = aws.oregon
  secret_id = aws_secretsmanager_secret_rotation.plain.id
}

data "aws_secretsmanager_random_password" "made" {
  password_length     = 24
  exclude_punctuation = true
}

check "what_is_read" {
  assert {
    condition     = data.aws_kms_key.replica.multi_region_configuration[0].multi_region_key_type == "REPLICA"
    error_message = "The key in Ireland is not a replica."
  }
  assert {
    condition     = data.aws_kms_key.replica.multi_region_configuration[0].primary_key[0].arn == aws_kms_key.primary.arn
    error_message = "The replica names another primary."
  }
  assert {
    condition     = data.aws_kms_alias.oregon.target_key_arn == aws_kms_replica_key.oregon.arn
    error_message = "The alias in Oregon leads elsewhere."
  }
  assert {
    condition     = data.aws_kms_secrets.note.plaintext["note"] == aws_kms_ciphertext.note.plaintext
    error_message = "The ciphertext decrypts to something else."
  }
  assert {
    condition     = data.aws_kms_secrets.note_in_oregon.plaintext["note"] == aws_kms_ciphertext.note.plaintext
    error_message = "The ciphertext decrypts to something else in Oregon."
  }
  assert {
    condition     = length(data.aws_kms_ciphertext.other.ciphertext_blob) > 100
    error_message = "The ciphertext is too short to be one."
  }
  assert {
    condition     = strcontains(data.aws_secretsmanager_secret.app.policy, "role/reader")
    error_message = "The secret has another policy."
  }
  assert {
    condition     = data.aws_secretsmanager_secret_version.app.secret_string == aws_secretsmanager_secret_version.app.secret_string
    error_message = "The secret has another value."
  }
  assert {
    condition     = contains([for version in data.aws_secretsmanager_secret_versions.app.versions : version.version_id], aws_secretsmanager_secret_version.app.version_id)
    error_message = "The version is not listed."
  }
  assert {
    condition     = contains(data.aws_secretsmanager_secrets.all.arns, aws_secretsmanager_secret.app.arn)
    error_message = "The secret is not listed."
  }
  assert {
    condition     = data.aws_secretsmanager_secret_rotation.plain.rotation_enabled
    error_message = "The rotation is off."
  }
  assert {
    condition     = length(data.aws_secretsmanager_random_password.made.random_password) == 24
    error_message = "The password has another length."
  }
}
