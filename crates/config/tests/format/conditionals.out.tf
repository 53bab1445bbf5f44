a = x ? y : z
b = x ? y : z ? w : v
c = (x
  ? y
: z)
d = x == 1 ? {
  a = 1
  } : {
  a = 2
}
e = x ? [
  1
  ] : [
  2
]
f = f(x ? 1 : 2)
g = x ? "a" : "b"
h = x ? null : -1
i = x != null ? x[0] : ""
j = (
  x ?
  y :
  z
)
