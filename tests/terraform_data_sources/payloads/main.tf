# Ciphertexts that are no base64. Terraform finds them when it plans.

provider "aws" {
  region = "eu-central-1"
}

data "aws_kms_secrets" "s0" {
  secret {
    name    = "a0"
    payload = "aGk"
  }
}

data "aws_kms_secrets" "s1" {
  secret {
    name    = "a1"
    payload = "not base64!"
  }
}

data "aws_kms_secrets" "s2" {
  secret {
    name    = "a2"
    payload = "a==="
  }
}

data "aws_kms_secrets" "s3" {
  secret {
    name    = "a3"
    payload = "aGk=a"
  }
}

data "aws_kms_secrets" "s4" {
  secret {
    name    = "a4"
    payload = "aG=k"
  }
}

data "aws_kms_secrets" "s5" {
  secret {
    name    = "a5"
    payload = "aG="
  }
}

data "aws_kms_secrets" "s6" {
  secret {
    name    = "a6"
    payload = "aGk=="
  }
}
