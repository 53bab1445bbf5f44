resource "aws_secretsmanager_secret" "s" {
for_each=var.secrets
name="${each.key}/x"
dynamic "replica"{
for_each={for r in each.value.regions:r=>r if r!=var.region}
iterator=it
labels=[]
content{
region=it.value
kms_key_id=lookup(var.keys,it.key,null)
}
}
  depends_on=[aws_kms_key.a,module.b]
provider=aws.frankfurt
}
