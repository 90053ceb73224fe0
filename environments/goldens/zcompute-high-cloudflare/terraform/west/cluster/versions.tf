# Versions and state.

terraform {
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 3.33.0, <= 3.35.0"
    }
  }

  backend "s3" {
    bucket                      = "west-tf-state"
    key                         = "west/cluster.tfstate"
    region                      = "us-east-1"
    use_path_style              = true
    skip_credentials_validation = true
    skip_region_validation      = true
    skip_requesting_account_id  = true
    skip_metadata_api_check     = true
    skip_s3_checksum            = true

    endpoints = {
      s3 = "https://vsa-00000007-public.zadarazios.com"
    }
  }
}
