      variable "secrets" {
	type=map(object  ( {  
  replicas   =   optional( set (string)  , [  ]  )  
labels   =   optional  ( map(string)  ,  {  }  ) 
  }    ) )
default={  
	"billing/api" = { replicas = ["us-west-2", "eu-west-1"] }  
	"billing/db"  = { replicas = ["eu-west-1"], labels = { pci = "true" } }
	"scratch"     = {}  
	 }
}
        
	resource "aws_kms_key" "main" {
	description   =   "dynamic, primary"
multi_region   =   true
	 }
	
resource "aws_kms_replica_key" "west" {  
provider   =   aws.west  
      description   =   "dynamic, west"
      primary_key_arn =aws_kms_key.main.arn  
	} 
	  
resource "aws_kms_replica_key" "ireland" {
      provider   =   aws.ireland  
	description   =   "dynamic, ireland"
	primary_key_arn =aws_kms_key.main.arn  
 }

locals {
  key_by_region={ 
  us-east-1 =aws_kms_key.main.arn
      us-west-2 =aws_kms_replica_key.west.arn
      eu-west-1 =aws_kms_replica_key.ireland.arn  
 }
}
    
  resource "aws_secretsmanager_secret" "all" {
	for_each=var.secrets  
      name=each.key
  kms_key_id   =   local.key_by_region["us-east-1"]
      tags   =   length  ( each.value.labels)  > 0  ?  each.value.labels : null  

	dynamic "replica" {
	for_each=each.value.replicas
	iterator =r  
content{
	region=r.value
      kms_key_id=local.key_by_region[r.key]  
  }
  } 
 } 
      
output "replicated" {
	value ={ for k ,s in aws_secretsmanager_secret.all : k => length(s.replica  )   } 
}
      