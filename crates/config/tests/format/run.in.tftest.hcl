variables{
a=1
long_name="x"
}
mock_provider "aws"{
mock_data "aws_region"{
defaults={name="eu-central-1"}
}
}
run "first"{
command=plan
variables {a=2}
assert{
condition=aws_kms_key.k.description=="x"
error_message="wrong"
}
expect_failures=[var.a,check.b]
}
