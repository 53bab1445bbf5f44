variable "key_material" {
  description = "32 random bytes in base64: openssl rand -base64 32. The default is good for a demonstration only."
  type        = string
  sensitive   = true
  default     = "Wblj06fduthWggmsT0cLVoIMOkeLbc2kVfMud77i/JY="
}

variable "valid_to" {
  description = "When KMS forgets the material, in RFC 3339, at most 365 days from now. Without a date it does not."
  type        = string
  default     = null
}
