# The cloud. Credentials come from the environment: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.

# For a site with a private CA, point AWS_CA_BUNDLE at its certificate.
provider "aws" {
  region                      = "us-east-1"
  skip_credentials_validation = true
  skip_metadata_api_check     = "true"
  skip_region_validation      = true

  endpoints {
    autoscaling = "https://compute.corp.example.com/api/v2/aws/autoscaling"
    ec2         = "https://compute.corp.example.com/api/v2/aws/ec2"
    elb         = "https://compute.corp.example.com/api/v2/aws/elbv2"
    iam         = "https://compute.corp.example.com/api/v2/aws/iam"
    sts         = "https://compute.corp.example.com/api/v2/aws/sts"
  }
}
