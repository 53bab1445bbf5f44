/* block  
  comment */
locals{  one_line = 1 }
	
locals{  
  quoted_keys ={ "a b" = 1, (local.key) = 2, c : 3, "d" : 4 }
key="computed"
multi   =   [
	1, 2, # trailing comma next
3,  
  ]  
	ternary =(
      local.one_line == 1
  ? "yes"
  : "no"
  )  
      ops=!false &&  (1 + 2 * 3 - 4 / 2) % 5 == 0 || false  
	chained   =   local.quoted_keys["a b"] + local.quoted_keys.computed // comment
neg=-local.one_line  
	legacy   =   [for k in ["x"] : { v = k }].0.v
      unicode ="naïve ✓"
	null_in   =   [null, "a"]
  nested={ for k, v in { a = { b = [1, 2] } } : k => { for i, x in v.b : "i${i}" => x * 10 if x > 1 } }
	 } 
  
	resource "aws_kms_key" "k" {
	description=<<-X
    ${local.unicode}: ${local.ternary}
  X
tags   =   {
      (local.key)     = "v"
  "with-dash"     = "1"  
      "colon:and/sl@" = "2"
 } 
	}
	  
	output "all" {
      value ={ q = local.quoted_keys , m = local.multi ,t = local.ternary ,o = local.ops , c = local.chained ,n = local.neg,  l = local.legacy,  x = local.nested , z = local.null_in }
	} 
	
output "described" {
description   =   "with a description"
      value=aws_kms_key.k.tags["with-dash"]  
  depends_on =[  aws_kms_key.k ]
	  } 
    