a=x[0]
b=x [0]
c=x[ "y" ]
d=x.*.y
e=x[*].y[*].z
f=x [*].y
g=x.0
h=x . y . z
i=f(x)[0]
j=[1,2][0]
k={a=1}["a"]
l="abc"[0]
m=(x)[0]
n=x[y[z[0]]]
o=x[
0
]
p=module.a["b"].c[d.e].f
q=x["a ${b}"]
r=x[each.key].y[ count.index ]
s=x[0][1]
