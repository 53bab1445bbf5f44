region = "eu-central-1"
names  = ["a", "b"]
settings = {
  a = { enabled = true, size = -1 }
  longer = { enabled = false,
  size = 2 }
}
text   = <<-EOT
  kept
EOT
legacy = x
type   = "list"
# end
