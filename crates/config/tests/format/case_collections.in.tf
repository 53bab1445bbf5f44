locals  {  
regions =["us-east-1", "us-west-2", "eu-west-1", "us-east-1"]
  teams ={
  orders ={ size = 4, tier = "gold", regions = ["us-east-1"] }
payments ={ size = 7, tier = "gold", regions = ["us-east-1", "eu-west-1"] }  
  search ={ size = 2, tier = "tin", regions = [] }
	}  
}
output "lists" {  
  value={  
  distinct=distinct (  local.regions )  
concat =concat(["a"], ["b", "c"], [])
  compact   =   compact(["a", "", "b", null])
	flatten =flatten([["a", ["b"]], [], ["c", [["d"]]]])
	slice =slice ( local.regions,1,3 )
	chunk=chunklist  (local.regions , 3 ) 
element=[element (  local.regions ,1 )   , element(  local.regions ,5  ) ] 
	index=index(local.regions, "eu-west-1")
      reverse   =   reverse  (  [ 1 , 2 ,  3]   )  
      sort =sort(["b", "a", "C", "10", "9"])
range   =   [  range(3) ,  range ( 1 , 4 ) ,range(  10 ,  0,  -4)  , range (  0,  1, 0.25) ]
contains   =   contains(local.regions, "us-west-2")
      coalesce =[coalesce("", "x"), coalesce(null, 2)]
coalescel =coalescelist([], ["z"])
one=[one([]), one(["only"])]
	last   =   local.regions  [ length(local.regions) - 1 ]  
  sum=sum  (  [ 1 , 2.5  , 3 ]   ) 
	}
 }  
  output "sets" {
value   =   {
  toset=toset(  local.regions )
union=setunion(["a", "b"], ["b", "c"])
	intersection=setintersection(["a", "b"], ["b", "c"])
      subtract=setsubtract(["a", "b"], ["b"])
product   =   setproduct(["dev", "prod"], ["kms", "sm"])
  symmetric =setsubtract(setunion(["a"], ["b"]), setintersection(["a"], ["b"]))
  } 
  }  
      output "maps" {
value={
  keys=keys(  local.teams  )  
sizes=[  for t in values (local.teams  ) : t.size]
	lookup =[lookup(local.teams, "orders").size, lookup({ a = 1 }, "b", 9)]  
merge =merge(   {  a = 1,  b = 2  }  , {  b = 3 }  ,  null , { c = 4  }   ) 
zipmap   =   zipmap(["x", "y"], [1, 2])
  transpose   =   transpose({ a = ["1", "2"], b = ["2"] })
	matchkeys=matchkeys(["i-1", "i-2", "i-3"], ["a", "b", "a"], ["a"])
	alltrue=[alltrue(   [  ]),  alltrue(   [true  ,  false ]    ), anytrue (  [false,true ] ) ,anytrue ( [    ] )    ]  
 }  
}  
  output "for" {
	value ={ 
grouped={  for n,t in local.teams : t.tier => n...  }  
      filtered=[  for n ,  t in local.teams : upper  ( n  ) if t.size > 3 ]  
	indexed ={ for i ,  r in distinct (local.regions): r => i  } 
  nested   =   flatten([for n, t in local.teams : [for r in t.regions : "${n}@${r}"]])
	pairs ={ for p in setproduct(["a", "b"], ["1", "2"]) : "${p[0]}${p[1]}" => p[1] }
	set =toset( [ for r in local.regions : substr (r ,  0  ,  2)  ])  
  } 
}  
output "splat" {
  value   =   {
  full=values (  local.teams ) [  * ] .tier
      attr=[local.teams.orders  , local.teams.search  ]  .*.size  
      single=local.teams.orders[*] .size
      null   =   [ for x in[ null]  : x]   [ *  ]  
none   =   length  (  null [  * ]  ) 
  deep   =   values (local.teams )[  *  ].regions [  * ] 
}  
} 
	output "cond" {
      value=length(local.regions) > 3 && !contains(local.regions, "ap-south-1") || false ? "many" : "few"
	  }  
