a=f( )
b=f (1)
c=f(1,2 ,3)
d=f(1,2,)
e=f( g( h( 1 ) ) )
f=f(list...)
g=f(list ...)
h=provider :: terraform::encode_tfvars( {a=1} )
i=f(
1,
    2,
)
j=f({
a=1
bb=2
})
k=f([
1
])
l=merge(
{a=1},
  {
b=2
},
var.tags,
)
m=jsonencode({
Version="2012-10-17"
Statement=[{
Effect="Allow"
Action="kms:*"
Principal={AWS="*"}
},
{
Effect="Deny"
}]
})
n=f(g(1,
2),
3)
