# What the infrastructure project made, read from its state: apply that project first.

data "terraform_remote_state" "infrastructure" {
  backend = "s3"

  config = {
    bucket = "acme-tf-state"
    key    = "cloud/infrastructure.tfstate"
    region = "eu-central-1"
  }
}
