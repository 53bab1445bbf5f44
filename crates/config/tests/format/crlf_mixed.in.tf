a=1 # c
bbb=22 # d

block {
	a=[
1,
2
]
}
