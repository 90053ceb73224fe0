# Where the cluster answers, and how to get in.

output "api_endpoint" {
  description = "URL of the Kubernetes API. Its name resolves inside the VPC only."
  value       = "https://${aws_lb.kapi.dns_name}:6443"
}

output "ingress_address" {
  description = "Name of the public load balancer as zCompute knows it. It resolves nowhere: look up the public address of inner-ingress in the console under Load Balancing, point DNS at it, and write it into ingress.publicAddress of the environment file."
  value       = aws_lb.ingress.dns_name
}

output "autoscaling_groups" {
  description = "Names of the autoscaling groups of each node group."

  value = {
    control = [
      aws_autoscaling_group.control_1.name,
      aws_autoscaling_group.control_2.name,
      aws_autoscaling_group.control_3.name,
    ]
    gpu    = [aws_autoscaling_group.gpu.name]
    worker = [aws_autoscaling_group.worker.name]
  }
}

output "control_nodes_command" {
  description = "Prints the private addresses of the control nodes."
  value       = "aws ec2 describe-instances --region us-east-1 --endpoint-url https://compute.corp.example.com/api/v2/aws/ec2 --filters Name=tag:kubernetes.io/cluster/inner,Values=owned Name=tag:zadara.com/k8s/role,Values=control Name=instance-state-name,Values=running --query 'Reservations[].Instances[].PrivateIpAddress' --output text"
}

output "ssh_command" {
  description = "Opens a shell on a node; NODE is its private address."
  value       = "ssh ubuntu@$NODE"
}

output "kubeconfig_command" {
  description = "Prints an administrator kubeconfig; NODE is the private address of a control node. Keep it secret."
  value       = "ssh ubuntu@$NODE sudo cat /etc/rancher/k3s/k3s.yaml | sed s/127.0.0.1/${aws_lb.kapi.dns_name}/"
}
