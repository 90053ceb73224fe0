# Worker nodes. A change here reaches new nodes only.
# Terraform does not wait for nodes: a group that is short of quota would be tainted, and made anew.

# What these nodes boot with. Their pods can read it: it holds no secret but the token with which workers join.
locals {
  worker_user_data = base64gzip(replace(templatefile("${path.module}/cloud-init/node.yaml.tftpl", {
    command = "agent"
    settings = {
      ENVIRONMENT = "cloud"
      PLATFORM    = "aws"
      ROLE        = "worker"
      SEED        = "false"
      API_HOST    = aws_lb.kapi.dns_name
      K3S_VERSION = "v1.35.9+k3s1"
      K3S_SERVICE = "k3s-agent.service"
      GPU_COUNT   = "0"
    }
    k3s_config = yamlencode({
      server      = "https://${aws_lb.kapi.dns_name}:6443"
      token       = var.agent_token
      node-label  = ["rootstock.dev/node-group=worker", "rootstock.dev/role=worker"]
      kubelet-arg = ["cloud-provider=external", "config=/etc/rancher/k3s/kubelet.yaml"]
      resolv-conf = "/etc/rootstock/resolv.conf"
    })
    scripts    = local.node_scripts
    first_boot = {}
    registries = local.registries
    proxy      = {}
    ca_bundle  = ""
  }), local.comments, ""))
}

resource "aws_launch_template" "worker" {
  name_prefix            = "cloud-worker-"
  key_name               = data.terraform_remote_state.infrastructure.outputs.key_name
  image_id               = "ami-0123456789abcdef0"
  instance_type          = "r7i.4xlarge"
  update_default_version = true
  user_data              = local.worker_user_data

  tags = {
    Name = "cloud-worker"
  }

  vpc_security_group_ids = [
    data.terraform_remote_state.infrastructure.outputs.cluster_security_group_id,
    aws_security_group.ingress_nodes.id,
  ]

  block_device_mappings {
    device_name = "/dev/sda1"

    ebs {
      delete_on_termination = "true"
      encrypted             = "true"
      volume_size           = 128
      volume_type           = "gp3"
    }
  }

  iam_instance_profile {
    name = data.terraform_remote_state.infrastructure.outputs.worker_instance_profile
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_put_response_hop_limit = 1
    http_tokens                 = "required"
  }

  tag_specifications {
    resource_type = "instance"

    tags = {
      Name                          = "cloud-worker"
      "kubernetes.io/cluster/cloud" = "owned"
      "zadara.com/k8s/node_group"   = "worker"
      "zadara.com/k8s/role"         = "worker"
    }
  }

  tag_specifications {
    resource_type = "volume"

    tags = {
      Name                          = "cloud-worker"
      "kubernetes.io/cluster/cloud" = "owned"
      "zadara.com/k8s/node_group"   = "worker"
      "zadara.com/k8s/role"         = "worker"
    }
  }
}

# In eu-central-1a alone: volumes made there cannot follow a pod elsewhere.
resource "aws_autoscaling_group" "worker_1" {
  name                      = "cloud-worker-1"
  desired_capacity          = 1
  health_check_type         = "EC2"
  max_size                  = 3
  min_size                  = 1
  suspended_processes       = ["AZRebalance"]
  target_group_arns         = [aws_lb_target_group.ingress_http.arn, aws_lb_target_group.ingress_https.arn]
  wait_for_capacity_timeout = "0"
  vpc_zone_identifier       = [data.terraform_remote_state.infrastructure.outputs.private_subnet_ids[0]]

  launch_template {
    id      = aws_launch_template.worker.id
    version = aws_launch_template.worker.latest_version
  }

  tag {
    key                 = "Name"
    value               = "cloud-worker-1"
    propagate_at_launch = true
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/cloud"
    value               = "owned"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/enabled"
    value               = "true"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/label/rootstock.dev/node-group"
    value               = "worker"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/label/rootstock.dev/role"
    value               = "worker"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/resources/cpu"
    value               = "16"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/resources/ephemeral-storage"
    value               = "128Gi"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/resources/memory"
    value               = "128Gi"
    propagate_at_launch = false
  }

  tag {
    key                 = "kubernetes.io/cluster/cloud"
    value               = "owned"
    propagate_at_launch = true
  }

  tag {
    key                 = "zadara.com/k8s/node_group"
    value               = "worker"
    propagate_at_launch = true
  }

  tag {
    key                 = "zadara.com/k8s/role"
    value               = "worker"
    propagate_at_launch = true
  }

  lifecycle {
    ignore_changes = [desired_capacity]
  }
}

# In eu-central-1b alone: volumes made there cannot follow a pod elsewhere.
resource "aws_autoscaling_group" "worker_2" {
  name                      = "cloud-worker-2"
  desired_capacity          = 1
  health_check_type         = "EC2"
  max_size                  = 3
  min_size                  = 1
  suspended_processes       = ["AZRebalance"]
  target_group_arns         = [aws_lb_target_group.ingress_http.arn, aws_lb_target_group.ingress_https.arn]
  wait_for_capacity_timeout = "0"
  vpc_zone_identifier       = [data.terraform_remote_state.infrastructure.outputs.private_subnet_ids[1]]

  launch_template {
    id      = aws_launch_template.worker.id
    version = aws_launch_template.worker.latest_version
  }

  tag {
    key                 = "Name"
    value               = "cloud-worker-2"
    propagate_at_launch = true
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/cloud"
    value               = "owned"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/enabled"
    value               = "true"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/label/rootstock.dev/node-group"
    value               = "worker"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/label/rootstock.dev/role"
    value               = "worker"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/resources/cpu"
    value               = "16"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/resources/ephemeral-storage"
    value               = "128Gi"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/resources/memory"
    value               = "128Gi"
    propagate_at_launch = false
  }

  tag {
    key                 = "kubernetes.io/cluster/cloud"
    value               = "owned"
    propagate_at_launch = true
  }

  tag {
    key                 = "zadara.com/k8s/node_group"
    value               = "worker"
    propagate_at_launch = true
  }

  tag {
    key                 = "zadara.com/k8s/role"
    value               = "worker"
    propagate_at_launch = true
  }

  lifecycle {
    ignore_changes = [desired_capacity]
  }
}

# In eu-central-1c alone: volumes made there cannot follow a pod elsewhere.
resource "aws_autoscaling_group" "worker_3" {
  name                      = "cloud-worker-3"
  desired_capacity          = 1
  health_check_type         = "EC2"
  max_size                  = 3
  min_size                  = 1
  suspended_processes       = ["AZRebalance"]
  target_group_arns         = [aws_lb_target_group.ingress_http.arn, aws_lb_target_group.ingress_https.arn]
  wait_for_capacity_timeout = "0"
  vpc_zone_identifier       = [data.terraform_remote_state.infrastructure.outputs.private_subnet_ids[2]]

  launch_template {
    id      = aws_launch_template.worker.id
    version = aws_launch_template.worker.latest_version
  }

  tag {
    key                 = "Name"
    value               = "cloud-worker-3"
    propagate_at_launch = true
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/cloud"
    value               = "owned"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/enabled"
    value               = "true"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/label/rootstock.dev/node-group"
    value               = "worker"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/label/rootstock.dev/role"
    value               = "worker"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/resources/cpu"
    value               = "16"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/resources/ephemeral-storage"
    value               = "128Gi"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/resources/memory"
    value               = "128Gi"
    propagate_at_launch = false
  }

  tag {
    key                 = "kubernetes.io/cluster/cloud"
    value               = "owned"
    propagate_at_launch = true
  }

  tag {
    key                 = "zadara.com/k8s/node_group"
    value               = "worker"
    propagate_at_launch = true
  }

  tag {
    key                 = "zadara.com/k8s/role"
    value               = "worker"
    propagate_at_launch = true
  }

  lifecycle {
    ignore_changes = [desired_capacity]
  }
}
