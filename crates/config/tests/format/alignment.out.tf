locals {
  a      = 1
  bbb    = 2
  cccccc = 3

  a2 = 1
  # a comment parts them
  bbb2 = 2
  list = [
    1,
  ]
  after                    = 1
  object                   = {}
  long_name_of_an_argument = { a = 1, bb = 2 }
  x = f(
  1)
  y    = 2
  call = f(1, 2)
  block {
    z = 1
  }
  w       = 1
  heredoc = <<EOT
EOT
  wwwwww  = 1
  multiple = "a ${
  b}"
  m = 1
}
