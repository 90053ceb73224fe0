# Security groups of the load balancers, and what they let through to the nodes behind them.

resource "aws_security_group" "ingress_load_balancer" {
  name        = "inner-ingress-load-balancer"
  description = "Public load balancer of the ingress"
  vpc_id      = data.terraform_remote_state.infrastructure.outputs.vpc_id

  tags = {
    Name = "inner-ingress-load-balancer"
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
  name        = "inner-ingress-nodes"
  description = "Nodes that run the ingress"
  vpc_id      = data.terraform_remote_state.infrastructure.outputs.vpc_id

  tags = {
    Name = "inner-ingress-nodes"
  }
}

# The VPC for a load balancer that answers from its own addresses, the clients for one that keeps theirs.
# Nodes have no public address: nobody reaches them but through the load balancer.
resource "aws_security_group_rule" "ingress_nodes_http" {
  description       = "NodePort of Traefik (http), through the ingress load balancer"
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 30080
  to_port           = 30080
  cidr_blocks       = [data.terraform_remote_state.infrastructure.outputs.vpc_cidr, "0.0.0.0/0"]
  security_group_id = aws_security_group.ingress_nodes.id
}

# The VPC for a load balancer that answers from its own addresses, the clients for one that keeps theirs.
# Nodes have no public address: nobody reaches them but through the load balancer.
resource "aws_security_group_rule" "ingress_nodes_https" {
  description       = "NodePort of Traefik (https), through the ingress load balancer"
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 30443
  to_port           = 30443
  cidr_blocks       = [data.terraform_remote_state.infrastructure.outputs.vpc_cidr, "0.0.0.0/0"]
  security_group_id = aws_security_group.ingress_nodes.id
}
