a = f(<<EOT
${[
  1,
]} {
EOT
, {
  b = 1
})
c = [<<EOT
${ {
  a = 1
} }
EOT
]
d = 1
