# Versions and state.

terraform {
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 3.33.0, <= 3.35.0"
    }

    time = {
      source  = "hashicorp/time"
      version = "~> 0.12"
    }
  }

  backend "local" {
    path = "terraform.tfstate"
  }
}
