# The way in for users: a public load balancer to the NodePorts of Traefik on the worker nodes.

resource "aws_lb" "ingress" {
  name               = "inner-ingress"
  internal           = false
  load_balancer_type = "network"
  security_groups    = [aws_security_group.ingress_load_balancer.id]
  subnets            = data.terraform_remote_state.infrastructure.outputs.public_subnet_ids

  tags = {
    Name = "inner-ingress"
  }
}

resource "aws_lb_target_group" "ingress_http" {
  name        = "inner-ingress-http"
  protocol    = "TCP"
  port        = 30080
  vpc_id      = data.terraform_remote_state.infrastructure.outputs.vpc_id
  target_type = "instance"

  tags = {
    Name = "inner-ingress-http"
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

resource "aws_lb_listener" "ingress_http" {
  protocol          = "TCP"
  port              = 80
  load_balancer_arn = aws_lb.ingress.arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.ingress_http.arn
  }
}

resource "aws_lb_target_group" "ingress_https" {
  name        = "inner-ingress-https"
  protocol    = "TCP"
  port        = 30443
  vpc_id      = data.terraform_remote_state.infrastructure.outputs.vpc_id
  target_type = "instance"

  tags = {
    Name = "inner-ingress-https"
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

resource "aws_lb_listener" "ingress_https" {
  protocol          = "TCP"
  port              = 443
  load_balancer_arn = aws_lb.ingress.arn

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.ingress_https.arn
  }
}
