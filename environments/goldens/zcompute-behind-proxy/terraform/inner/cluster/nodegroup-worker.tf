# Worker nodes. A change here reaches new nodes only.
# Terraform does not wait for nodes: a group that is short of quota would be tainted, and made anew.

# What these nodes boot with. Their pods can read it: it holds no secret but the token with which workers join.
locals {
  worker_user_data = base64gzip(replace(templatefile("${path.module}/cloud-init/node.yaml.tftpl", {
    command = "agent"
    settings = {
      ENVIRONMENT = "inner"
      PLATFORM    = "zcompute"
      ROLE        = "worker"
      SEED        = "false"
      API_HOST    = aws_lb.kapi.dns_name
      K3S_VERSION = "v1.35.9+k3s1"
      K3S_SERVICE = "k3s-agent.service"
      GPU_COUNT   = "0"
    }
    k3s_config = yamlencode({
      server = "https://${aws_lb.kapi.dns_name}:6443"
      token  = var.agent_token
      node-label = [
        "rootstock.dev/node-group=worker",
        "rootstock.dev/role=worker",
        "topology.k8s.aws/zone-id=symphony",
      ]
      kubelet-arg = ["cloud-provider=external", "config=/etc/rancher/k3s/kubelet.yaml"]
      resolv-conf = "/etc/rootstock/resolv.conf"
    })
    scripts    = merge(local.node_scripts, local.disk_scripts)
    first_boot = {}
    registries = local.registries
    proxy      = local.proxy
    ca_bundle  = file("${path.module}/files/ca-bundle.crt")
  }), local.comments, ""))
}

# zCompute does not tell the root volume of a launch configuration, so its changes are seen here.
resource "terraform_data" "worker_root_volume" {
  input = {
    size = 128
  }
}

# The image is looked up. A newer one alone changes nothing, but when anything else changes, the launch configuration
# that replaces this one takes it. To keep an image, or to raise it, set cluster.image in the environment file.
resource "aws_launch_configuration" "worker" {
  name_prefix          = "inner-worker-"
  key_name             = data.terraform_remote_state.infrastructure.outputs.key_name
  iam_instance_profile = data.terraform_remote_state.infrastructure.outputs.worker_instance_profile
  image_id             = data.terraform_remote_state.infrastructure.outputs.image_id
  instance_type        = "z8.3xlarge"
  user_data_base64     = local.worker_user_data

  security_groups = [
    data.terraform_remote_state.infrastructure.outputs.cluster_security_group_id,
    aws_security_group.ingress_nodes.id,
  ]

  root_block_device {
    delete_on_termination = true
    volume_size           = 128
  }

  lifecycle {
    create_before_destroy = true
    ignore_changes        = [image_id, root_block_device]
    replace_triggered_by  = [terraform_data.worker_root_volume]
  }
}

resource "aws_autoscaling_group" "worker" {
  name                      = "inner-worker"
  desired_capacity          = 3
  health_check_type         = "EC2"
  launch_configuration      = aws_launch_configuration.worker.name
  max_size                  = 5
  min_size                  = 3
  target_group_arns         = [aws_lb_target_group.ingress_http.arn, aws_lb_target_group.ingress_https.arn]
  wait_for_capacity_timeout = "0"
  vpc_zone_identifier       = data.terraform_remote_state.infrastructure.outputs.private_subnet_ids

  tag {
    key                 = "Name"
    value               = "inner-worker"
    propagate_at_launch = true
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/enabled"
    value               = "true"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/inner"
    value               = "owned"
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
    key                 = "k8s.io/cluster-autoscaler/node-template/label/topology.k8s.aws/zone-id"
    value               = "symphony"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/resources/cpu"
    value               = "12"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/resources/ephemeral-storage"
    value               = "128Gi"
    propagate_at_launch = false
  }

  tag {
    key                 = "k8s.io/cluster-autoscaler/node-template/resources/memory"
    value               = "96Gi"
    propagate_at_launch = false
  }

  tag {
    key                 = "kubernetes.io/cluster/inner"
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
