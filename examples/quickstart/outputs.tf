output "key_arns" {
  description = "The key, by Region."
  value = {
    (var.primary_region) = aws_kms_key.primary.arn
    "eu-west-1"          = aws_kms_replica_key.ireland.arn
    "us-west-2"          = aws_kms_replica_key.oregon.arn
  }
}

output "secret_arns" {
  description = "The secrets, by service."
  value       = { for service, secret in aws_secretsmanager_secret.service : service => secret.arn }
}

output "replica_regions" {
  description = "Where each secret can be read besides its own Region."
  value = {
    for service, secret in aws_secretsmanager_secret.service :
    service => sort([for replica in secret.replica : replica.region])
  }
}

output "shared_key_id" {
  description = "Related multi-Region keys have one id in all Regions."
  value       = aws_kms_key.primary.key_id
}
