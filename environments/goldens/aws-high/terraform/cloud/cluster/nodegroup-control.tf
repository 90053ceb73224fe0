# Control nodes: one autoscaling group of size 1 each, so that each is replaced alone, and nothing scales etcd.
# A change here reaches new nodes only: replace them one at a time.
# Terraform does not wait for nodes: a group that is short of quota would be tainted, and made anew.

# What control nodes boot with. Only the seed, the first of them, may ever make the cluster.
locals {
  control_1_user_data = base64gzip(replace(templatefile("${path.module}/cloud-init/node.yaml.tftpl", {
    command = "server"
    settings = {
      ENVIRONMENT             = "cloud"
      PLATFORM                = "aws"
      ROLE                    = "control"
      SEED                    = "true"
      API_HOST                = aws_lb.kapi.dns_name
      K3S_VERSION             = "v1.35.9+k3s1"
      K3S_SERVICE             = "k3s.service"
      GPU_COUNT               = "0"
      FIRST_BOOT_APPLICATIONS = "aws-cloud-controller-manager coredns argo-cd projects root"
      FIRST_BOOT_CHARTS       = "aws-cloud-controller-manager coredns argocd"
      ETCD_BUCKET             = "acme-etcd"
      ETCD_ENDPOINT           = "s3.eu-central-1.amazonaws.com"
      ETCD_REGION             = "eu-central-1"
      ETCD_FOLDER             = "cloud"
      ETCD_ACCESS_KEY         = var.etcd_s3_access_key
      ETCD_SECRET_KEY         = var.etcd_s3_secret_key
    }
    k3s_config = local.server_config
    scripts    = merge(local.node_scripts, local.seed_scripts)
    first_boot = local.first_boot
    registries = local.registries
    proxy      = {}
    ca_bundle  = ""
  }), local.comments, ""))

  control_user_data = base64gzip(replace(templatefile("${path.module}/cloud-init/node.yaml.tftpl", {
    command = "server"
    settings = {
      ENVIRONMENT = "cloud"
      PLATFORM    = "aws"
      ROLE        = "control"
      SEED        = "false"
      API_HOST    = aws_lb.kapi.dns_name
      K3S_VERSION = "v1.35.9+k3s1"
      K3S_SERVICE = "k3s.service"
      GPU_COUNT   = "0"
    }
    k3s_config = local.server_config
    scripts    = local.node_scripts
    first_boot = {}
    registries = local.registries
    proxy      = {}
    ca_bundle  = ""
  }), local.comments, ""))
}

# The seed: the one node that may make the cluster, and only if it never existed.
resource "aws_launch_template" "control_1" {
  name_prefix            = "cloud-control-1-"
  key_name               = data.terraform_remote_state.infrastructure.outputs.key_name
  image_id               = "ami-0123456789abcdef0"
  instance_type          = "m7i.large"
  update_default_version = true
  user_data              = local.control_1_user_data
  vpc_security_group_ids = [data.terraform_remote_state.infrastructure.outputs.cluster_security_group_id]

  tags = {
    Name = "cloud-control-1"
  }

  block_device_mappings {
    device_name = "/dev/sda1"

    ebs {
      delete_on_termination = "true"
      encrypted             = "true"
      volume_size           = 80
      volume_type           = "gp3"
    }
  }

  iam_instance_profile {
    name = data.terraform_remote_state.infrastructure.outputs.control_instance_profile
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_put_response_hop_limit = 2
    http_tokens                 = "required"
  }

  tag_specifications {
    resource_type = "instance"

    tags = {
      Name                          = "cloud-control-1"
      "kubernetes.io/cluster/cloud" = "owned"
      "zadara.com/k8s/node_group"   = "control"
      "zadara.com/k8s/role"         = "control"
    }
  }

  tag_specifications {
    resource_type = "volume"

    tags = {
      Name                          = "cloud-control-1"
      "kubernetes.io/cluster/cloud" = "owned"
      "zadara.com/k8s/node_group"   = "control"
      "zadara.com/k8s/role"         = "control"
    }
  }
}

resource "aws_launch_template" "control" {
  name_prefix            = "cloud-control-"
  key_name               = data.terraform_remote_state.infrastructure.outputs.key_name
  image_id               = "ami-0123456789abcdef0"
  instance_type          = "m7i.large"
  update_default_version = true
  user_data              = local.control_user_data
  vpc_security_group_ids = [data.terraform_remote_state.infrastructure.outputs.cluster_security_group_id]

  tags = {
    Name = "cloud-control"
  }

  block_device_mappings {
    device_name = "/dev/sda1"

    ebs {
      delete_on_termination = "true"
      encrypted             = "true"
      volume_size           = 80
      volume_type           = "gp3"
    }
  }

  iam_instance_profile {
    name = data.terraform_remote_state.infrastructure.outputs.control_instance_profile
  }

  metadata_options {
    http_endpoint               = "enabled"
    http_put_response_hop_limit = 2
    http_tokens                 = "required"
  }

  tag_specifications {
    resource_type = "instance"

    tags = {
      Name                          = "cloud-control"
      "kubernetes.io/cluster/cloud" = "owned"
      "zadara.com/k8s/node_group"   = "control"
      "zadara.com/k8s/role"         = "control"
    }
  }

  tag_specifications {
    resource_type = "volume"

    tags = {
      Name                          = "cloud-control"
      "kubernetes.io/cluster/cloud" = "owned"
      "zadara.com/k8s/node_group"   = "control"
      "zadara.com/k8s/role"         = "control"
    }
  }
}

# In eu-central-1a.
resource "aws_autoscaling_group" "control_1" {
  name                      = "cloud-control-1"
  desired_capacity          = 1
  health_check_type         = "EC2"
  max_size                  = 1
  min_size                  = 1
  suspended_processes       = ["AZRebalance"]
  target_group_arns         = [aws_lb_target_group.kapi.arn]
  wait_for_capacity_timeout = "0"
  vpc_zone_identifier       = [data.terraform_remote_state.infrastructure.outputs.private_subnet_ids[0]]

  launch_template {
    id      = aws_launch_template.control_1.id
    version = aws_launch_template.control_1.latest_version
  }

  tag {
    key                 = "Name"
    value               = "cloud-control-1"
    propagate_at_launch = true
  }

  tag {
    key                 = "kubernetes.io/cluster/cloud"
    value               = "owned"
    propagate_at_launch = true
  }

  tag {
    key                 = "zadara.com/k8s/node_group"
    value               = "control"
    propagate_at_launch = true
  }

  tag {
    key                 = "zadara.com/k8s/role"
    value               = "control"
    propagate_at_launch = true
  }
}

# In eu-central-1b.
resource "aws_autoscaling_group" "control_2" {
  name                      = "cloud-control-2"
  desired_capacity          = 1
  health_check_type         = "EC2"
  max_size                  = 1
  min_size                  = 1
  suspended_processes       = ["AZRebalance"]
  target_group_arns         = [aws_lb_target_group.kapi.arn]
  wait_for_capacity_timeout = "0"
  vpc_zone_identifier       = [data.terraform_remote_state.infrastructure.outputs.private_subnet_ids[1]]

  launch_template {
    id      = aws_launch_template.control.id
    version = aws_launch_template.control.latest_version
  }

  tag {
    key                 = "Name"
    value               = "cloud-control-2"
    propagate_at_launch = true
  }

  tag {
    key                 = "kubernetes.io/cluster/cloud"
    value               = "owned"
    propagate_at_launch = true
  }

  tag {
    key                 = "zadara.com/k8s/node_group"
    value               = "control"
    propagate_at_launch = true
  }

  tag {
    key                 = "zadara.com/k8s/role"
    value               = "control"
    propagate_at_launch = true
  }
}

# In eu-central-1c.
resource "aws_autoscaling_group" "control_3" {
  name                      = "cloud-control-3"
  desired_capacity          = 1
  health_check_type         = "EC2"
  max_size                  = 1
  min_size                  = 1
  suspended_processes       = ["AZRebalance"]
  target_group_arns         = [aws_lb_target_group.kapi.arn]
  wait_for_capacity_timeout = "0"
  vpc_zone_identifier       = [data.terraform_remote_state.infrastructure.outputs.private_subnet_ids[2]]

  launch_template {
    id      = aws_launch_template.control.id
    version = aws_launch_template.control.latest_version
  }

  tag {
    key                 = "Name"
    value               = "cloud-control-3"
    propagate_at_launch = true
  }

  tag {
    key                 = "kubernetes.io/cluster/cloud"
    value               = "owned"
    propagate_at_launch = true
  }

  tag {
    key                 = "zadara.com/k8s/node_group"
    value               = "control"
    propagate_at_launch = true
  }

  tag {
    key                 = "zadara.com/k8s/role"
    value               = "control"
    propagate_at_launch = true
  }
}
