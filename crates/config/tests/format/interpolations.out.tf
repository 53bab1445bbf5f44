resource "a" "b" {
  a = var.x
  b = var.x
  c = f("x")
  d = f("${x}")
  e = "x"
  f = "${var.x}-"
  g = "${var.x}${var.y}"
  h = x ? y : z
  i = var.x
  j = (x ?
    y :
  z)
  k = (x
  )
  l = ([
    1
  ])
  m = ["${var.x}"]
  n = { a = "${var.x}" }
  o = f("${var.x}")
  p = x
  q = /* c */ x /* d */ # e
  r = { a = 1 }
  s = /* c */ x
  t = "%{if x}y%{endif}"
  block {
    u = x
  }
  block { u = x }
  v           = x["y"]
  w           = !x
  x           = -x
  y           = "${x}" == "y"
  longer_name = z
}
