# The cloud. Credentials come from the environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.

provider "aws" {
  region = "eu-central-1"

  default_tags {
    tags = {
      "rootstock.dev/environment" = "cloud"
    }
  }
}
