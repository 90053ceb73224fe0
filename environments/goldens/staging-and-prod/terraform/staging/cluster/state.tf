# What the infrastructure project made, read from its state: apply that project first.

data "terraform_remote_state" "infrastructure" {
  backend = "s3"

  config = {
    bucket = "ai-tf-state"
    key    = "staging/infrastructure.tfstate"
    region = "us-east-1"
    endpoints = {
      s3 = "https://vsa-00000011-public.zadarazios.com"
    }
    use_path_style              = true
    skip_credentials_validation = true
    skip_region_validation      = true
    skip_requesting_account_id  = true
    skip_metadata_api_check     = true
    skip_s3_checksum            = true
  }
}
