a=1+2*3/4%5-6
b=a==b&&c!=d||!e
c=a>b
d=a>=b
e=a<b
f=a<=b
g=!a
h=!  a
i=!!a
j=( a+b )*c
k=a
l=(
a
+b
*  c
)
m=a-b
n=a -b
p=1-1
q=x ?y :z
r=x?y:z
s = ( x
  ? y
     : z )
