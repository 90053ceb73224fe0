# Worker nodes. A change here reaches new nodes only.
# Terraform does not wait for nodes: a group that is short of quota would be tainted, and made anew.

# What these nodes boot with. Their pods can read it: it holds no secret but the token with which workers join.
locals {
  l40s_user_data = base64gzip(replace(templatefile("${path.module}/cloud-init/node.yaml.tftpl", {
    command = "agent"
    settings = {
      ENVIRONMENT = "mix"
      PLATFORM    = "zcompute"
      ROLE        = "worker"
      SEED        = "false"
      API_HOST    = aws_lb.kapi.dns_name
      K3S_VERSION = "v1.35.9+k3s1"
      K3S_SERVICE = "k3s-agent.service"
      GPU_COUNT   = "2"
    }
    k3s_config = yamlencode({
      server          = "https://${aws_lb.kapi.dns_name}:6443"
      token           = var.agent_token
      default-runtime = "nvidia"
      node-label = [
        "k8s.amazonaws.com/accelerator=tesla-26b9",
        "nvidia.com/device-plugin.config=tesla-26b9",
        "nvidia.com/gpu.present=true",
        "rootstock.dev/gpu-model=L40S",
        "rootstock.dev/node-group=l40s",
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
resource "terraform_data" "l40s_root_volume" {
  input = {
    size = 400
  }
}

# The image is looked up. A newer one alone changes nothing, but when anything else changes, the launch configuration
# that replaces this one takes it. To keep an image, or to raise it, set cluster.image in the environment file.
resource "aws_launch_configuration" "l40s" {
  name_prefix          = "mix-l40s-"
  key_name             = data.terraform_remote_state.infrastructure.outputs.key_name
  iam_instance_profile = data.terraform_remote_state.infrastructure.outputs.worker_instance_profile
  image_id             = data.terraform_remote_state.infrastructure.outputs.image_id
  instance_type        = "ZGL40S.7xlarge"
  security_groups      = [data.terraform_remote_state.infrastructure.outputs.cluster_security_group_id]
  user_data_base64     = local.l40s_user_data

  root_block_device {
    delete_on_termination = true
    volume_size           = 400
  }

  lifecycle {
    create_before_destroy = true
    ignore_changes        = [image_id, root_block_device]
    replace_triggered_by  = [terraform_data.l40s_root_volume]
  }
}

resource "aws_autoscaling_group" "l40s" {
  name                      = "mix-l40s"
  desired_capacity          = 1
  health_check_type         = "EC2"
  launch_configuration      = aws_launch_configuration.l40s.name
  max_size                  = 2
  min_size                  = 1
  wait_for_capacity_timeout = "0"
  vpc_zone_identifier       = data.terraform_remote_state.infrastructure.outputs.private_subnet_ids

  tag {
    key                 = "Name"
    value               = "mix-l40s"
    propagate_at_launch = true
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/enabled"
    value               = "true"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/mix"
    value               = "owned"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/label/k8s.amazonaws.com/accelerator"
    value               = "tesla-26b9"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/label/nvidia.com/device-plugin.config"
    value               = "tesla-26b9"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/label/nvidia.com/gpu.present"
    value               = "true"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/label/rootstock.dev/gpu-model"
    value               = "L40S"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/label/rootstock.dev/node-group"
    value               = "l40s"
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
    value               = "28"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/resources/ephemeral-storage"
    value               = "400Gi"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/resources/memory"
    value               = "224Gi"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/resources/nvidia.com/gpu"
    value               = "98"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/taint/nvidia.com/gpu"
    value               = "true:NoSchedule"
    propagate_at_launch = false
  }

  tag {
    key                 = "kubernetes.io/cluster/mix"
    value               = "owned"
    propagate_at_launch = true
  }

  tag {
    key                 = "zadara.com/k8s/node_group"
    value               = "l40s"
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
