# What nodes may ask of the cloud: one instance profile for control nodes, one for workers.

# Control nodes run the controllers that speak to the cloud.
resource "aws_iam_role" "control" {
  name                  = "cloud-control"
  description           = "Nodes with the role control of cloud"
  force_detach_policies = true

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Service = "ec2.amazonaws.com"
        }
        Action = "sts:AssumeRole"
      },
    ]
  })

  tags = {
    Name = "cloud-control"
  }
}

# For the cloud controller manager, the EBS volume driver and the cluster autoscaler, and for nothing else. Load
# balancers are left out on purpose: the cluster project makes them.
resource "aws_iam_policy" "control" {
  name = "cloud-control"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid    = "Look"
        Effect = "Allow"
        Action = [
          "autoscaling:DescribeAutoScalingGroups",
          "autoscaling:DescribeAutoScalingInstances",
          "autoscaling:DescribeScalingActivities",
          "autoscaling:DescribeTags",
          "ec2:DescribeAvailabilityZones",
          "ec2:DescribeImages",
          "ec2:DescribeInstanceTopology",
          "ec2:DescribeInstanceTypes",
          "ec2:DescribeInstances",
          "ec2:DescribeLaunchTemplateVersions",
          "ec2:DescribeRegions",
          "ec2:DescribeRouteTables",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSnapshots",
          "ec2:DescribeSubnets",
          "ec2:DescribeTags",
          "ec2:DescribeVolumeStatus",
          "ec2:DescribeVolumes",
          "ec2:DescribeVolumesModifications",
          "ec2:DescribeVpcs",
          "ec2:GetInstanceTypesFromInstanceRequirements",
        ]
        Resource = "*"
      },
      {
        Sid      = "AttachVolumes"
        Effect   = "Allow"
        Action   = ["ec2:AttachVolume", "ec2:DetachVolume"]
        Resource = ["arn:aws:ec2:*:*:instance/*", "arn:aws:ec2:*:*:volume/*"]
      },
      {
        Sid      = "ChangeVolumes"
        Effect   = "Allow"
        Action   = ["ec2:CreateSnapshot", "ec2:ModifyVolume"]
        Resource = "arn:aws:ec2:*:*:volume/*"
      },
      {
        Sid      = "RestoreVolumes"
        Effect   = "Allow"
        Action   = ["ec2:CreateVolume"]
        Resource = "arn:aws:ec2:*:*:snapshot/*"
      },
      {
        Sid      = "CreateVolumes"
        Effect   = "Allow"
        Action   = ["ec2:CreateSnapshot", "ec2:CreateVolume"]
        Resource = ["arn:aws:ec2:*:*:snapshot/*", "arn:aws:ec2:*:*:volume/*"]
        Condition = {
          StringEquals = {
            "aws:RequestTag/ebs.csi.aws.com/cluster" = "true"
          }
        }
      },
      {
        Sid      = "TagNewVolumes"
        Effect   = "Allow"
        Action   = ["ec2:CreateTags"]
        Resource = ["arn:aws:ec2:*:*:snapshot/*", "arn:aws:ec2:*:*:volume/*"]
        Condition = {
          StringEquals = {
            "ec2:CreateAction" = ["CreateSnapshot", "CreateVolume"]
          }
        }
      },
      {
        Sid      = "DeleteVolumes"
        Effect   = "Allow"
        Action   = ["ec2:DeleteSnapshot", "ec2:DeleteVolume"]
        Resource = ["arn:aws:ec2:*:*:snapshot/*", "arn:aws:ec2:*:*:volume/*"]
        Condition = {
          StringEquals = {
            "aws:ResourceTag/ebs.csi.aws.com/cluster" = "true"
          }
        }
      },
      {
        Sid      = "ScaleWorkers"
        Effect   = "Allow"
        Action   = ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"]
        Resource = "*"
        Condition = {
          StringEquals = {
            "aws:ResourceTag/k8s.io/cluster-autoscaler/enabled" = "true"
            "aws:ResourceTag/k8s.io/cluster-autoscaler/cloud"   = "owned"
          }
        }
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "control" {
  policy_arn = aws_iam_policy.control.arn
  role       = aws_iam_role.control.name
}

resource "aws_iam_instance_profile" "control" {
  name = "cloud-control"
  role = aws_iam_role.control.name

  depends_on = [aws_iam_role_policy_attachment.control]
}

# Workers run what users bring. No policy is attached, on purpose: nothing on a worker calls the cloud API, and
# read access to instances or their launch settings would show the user data of control nodes, where the cluster token is.
resource "aws_iam_role" "worker" {
  name                  = "cloud-worker"
  description           = "Nodes with the role worker of cloud"
  force_detach_policies = true

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Principal = {
          Service = "ec2.amazonaws.com"
        }
        Action = "sts:AssumeRole"
      },
    ]
  })

  tags = {
    Name = "cloud-worker"
  }
}

resource "aws_iam_instance_profile" "worker" {
  name = "cloud-worker"
  role = aws_iam_role.worker.name
}

# For the AWS load balancer controller, since the environment file asks for it. It changes what it made itself, which
# carries the name of the environment in the tag elbv2.k8s.aws/cluster.
resource "aws_iam_policy" "load_balancers" {
  name = "cloud-load-balancers"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "MakeServiceRole"
        Effect   = "Allow"
        Action   = ["iam:CreateServiceLinkedRole"]
        Resource = "*"
        Condition = {
          StringEquals = {
            "iam:AWSServiceName" = "elasticloadbalancing.amazonaws.com"
          }
        }
      },
      {
        Sid    = "LookAtLoadBalancers"
        Effect = "Allow"
        Action = [
          "acm:DescribeCertificate",
          "acm:ListCertificates",
          "ec2:DescribeAccountAttributes",
          "ec2:DescribeAddresses",
          "ec2:DescribeInternetGateways",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeVpcPeeringConnections",
          "ec2:GetSecurityGroupsForVpc",
          "elasticloadbalancing:Describe*",
        ]
        Resource = "*"
      },
      {
        Sid      = "MakeGroups"
        Effect   = "Allow"
        Action   = ["ec2:CreateSecurityGroup"]
        Resource = "*"
      },
      {
        Sid      = "TagNewGroups"
        Effect   = "Allow"
        Action   = ["ec2:CreateTags"]
        Resource = "arn:aws:ec2:*:*:security-group/*"
        Condition = {
          StringEquals = {
            "ec2:CreateAction"                     = "CreateSecurityGroup"
            "aws:RequestTag/elbv2.k8s.aws/cluster" = "cloud"
          }
        }
      },
      {
        Sid      = "ChangeOwnGroups"
        Effect   = "Allow"
        Action   = ["ec2:CreateTags", "ec2:DeleteSecurityGroup", "ec2:DeleteTags"]
        Resource = "arn:aws:ec2:*:*:security-group/*"
        Condition = {
          StringEquals = {
            "aws:ResourceTag/elbv2.k8s.aws/cluster" = "cloud"
          }
        }
      },
      {
        Sid      = "LetLoadBalancersIn"
        Effect   = "Allow"
        Action   = ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"]
        Resource = "arn:aws:ec2:*:*:security-group/*"
      },
      {
        Sid      = "MakeLoadBalancers"
        Effect   = "Allow"
        Action   = ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"]
        Resource = "*"
        Condition = {
          StringEquals = {
            "aws:RequestTag/elbv2.k8s.aws/cluster" = "cloud"
          }
        }
      },
      {
        Sid    = "TagNewLoadBalancers"
        Effect = "Allow"
        Action = ["elasticloadbalancing:AddTags"]
        Resource = [
          "arn:aws:elasticloadbalancing:*:*:loadbalancer/app/*/*",
          "arn:aws:elasticloadbalancing:*:*:loadbalancer/net/*/*",
          "arn:aws:elasticloadbalancing:*:*:targetgroup/*/*",
        ]
        Condition = {
          StringEquals = {
            "elasticloadbalancing:CreateAction"    = ["CreateLoadBalancer", "CreateTargetGroup"]
            "aws:RequestTag/elbv2.k8s.aws/cluster" = "cloud"
          }
        }
      },
      {
        Sid    = "ChangeOwnLoadBalancers"
        Effect = "Allow"
        Action = [
          "elasticloadbalancing:AddTags",
          "elasticloadbalancing:CreateListener",
          "elasticloadbalancing:DeleteLoadBalancer",
          "elasticloadbalancing:DeleteTargetGroup",
          "elasticloadbalancing:DeregisterTargets",
          "elasticloadbalancing:ModifyCapacityReservation",
          "elasticloadbalancing:ModifyIpPools",
          "elasticloadbalancing:ModifyLoadBalancerAttributes",
          "elasticloadbalancing:ModifyTargetGroup",
          "elasticloadbalancing:ModifyTargetGroupAttributes",
          "elasticloadbalancing:RegisterTargets",
          "elasticloadbalancing:RemoveTags",
          "elasticloadbalancing:SetIpAddressType",
          "elasticloadbalancing:SetSecurityGroups",
          "elasticloadbalancing:SetSubnets",
        ]
        Resource = "*"
        Condition = {
          StringEquals = {
            "aws:ResourceTag/elbv2.k8s.aws/cluster" = "cloud"
          }
        }
      },
      {
        Sid    = "ChangeListeners"
        Effect = "Allow"
        Action = [
          "elasticloadbalancing:AddListenerCertificates",
          "elasticloadbalancing:AddTags",
          "elasticloadbalancing:CreateRule",
          "elasticloadbalancing:DeleteListener",
          "elasticloadbalancing:DeleteRule",
          "elasticloadbalancing:ModifyListener",
          "elasticloadbalancing:ModifyListenerAttributes",
          "elasticloadbalancing:ModifyRule",
          "elasticloadbalancing:RemoveListenerCertificates",
          "elasticloadbalancing:RemoveTags",
          "elasticloadbalancing:SetRulePriorities",
        ]
        Resource = [
          "arn:aws:elasticloadbalancing:*:*:listener-rule/app/*/*/*",
          "arn:aws:elasticloadbalancing:*:*:listener/app/*/*/*",
          "arn:aws:elasticloadbalancing:*:*:listener-rule/net/*/*/*",
          "arn:aws:elasticloadbalancing:*:*:listener/net/*/*/*",
        ]
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "load_balancers" {
  policy_arn = aws_iam_policy.load_balancers.arn
  role       = aws_iam_role.control.name
}
