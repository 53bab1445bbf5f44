# at the top
#without a space
//slashes
/* enclosed */
/* over
     several
  lines */
# indented too far
resource "aws_kms_key" "a" { # behind a brace
  # before an argument
  description     = "x" # right behind
  key             = 1   # one
  longer_key      = 2   // two
  k               = 3 /* three */
  /* before */ k2 = 4 /* behind */ # and a second
  # at the end
} # behind the block

/* alone */ /* two of them */
list = [ # behind a bracket
  1,     # one
  # between
  22, # two
  /* inline */ 333, /* inline */
]
call                  = f(/* nothing */)
a /* before equals */ = /* behind equals */ 1
# last line, without an end
heredoc = <<EOT
  ${x}
  EOT
bb      = 1 # c
