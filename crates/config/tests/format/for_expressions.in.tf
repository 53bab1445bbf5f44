a=[for x in y:x]
b=[for i,x in y:x if x!=""]
c={for k,v in m:k=>v}
d={for k,v in m:v=>k... if v!=null}
e=[for x in[1,2]:x]
f=[for x in{a=1}:x]
g=[
for x in y:{
a=x
bb=x
}
if x
]
h={
for k,v in m:
k=>v
}
i=[for s in split(",",x):trimspace(s)if s!=""]
j=flatten([
for a in b:[
for c in a:{
d=c
eee=a
}
]
])
k=[for in in in:in]
