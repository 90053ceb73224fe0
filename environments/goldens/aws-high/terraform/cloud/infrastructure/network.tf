# The VPC, its subnets, and the ways out of it.

resource "aws_vpc" "main" {
  cidr_block           = "10.40.0.0/16"
  enable_dns_hostnames = true
  enable_dns_support   = true

  tags = {
    Name = "cloud"
  }
}

resource "aws_subnet" "public_a" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-central-1a"
  cidr_block        = "10.40.0.0/24"

  tags = {
    Name                          = "cloud-public-a"
    "kubernetes.io/cluster/cloud" = "shared"
    "kubernetes.io/role/elb"      = "1"
  }
}

resource "aws_subnet" "public_b" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-central-1b"
  cidr_block        = "10.40.1.0/24"

  tags = {
    Name                          = "cloud-public-b"
    "kubernetes.io/cluster/cloud" = "shared"
    "kubernetes.io/role/elb"      = "1"
  }
}

resource "aws_subnet" "public_c" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-central-1c"
  cidr_block        = "10.40.2.0/24"

  tags = {
    Name                          = "cloud-public-c"
    "kubernetes.io/cluster/cloud" = "shared"
    "kubernetes.io/role/elb"      = "1"
  }
}

resource "aws_subnet" "private_a" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-central-1a"
  cidr_block        = "10.40.64.0/19"

  tags = {
    Name                              = "cloud-private-a"
    "kubernetes.io/cluster/cloud"     = "shared"
    "kubernetes.io/role/internal-elb" = "1"
  }
}

resource "aws_subnet" "private_b" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-central-1b"
  cidr_block        = "10.40.96.0/19"

  tags = {
    Name                              = "cloud-private-b"
    "kubernetes.io/cluster/cloud"     = "shared"
    "kubernetes.io/role/internal-elb" = "1"
  }
}

resource "aws_subnet" "private_c" {
  vpc_id            = aws_vpc.main.id
  availability_zone = "eu-central-1c"
  cidr_block        = "10.40.128.0/19"

  tags = {
    Name                              = "cloud-private-c"
    "kubernetes.io/cluster/cloud"     = "shared"
    "kubernetes.io/role/internal-elb" = "1"
  }
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id

  tags = {
    Name = "cloud"
  }
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id

  tags = {
    Name = "cloud-public"
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

resource "aws_route_table_association" "public_a" {
  route_table_id = aws_route_table.public.id
  subnet_id      = aws_subnet.public_a.id
}

resource "aws_route_table_association" "public_b" {
  route_table_id = aws_route_table.public.id
  subnet_id      = aws_subnet.public_b.id
}

resource "aws_route_table_association" "public_c" {
  route_table_id = aws_route_table.public.id
  subnet_id      = aws_subnet.public_c.id
}

resource "aws_eip" "nat_a" {
  domain = "vpc"

  tags = {
    Name = "cloud-nat-a"
  }

  depends_on = [aws_route.public]
}

resource "aws_nat_gateway" "main_a" {
  allocation_id = aws_eip.nat_a.id
  subnet_id     = aws_subnet.public_a.id

  tags = {
    Name = "cloud-a"
  }

  depends_on = [aws_route.public]
}

resource "aws_eip" "nat_b" {
  domain = "vpc"

  tags = {
    Name = "cloud-nat-b"
  }

  depends_on = [aws_route.public]
}

resource "aws_nat_gateway" "main_b" {
  allocation_id = aws_eip.nat_b.id
  subnet_id     = aws_subnet.public_b.id

  tags = {
    Name = "cloud-b"
  }

  depends_on = [aws_route.public]
}

resource "aws_eip" "nat_c" {
  domain = "vpc"

  tags = {
    Name = "cloud-nat-c"
  }

  depends_on = [aws_route.public]
}

resource "aws_nat_gateway" "main_c" {
  allocation_id = aws_eip.nat_c.id
  subnet_id     = aws_subnet.public_c.id

  tags = {
    Name = "cloud-c"
  }

  depends_on = [aws_route.public]
}

resource "aws_route_table" "private_a" {
  vpc_id = aws_vpc.main.id

  tags = {
    Name = "cloud-private-a"
  }
}

resource "aws_route" "private_a" {
  route_table_id         = aws_route_table.private_a.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.main_a.id

  timeouts {
    create = "5m"
  }
}

resource "aws_route_table_association" "private_a" {
  route_table_id = aws_route_table.private_a.id
  subnet_id      = aws_subnet.private_a.id
}

resource "aws_route_table" "private_b" {
  vpc_id = aws_vpc.main.id

  tags = {
    Name = "cloud-private-b"
  }
}

resource "aws_route" "private_b" {
  route_table_id         = aws_route_table.private_b.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.main_b.id

  timeouts {
    create = "5m"
  }
}

resource "aws_route_table_association" "private_b" {
  route_table_id = aws_route_table.private_b.id
  subnet_id      = aws_subnet.private_b.id
}

resource "aws_route_table" "private_c" {
  vpc_id = aws_vpc.main.id

  tags = {
    Name = "cloud-private-c"
  }
}

resource "aws_route" "private_c" {
  route_table_id         = aws_route_table.private_c.id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.main_c.id

  timeouts {
    create = "5m"
  }
}

resource "aws_route_table_association" "private_c" {
  route_table_id = aws_route_table.private_c.id
  subnet_id      = aws_subnet.private_c.id
}
