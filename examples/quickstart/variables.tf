variable "primary_region" {
  description = "The Region of the primary key and of the secrets."
  type        = string
  default     = "eu-central-1"
}

variable "environment" {
  description = "Which environment the keys and secrets belong to."
  type        = string
  default     = "demo"

  validation {
    condition     = contains(["demo", "staging", "production"], var.environment)
    error_message = "The environment must be demo, staging or production."
  }
}

variable "services" {
  description = "The services that get a secret, each with the user name that it logs in with."
  type = map(object({
    username = string
    team     = optional(string, "platform")
  }))
  default = {
    billing  = { username = "billing_rw", team = "payments" }
    orders   = { username = "orders_rw", team = "shop" }
    shipping = { username = "shipping_ro" }
  }
}

variable "database_password" {
  description = "The password that the services share. The default is good for a demonstration only."
  type        = string
  sensitive   = true
  default     = "correct-horse-battery-staple"
}

variable "recovery_window_in_days" {
  description = "How long a destroyed secret can be restored and its name stays taken. 0 is good for a demonstration only."
  type        = number
  default     = 0
}
