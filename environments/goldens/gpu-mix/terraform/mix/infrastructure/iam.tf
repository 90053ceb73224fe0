# What nodes may ask of the cloud: one instance profile for control nodes, one for workers.

# zCompute frees the names of deleted IAM objects late: destroy ends only when an apply can use them again.
resource "time_sleep" "iam_names" {
  destroy_duration = "360s"
}

# Control nodes run the controllers that speak to the cloud.
resource "aws_iam_role" "control" {
  name                  = "mix-control"
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

  depends_on = [time_sleep.iam_names]
}

# zCompute documents these three services as a whole for its cloud controller manager, volume driver and
# autoscaler. Only control nodes have them, and only pods that tolerate the control-plane taint run there.
resource "aws_iam_policy" "control" {
  name = "mix-control"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "Controllers"
        Effect   = "Allow"
        Action   = ["autoscaling:*", "ec2:*", "elasticloadbalancing:*"]
        Resource = "*"
      },
    ]
  })

  depends_on = [time_sleep.iam_names]
}

resource "aws_iam_role_policy_attachment" "control" {
  policy_arn = aws_iam_policy.control.arn
  role       = aws_iam_role.control.name
}

resource "aws_iam_instance_profile" "control" {
  name = "mix-control"
  role = aws_iam_role.control.name

  depends_on = [aws_iam_role_policy_attachment.control]
}

# Workers run what users bring. No policy is attached, on purpose: nothing on a worker calls the cloud API, and
# read access to instances or their launch settings would show the user data of control nodes, where the cluster token is.
resource "aws_iam_role" "worker" {
  name                  = "mix-worker"
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

  depends_on = [time_sleep.iam_names]
}

resource "aws_iam_instance_profile" "worker" {
  name = "mix-worker"
  role = aws_iam_role.worker.name
}
