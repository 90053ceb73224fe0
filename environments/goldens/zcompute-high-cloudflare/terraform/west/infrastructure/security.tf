# Security groups: who may talk to whom inside the VPC.
# The cluster project adds those of its load balancers and of the nodes behind them.

# The only group with the tag kubernetes.io/cluster: controllers look for exactly one such group on a node.
resource "aws_security_group" "cluster" {
  name        = "west-cluster"
  description = "All nodes of west"
  vpc_id      = aws_vpc.main.id

  tags = {
    Name                         = "west-cluster"
    "kubernetes.io/cluster/west" = "owned"
  }
}

resource "aws_security_group_rule" "cluster_nodes" {
  description       = "Nodes among themselves: API, etcd, kubelet, VXLAN, image sharing"
  type              = "ingress"
  protocol          = "-1"
  from_port         = 0
  to_port           = 0
  security_group_id = aws_security_group.cluster.id
  self              = true
}

resource "aws_security_group_rule" "cluster_api" {
  description       = "Kubernetes API from inside the VPC: its load balancer, the bastion"
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 6443
  to_port           = 6443
  cidr_blocks       = ["10.30.0.0/16"]
  security_group_id = aws_security_group.cluster.id
}

resource "aws_security_group_rule" "cluster_egress" {
  description       = "Images, packages, models and the cloud API"
  type              = "egress"
  protocol          = "-1"
  from_port         = 0
  to_port           = 0
  cidr_blocks       = ["0.0.0.0/0"]
  security_group_id = aws_security_group.cluster.id
}

resource "aws_security_group" "bastion" {
  name        = "west-bastion"
  description = "SSH into west"
  vpc_id      = aws_vpc.main.id
}

resource "aws_security_group_rule" "bastion_ssh" {
  description       = "SSH from the networks in network.bastion.sshFrom"
  type              = "ingress"
  protocol          = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_blocks       = ["203.0.113.7/32"]
  security_group_id = aws_security_group.bastion.id
}

resource "aws_security_group_rule" "bastion_egress" {
  description       = "SSH to the nodes, the Kubernetes API, security updates"
  type              = "egress"
  protocol          = "-1"
  from_port         = 0
  to_port           = 0
  cidr_blocks       = ["0.0.0.0/0"]
  security_group_id = aws_security_group.bastion.id
}

resource "aws_security_group_rule" "cluster_ssh" {
  description              = "SSH from the bastion"
  type                     = "ingress"
  protocol                 = "tcp"
  from_port                = 22
  to_port                  = 22
  security_group_id        = aws_security_group.cluster.id
  source_security_group_id = aws_security_group.bastion.id
}
