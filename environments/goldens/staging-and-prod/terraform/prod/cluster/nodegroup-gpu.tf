# Worker nodes. A change here reaches new nodes only.
# Terraform does not wait for nodes: a group that is short of quota would be tainted, and made anew.

# What these nodes boot with. Their pods can read it: it holds no secret but the token with which workers join.
locals {
  gpu_user_data = base64gzip(replace(templatefile("${path.module}/cloud-init/node.yaml.tftpl", {
    command = "agent"
    settings = {
      ENVIRONMENT = "prod"
      PLATFORM    = "zcompute"
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
        "topology.k8s.aws/zone-id=symphony",
      ]
      node-taint  = ["nvidia.com/gpu=true:NoSchedule"]
      kubelet-arg = ["cloud-provider=external", "config=/etc/rancher/k3s/kubelet.yaml"]
      resolv-conf = "/etc/rootstock/resolv.conf"
    })
    scripts    = merge(local.node_scripts, local.disk_scripts, local.gpu_scripts)
    first_boot = {}
    registries = local.registries
    proxy      = {}
    ca_bundle  = ""
  }), local.comments, ""))
}

# zCompute does not tell the root volume of a launch configuration, so its changes are seen here.
resource "terraform_data" "gpu_root_volume" {
  input = {
    size = 200
  }
}

# The image is looked up. A newer one alone changes nothing, but when anything else changes, the launch configuration
# that replaces this one takes it. To keep an image, or to raise it, set cluster.image in the environment file.
resource "aws_launch_configuration" "gpu" {
  name_prefix          = "prod-gpu-"
  key_name             = data.terraform_remote_state.infrastructure.outputs.key_name
  iam_instance_profile = data.terraform_remote_state.infrastructure.outputs.worker_instance_profile
  image_id             = data.terraform_remote_state.infrastructure.outputs.image_id
  instance_type        = "ZGL4.7large"
  security_groups      = [data.terraform_remote_state.infrastructure.outputs.cluster_security_group_id]
  user_data_base64     = local.gpu_user_data

  root_block_device {
    delete_on_termination = true
    volume_size           = 200
  }

  lifecycle {
    create_before_destroy = true
    ignore_changes        = [image_id, root_block_device]
    replace_triggered_by  = [terraform_data.gpu_root_volume]
  }
}

resource "aws_autoscaling_group" "gpu" {
  name                      = "prod-gpu"
  desired_capacity          = 2
  health_check_type         = "EC2"
  launch_configuration      = aws_launch_configuration.gpu.name
  max_size                  = 3
  min_size                  = 2
  wait_for_capacity_timeout = "0"
  vpc_zone_identifier       = data.terraform_remote_state.infrastructure.outputs.private_subnet_ids

  tag {
    key                 = "Name"
    value               = "prod-gpu"
    propagate_at_launch = true
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
    key                 = "k8s.io/cluster-autoscaler/node-template/label/topology.k8s.aws/zone-id"
    value               = "symphony"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/resources/cpu"
    value               = "14"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/resources/ephemeral-storage"
    value               = "200Gi"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/resources/memory"
    value               = "112Gi"
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
    key                 = "k8s.io/cluster-autoscaler/prod"
    value               = "owned"
    propagate_at_launch = false
  }

  tag {
    key                 = "kubernetes.io/cluster/prod"
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
