variable "a" { type = string }
variable "b" { type = list(string) }
variable "c" { type = map(string) }
variable "d" { type = list(any) }
variable "e" { type = map(any) }
variable "f" { type = set(any) }
variable "g" { type = "set" }
variable "h" { type = "number" }
variable "i" { type = string }
variable "j" { type = list(string) }
variable "k" { type = list(object({ a = string, b = optional(number, 1) })) }
variable "l" {
  type    = list(string) # c
  default = []
}
variable "m" {
  type = object({
    a   = string
    bbb = optional(list(string), [])
    cc = map(object({
      d = any
    }))
  })
  default  = x
  nullable = false
  validation {
    condition     = length(var.m) > 0 && var.m != null
    error_message = "No."
    type          = "list"
  }
}
variable "n" { type = "${string}" }
resource "x" "y" { type = "list" }
output "x" {
  type = list
}
type = "list"
