# Versions and state.

terraform {
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  backend "s3" {
    bucket       = "acme-tf-state"
    key          = "cloud/infrastructure.tfstate"
    region       = "eu-central-1"
    use_lockfile = true
  }
}
