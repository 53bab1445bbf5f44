a {}
a {}
a { b = 1 }
a { b = 1 }
a "x" { b = f(1, 2) }
a "x" "y" { b = { c = 1 } }
a { b = [1] }  # c
aa { b = [1] } # d
a { /* c */ }
a { /* c */ b = 1 /* d */ }
a { # c
}
a {
  b { c = 1 }
  bb { c = 1 }
}
