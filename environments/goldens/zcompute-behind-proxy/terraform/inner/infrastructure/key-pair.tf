# The SSH key of the administrators.

resource "aws_key_pair" "administrators" {
  key_name   = "inner"
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ5iF3g0kYq1uQwq8Q2bG3cQ9mXo0d5o1cR9q1n2E3aB ops@example.com"
}
