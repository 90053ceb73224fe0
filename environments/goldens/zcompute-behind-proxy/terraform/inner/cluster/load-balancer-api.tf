# The address of the Kubernetes API: nodes join through it, people reach it from inside the VPC.

resource "aws_lb" "kapi" {
  name               = "inner-kapi"
  internal           = true
  load_balancer_type = "network"
  security_groups    = [data.terraform_remote_state.infrastructure.outputs.cluster_security_group_id]
  subnets            = data.terraform_remote_state.infrastructure.outputs.private_subnet_ids

  tags = {
    Name = "inner-kapi"
  }
}

resource "aws_lb_target_group" "kapi" {
  name        = "inner-kapi"
  protocol    = "TCP"
  port        = 6443
  vpc_id      = data.terraform_remote_state.infrastructure.outputs.vpc_id
  target_type = "instance"

  tags = {
    Name = "inner-kapi"
  }

  health_check {
    protocol            = "TCP"
    healthy_threshold   = 2
    interval            = 10
    unhealthy_threshold = 2
  }

  lifecycle {
    ignore_changes = [stickiness]
  }
}

resource "aws_lb_listener" "kapi" {
  protocol          = "TCP"
  port              = 6443
  load_balancer_arn = aws_lb.kapi.arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.kapi.arn
  }
}
