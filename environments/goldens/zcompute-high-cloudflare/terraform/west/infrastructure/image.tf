# The machine image of nodes and bastion.

# The newest image, which moves. Node groups that are changed or added later get the newest of that day: write
# `terraform output image_id` into cluster.image of the environment file once it is known.
data "aws_ami_ids" "ubuntu" {
  name_regex = "^Public - Ubuntu Server 24.04$"
  owners     = ["*"]

  filter {
    name   = "is-public"
    values = ["true"]
  }

  filter {
    name   = "state"
    values = ["available"]
  }

  lifecycle {
    postcondition {
      condition     = length(self.ids) > 0
      error_message = "The site has no public image named \"Ubuntu Server 24.04\": import it from the Marketplace in the console, or name another one in cluster.image."
    }
  }
}
