# What the cluster project reads from the state of this one, and what people need.

output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.main.id
}

output "vpc_cidr" {
  description = "Address range of the VPC."
  value       = aws_vpc.main.cidr_block
}

output "public_subnet_ids" {
  description = "Public subnets, in zone order."
  value       = [aws_subnet.public.id]
}

output "private_subnet_ids" {
  description = "Private subnets, in zone order."
  value       = [aws_subnet.private.id]
}

output "cluster_security_group_id" {
  description = "Security group of all nodes."
  value       = aws_security_group.cluster.id
}

output "control_instance_profile" {
  description = "Instance profile of control nodes, by the id that launch configurations take."
  value       = aws_iam_instance_profile.control.unique_id
}

output "worker_instance_profile" {
  description = "Instance profile of worker nodes, by the id that launch configurations take."
  value       = aws_iam_instance_profile.worker.unique_id
}

output "key_name" {
  description = "Key pair of the administrators."
  value       = aws_key_pair.administrators.key_name
}

output "image_id" {
  description = "Machine image of the nodes; write it into cluster.image of the environment file to keep it."
  value       = data.aws_ami_ids.ubuntu.ids[0]
}

output "nat_public_ips" {
  description = "Addresses that nodes have outside: for allow lists of others."
  value       = [aws_eip.nat.public_ip]
}
