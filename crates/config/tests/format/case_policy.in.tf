data "aws_caller_identity" "current" {}  
      data "aws_partition" "current" {}  
data "aws_region" "current" {}  
        
      locals {
      root="arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root"  
 }  
  
	data "aws_iam_policy_document" "key" {
policy_id ="key-default"
	
  statement  { 
	sid ="EnableRoot"  
      actions=["kms:*"]
resources =["*"]
  principals{ 
type   =   "AWS"
      identifiers   =   [  local.root] 
} 
  } 
	
statement{
  sid="SecretsManagerInRegion"
	effect="Allow"  
	actions   =   [
  "kms:Decrypt",
"kms:GenerateDataKey*",  
"kms:DescribeKey",  
]
resources=["*"]
      principals{  
      type   =   "AWS"
	identifiers=["*"]
  }  
	condition{  
  test   =   "StringEquals"  
variable="kms:ViaService"
values=["secretsmanager.${data.aws_region.current.name}.amazonaws.com"]
  }  
condition{ 
	test   =   "StringEquals"
variable="kms:CallerAccount"
      values=[  data.aws_caller_identity.current.account_id ]  
 }  
 } 
	  
  statement  { 
  sid="DenyOthers"
	effect ="Deny"
	not_actions=["kms:Describe*", "kms:List*"]
  not_resources=["arn:aws:kms:*:111122223333:key/*"]
  not_principals {
  type   =   "Service"  
      identifiers =["logs.amazonaws.com", "secretsmanager.amazonaws.com"]
}  
 }
  } 
	
	resource "aws_kms_key" "k" {
      description="policy from a document"
      policy =data.aws_iam_policy_document.key.json
	  }
	
      output "policy" {  
value=data.aws_iam_policy_document.key.json
 } 

      output "minified" {
	value =data.aws_iam_policy_document.key.minified_json  
	  }  
	  