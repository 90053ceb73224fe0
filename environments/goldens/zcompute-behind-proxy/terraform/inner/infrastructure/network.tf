# The VPC, its subnets, and the ways out of it.

resource "aws_vpc" "main" {
  cidr_block           = "10.60.0.0/16"
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = {
    Name = "inner"
  }
}

resource "aws_subnet" "public" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.60.0.0/24"

  tags = {
    Name                          = "inner-public"
    "kubernetes.io/cluster/inner" = "shared"
    "kubernetes.io/role/elb"      = "1"
  }
}

resource "aws_subnet" "private" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.60.128.0/20"

  tags = {
    Name                              = "inner-private"
    "kubernetes.io/cluster/inner"     = "shared"
    "kubernetes.io/role/internal-elb" = "1"
  }
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id

  tags = {
    Name = "inner"
  }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id

  tags = {
    Name = "inner-public"
  }
}

resource "aws_route" "public" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.main.id

  timeouts {
    create = "5m"
  }
}

resource "aws_route_table_association" "public" {
  route_table_id = aws_route_table.public.id
  subnet_id      = aws_subnet.public.id
}

# zCompute reports the route as made before it carries traffic, and as gone before it is. What needs the way out
# waits for this.
resource "time_sleep" "way_out" {
  create_duration  = "60s"
  destroy_duration = "120s"

  triggers = {
    internet_gateway = aws_internet_gateway.main.id
  }

  depends_on = [aws_route.public]
}

resource "aws_eip" "nat" {
  vpc = true

  depends_on = [time_sleep.way_out]
}

resource "aws_nat_gateway" "main" {
  allocation_id = aws_eip.nat.id
  subnet_id     = aws_subnet.public.id

  tags = {
    Name = "inner"
  }

  depends_on = [time_sleep.way_out]
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.main.id

  tags = {
    Name = "inner-private"
  }
}

resource "aws_route" "private" {
  route_table_id         = aws_route_table.private.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.main.id

  timeouts {
    create = "5m"
  }
}

resource "aws_route_table_association" "private" {
  route_table_id = aws_route_table.private.id
  subnet_id      = aws_subnet.private.id
}
