# Security groups of the load balancers, and what they let through to the nodes behind them.

resource "aws_security_group" "api_load_balancer" {
  name        = "cloud-api-load-balancer"
  description = "Load balancer of the Kubernetes API"
  vpc_id      = data.terraform_remote_state.infrastructure.outputs.vpc_id

  tags = {
    Name = "cloud-api-load-balancer"
  }
}

resource "aws_security_group_rule" "api_load_balancer" {
  description       = "Kubernetes API, from inside the VPC"
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 6443
  to_port           = 6443
  cidr_blocks       = [data.terraform_remote_state.infrastructure.outputs.vpc_cidr]
  security_group_id = aws_security_group.api_load_balancer.id
}

resource "aws_security_group_rule" "api_load_balancer_to_nodes" {
  description       = "To the control nodes"
  type              = "egress"
  protocol          = "tcp"
  from_port         = 6443
  to_port           = 6443
  cidr_blocks       = [data.terraform_remote_state.infrastructure.outputs.vpc_cidr]
  security_group_id = aws_security_group.api_load_balancer.id
}

resource "aws_security_group" "ingress_load_balancer" {
  name        = "cloud-ingress-load-balancer"
  description = "Public load balancer of the ingress"
  vpc_id      = data.terraform_remote_state.infrastructure.outputs.vpc_id

  tags = {
    Name = "cloud-ingress-load-balancer"
  }
}

resource "aws_security_group_rule" "ingress_load_balancer_http" {
  description       = "HTTP from users"
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 80
  to_port           = 80
  cidr_blocks       = ["0.0.0.0/0"]
  security_group_id = aws_security_group.ingress_load_balancer.id
}

resource "aws_security_group_rule" "ingress_load_balancer_https" {
  description       = "HTTPS from users"
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 443
  to_port           = 443
  cidr_blocks       = ["0.0.0.0/0"]
  security_group_id = aws_security_group.ingress_load_balancer.id
}

resource "aws_security_group_rule" "ingress_load_balancer_to_http" {
  description       = "To the NodePorts of Traefik"
  type              = "egress"
  protocol          = "tcp"
  from_port         = 30080
  to_port           = 30080
  cidr_blocks       = [data.terraform_remote_state.infrastructure.outputs.vpc_cidr]
  security_group_id = aws_security_group.ingress_load_balancer.id
}

resource "aws_security_group_rule" "ingress_load_balancer_to_https" {
  description       = "To the NodePorts of Traefik"
  type              = "egress"
  protocol          = "tcp"
  from_port         = 30443
  to_port           = 30443
  cidr_blocks       = [data.terraform_remote_state.infrastructure.outputs.vpc_cidr]
  security_group_id = aws_security_group.ingress_load_balancer.id
}

resource "aws_security_group" "ingress_nodes" {
  name        = "cloud-ingress-nodes"
  description = "Nodes that run the ingress"
  vpc_id      = data.terraform_remote_state.infrastructure.outputs.vpc_id

  tags = {
    Name = "cloud-ingress-nodes"
  }
}

# Also covers the health checks. Clients keep their addresses, but come through the load balancer's group.
resource "aws_security_group_rule" "ingress_nodes_http" {
  description              = "NodePort of Traefik (http), through the ingress load balancer"
  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = 30080
  to_port                  = 30080
  security_group_id        = aws_security_group.ingress_nodes.id
  source_security_group_id = aws_security_group.ingress_load_balancer.id
}

# Also covers the health checks. Clients keep their addresses, but come through the load balancer's group.
resource "aws_security_group_rule" "ingress_nodes_https" {
  description              = "NodePort of Traefik (https), through the ingress load balancer"
  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = 30443
  to_port                  = 30443
  security_group_id        = aws_security_group.ingress_nodes.id
  source_security_group_id = aws_security_group.ingress_load_balancer.id
}
