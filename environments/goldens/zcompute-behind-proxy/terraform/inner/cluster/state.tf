# What the infrastructure project made, read from its state: apply that project first.

data "terraform_remote_state" "infrastructure" {
  backend = "local"

  config = {
    path = "../infrastructure/terraform.tfstate"
  }
}
