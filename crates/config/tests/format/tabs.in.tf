	resource	"a"	"b"	{
		a	=	1	#	c	
		bbb	=	[	1,	2	]
		
	c = "	tab	"
	}	
	