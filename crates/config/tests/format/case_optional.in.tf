      module "null_default" {  
      source="./child"  
      nullable   =   null
}

output "service" {  
      value=var.service
	  }
	output "tuple" {  
value=var.tuple
 }  
  output "any" {
  value=var.anything
  } 
  output "nulls" {
      value=[ module.null_default.seen  , var.nullable  ]
  }  
  output "numbers" {  
  value   =   [  sum  (var.numbers  ),  var.numbers ]  
} 
  output "try" {
value={
	hit=try(var.anything.deep.er, "null is fine")
      miss =try(var.anything.absent.x, var.service["nope"], "third")  
	can=[can(var.anything.list[5]), can(var.service.name), can(regex("^l", var.service.name))]
one =one( var.service.owner[ * ]) 
  defaults   =   coalesce(var.service.owner, var.service.key.alias, "nobody")  
      lookup=lookup(coalesce(var.service.labels, {}), "team", "none")
  }  
	  }
	output "type" {  
	value   =   [  
  try(tostring(var.anything.list), "not a string"),  
  tolist( var.service.key.admins )  [  0  ] ,
	length  (  var.service.windows)  , 
	  ] 
 }
	