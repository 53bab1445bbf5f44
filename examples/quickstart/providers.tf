# One provider configuration for each Region that the company works in.

provider "aws" {
  region = var.primary_region

  default_tags {
    tags = local.common_tags
  }
}

provider "aws" {
  alias  = "ireland"
  region = "eu-west-1"

  default_tags {
    tags = local.common_tags
  }
}

provider "aws" {
  alias  = "oregon"
  region = "us-west-2"

  default_tags {
    tags = local.common_tags
  }
}
