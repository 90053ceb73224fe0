# The host by which administrators enter: ssh -J ubuntu@<bastion_public_ip> ubuntu@<node>.

# A newer image is no reason to replace it: update it like any host, or apply with -replace=aws_instance.bastion.
resource "aws_instance" "bastion" {
  key_name               = aws_key_pair.administrators.key_name
  ami                    = data.aws_ami_ids.ubuntu.ids[0]
  instance_type          = "z2.large"
  subnet_id              = aws_subnet.public.id
  vpc_security_group_ids = [aws_security_group.bastion.id]

  tags = {
    Name = "onprem-bastion"
  }

  root_block_device {
    volume_size = 32
  }

  lifecycle {
    ignore_changes = [ami, tags["os_family_linux"]]
  }
}

resource "aws_eip" "bastion" {
  instance = aws_instance.bastion.id
  vpc      = true

  depends_on = [time_sleep.way_out]
}
