# The cloud. Credentials come from the environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.

# The certificate of the site is not checked: platform.insecure in the environment file.
provider "aws" {
  insecure                    = true
  region                      = "us-east-1"
  skip_credentials_validation = true
  skip_metadata_api_check     = "true"
  skip_region_validation      = true

  endpoints {
    autoscaling = "https://compute.example.com/api/v2/aws/autoscaling"
    ec2         = "https://compute.example.com/api/v2/aws/ec2"
    elb         = "https://compute.example.com/api/v2/aws/elbv2"
    iam         = "https://compute.example.com/api/v2/aws/iam"
    sts         = "https://compute.example.com/api/v2/aws/sts"
  }
}
