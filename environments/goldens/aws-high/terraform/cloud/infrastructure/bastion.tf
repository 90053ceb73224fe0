# The host by which administrators enter: ssh -J ubuntu@<bastion_public_ip> ubuntu@<node>.

# A newer image is no reason to replace it: update it like any host, or apply with -replace=aws_instance.bastion.
resource "aws_instance" "bastion" {
  key_name               = aws_key_pair.administrators.key_name
  ami                    = "ami-0123456789abcdef0"
  instance_type          = "t3.small"
  subnet_id              = aws_subnet.public_a.id
  vpc_security_group_ids = [aws_security_group.bastion.id]

  tags = {
    Name = "cloud-bastion"
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_put_response_hop_limit = 1
    http_tokens                 = "required"
  }

  root_block_device {
    encrypted   = true
    volume_size = 32
    volume_type = "gp3"
  }

  lifecycle {
    ignore_changes = [ami]
  }
}

resource "aws_eip" "bastion" {
  domain   = "vpc"
  instance = aws_instance.bastion.id

  tags = {
    Name = "cloud-bastion"
  }

  depends_on = [aws_route.public]
}
