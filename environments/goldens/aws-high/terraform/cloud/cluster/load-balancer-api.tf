# The address of the Kubernetes API: nodes join through it, people reach it from inside the VPC.

resource "aws_lb" "kapi" {
  name                             = "cloud-kapi"
  enable_cross_zone_load_balancing = true
  internal                         = true
  load_balancer_type               = "network"
  security_groups                  = [aws_security_group.api_load_balancer.id]
  subnets                          = data.terraform_remote_state.infrastructure.outputs.private_subnet_ids

  tags = {
    Name = "cloud-kapi"
  }
}

# Not under the address of the client: a control node that is sent back to itself would wait for ever.
resource "aws_lb_target_group" "kapi" {
  name               = "cloud-kapi"
  protocol           = "TCP"
  port               = 6443
  vpc_id             = data.terraform_remote_state.infrastructure.outputs.vpc_id
  preserve_client_ip = "false"
  target_type        = "instance"

  tags = {
    Name = "cloud-kapi"
  }

  health_check {
    protocol            = "TCP"
    healthy_threshold   = 2
    interval            = 10
    unhealthy_threshold = 2
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
