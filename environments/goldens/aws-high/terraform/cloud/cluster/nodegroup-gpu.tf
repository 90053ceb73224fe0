# Worker nodes. A change here reaches new nodes only.
# Terraform does not wait for nodes: a group that is short of quota would be tainted, and made anew.

# What these nodes boot with. Their pods can read it: it holds no secret but the token with which workers join.
locals {
  gpu_user_data = base64gzip(replace(templatefile("${path.module}/cloud-init/node.yaml.tftpl", {
    command = "agent"
    settings = {
      ENVIRONMENT = "cloud"
      PLATFORM    = "aws"
      ROLE        = "worker"
      SEED        = "false"
      API_HOST    = aws_lb.kapi.dns_name
      K3S_VERSION = "v1.35.9+k3s1"
      K3S_SERVICE = "k3s-agent.service"
      GPU_COUNT   = "1"
    }
    k3s_config = yamlencode({
      server          = "https://${aws_lb.kapi.dns_name}:6443"
      token           = var.agent_token
      default-runtime = "nvidia"
      node-label = [
        "k8s.amazonaws.com/accelerator=tesla-27b8",
        "nvidia.com/device-plugin.config=tesla-27b8",
        "nvidia.com/gpu.present=true",
        "rootstock.dev/gpu-model=L4",
        "rootstock.dev/node-group=gpu",
        "rootstock.dev/role=worker",
      ]
      node-taint  = ["nvidia.com/gpu=true:NoSchedule"]
      kubelet-arg = ["cloud-provider=external", "config=/etc/rancher/k3s/kubelet.yaml"]
      resolv-conf = "/etc/rootstock/resolv.conf"
    })
    scripts    = merge(local.node_scripts, local.gpu_scripts)
    first_boot = {}
    registries = local.registries
    proxy      = {}
    ca_bundle  = ""
  }), local.comments, ""))
}

resource "aws_launch_template" "gpu" {
  name_prefix            = "cloud-gpu-"
  key_name               = data.terraform_remote_state.infrastructure.outputs.key_name
  image_id               = "ami-0123456789abcdef0"
  instance_type          = "g6.4xlarge"
  update_default_version = true
  user_data              = local.gpu_user_data
  vpc_security_group_ids = [data.terraform_remote_state.infrastructure.outputs.cluster_security_group_id]

  tags = {
    Name = "cloud-gpu"
  }

  block_device_mappings {
    device_name = "/dev/sda1"

    ebs {
      delete_on_termination = "true"
      encrypted             = "true"
      volume_size           = 250
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
      Name                          = "cloud-gpu"
      "kubernetes.io/cluster/cloud" = "owned"
      "zadara.com/k8s/node_group"   = "gpu"
      "zadara.com/k8s/role"         = "worker"
    }
  }

  tag_specifications {
    resource_type = "volume"

    tags = {
      Name                          = "cloud-gpu"
      "kubernetes.io/cluster/cloud" = "owned"
      "zadara.com/k8s/node_group"   = "gpu"
      "zadara.com/k8s/role"         = "worker"
    }
  }
}

# In any zone. They are not rebalanced: that would stop nodes at work.
resource "aws_autoscaling_group" "gpu" {
  name                      = "cloud-gpu"
  desired_capacity          = 2
  health_check_type         = "EC2"
  max_size                  = 4
  min_size                  = 2
  suspended_processes       = ["AZRebalance"]
  wait_for_capacity_timeout = "0"
  vpc_zone_identifier       = data.terraform_remote_state.infrastructure.outputs.private_subnet_ids

  launch_template {
    id      = aws_launch_template.gpu.id
    version = aws_launch_template.gpu.latest_version
  }

  tag {
    key                 = "Name"
    value               = "cloud-gpu"
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
    key                 = "k8s.io/cluster-autoscaler/node-template/label/k8s.amazonaws.com/accelerator"
    value               = "tesla-27b8"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/label/nvidia.com/device-plugin.config"
    value               = "tesla-27b8"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/label/nvidia.com/gpu.present"
    value               = "true"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/label/rootstock.dev/gpu-model"
    value               = "L4"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/label/rootstock.dev/node-group"
    value               = "gpu"
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
    value               = "250Gi"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/resources/memory"
    value               = "64Gi"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/resources/nvidia.com/gpu"
    value               = "25"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/taint/nvidia.com/gpu"
    value               = "true:NoSchedule"
    propagate_at_launch = false
  }

  tag {
    key                 = "kubernetes.io/cluster/cloud"
    value               = "owned"
    propagate_at_launch = true
  }

  tag {
    key                 = "zadara.com/k8s/node_group"
    value               = "gpu"
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
