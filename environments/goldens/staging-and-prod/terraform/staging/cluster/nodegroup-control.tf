# Control nodes: one autoscaling group of size 1 each, so that each is replaced alone, and nothing scales etcd.
# A change here reaches new nodes only: replace them one at a time.
# Terraform does not wait for nodes: a group that is short of quota would be tainted, and made anew.

# What control nodes boot with. Only the seed, the first of them, may ever make the cluster.
locals {
  control_1_user_data = base64gzip(replace(templatefile("${path.module}/cloud-init/node.yaml.tftpl", {
    command = "server"
    settings = {
      ENVIRONMENT             = "staging"
      PLATFORM                = "zcompute"
      ROLE                    = "control"
      SEED                    = "true"
      API_HOST                = aws_lb.kapi.dns_name
      K3S_VERSION             = "v1.35.9+k3s1"
      K3S_SERVICE             = "k3s.service"
      GPU_COUNT               = "0"
      FIRST_BOOT_APPLICATIONS = "aws-cloud-controller-manager coredns argo-cd projects root"
      FIRST_BOOT_CHARTS       = "aws-cloud-controller-manager coredns argocd"
      ETCD_BUCKET             = ""
    }
    k3s_config = local.server_config
    scripts    = merge(local.node_scripts, local.seed_scripts)
    first_boot = local.first_boot
    registries = local.registries
    proxy      = {}
    ca_bundle  = ""
  }), local.comments, ""))
}

# zCompute does not tell the root volume of a launch configuration, so its changes are seen here.
resource "terraform_data" "control_root_volume" {
  input = {
    size = 64
  }
}

# The seed: the one node that may make the cluster, and only if it never existed.
# The image is looked up. A newer one alone changes nothing, but when anything else changes, the launch configuration
# that replaces this one takes it. To keep an image, or to raise it, set cluster.image in the environment file.
resource "aws_launch_configuration" "control_1" {
  name_prefix          = "staging-control-1-"
  key_name             = data.terraform_remote_state.infrastructure.outputs.key_name
  iam_instance_profile = data.terraform_remote_state.infrastructure.outputs.control_instance_profile
  image_id             = data.terraform_remote_state.infrastructure.outputs.image_id
  instance_type        = "z4.large"
  security_groups      = [data.terraform_remote_state.infrastructure.outputs.cluster_security_group_id]
  user_data_base64     = local.control_1_user_data

  root_block_device {
    delete_on_termination = true
    volume_size           = 64
  }

  lifecycle {
    create_before_destroy = true
    ignore_changes        = [image_id, root_block_device]
    replace_triggered_by  = [terraform_data.control_root_volume]
  }
}

resource "aws_autoscaling_group" "control_1" {
  name                      = "staging-control-1"
  desired_capacity          = 1
  health_check_type         = "EC2"
  launch_configuration      = aws_launch_configuration.control_1.name
  max_size                  = 1
  min_size                  = 1
  target_group_arns         = [aws_lb_target_group.kapi.arn]
  wait_for_capacity_timeout = "0"
  vpc_zone_identifier       = [data.terraform_remote_state.infrastructure.outputs.private_subnet_ids[0]]

  tag {
    key                 = "Name"
    value               = "staging-control-1"
    propagate_at_launch = true
  }

  tag {
    key                 = "kubernetes.io/cluster/staging"
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
