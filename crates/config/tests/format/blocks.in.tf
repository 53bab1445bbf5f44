terraform{
required_version=">= 1.11"
  required_providers   {
aws={
source="hashicorp/aws"
      version   =   "~> 5.0"
}
}
}
provider "aws"{
region="eu-central-1"
alias = "frankfurt"
}
    resource   "aws_kms_key"   "app"   {
  description="app"
      lifecycle{
    prevent_destroy=true
        ignore_changes=[tags,  description]
  }


    tags={
Name="app"
        CostCentre   = "42"
    }
        }
locals{}
locals {
}
locals {

}
output "x" {value=aws_kms_key.app.arn}
