locals {
  a      = 1   # a
  bbbbbb = 22  # b
  c      = 333 # c

  d = 1 # d
  e = 1
  f = 1111  # f
  g {       # g
    h = 1   # h
  }         # i
  jj {}     # j
  k = [     # k
    1,      # one
    22222,  # two
  ]         # end
  l = "é"   # l
  m = "日本語" # m
  n = "👩‍👩‍👧"   # n
  o = "o"   # o
  p = 1     # tabs	inside	
}
