# What nodes boot with: cloud-init/node.yaml.tftpl writes the files, files/boot.sh does the work.

# The scripts as nodes get them: without comments, since user data has room for 16384 bytes.
locals {
  comments = "/(?m)^[ \\t]*# .*\\n/"

  node_scripts = {
    "boot.sh"         = replace(file("${path.module}/files/boot.sh"), local.comments, "")
    "install-k3s.sh"  = replace(file("${path.module}/files/install-k3s.sh"), local.comments, "")
    "join.sh"         = replace(file("${path.module}/files/join.sh"), local.comments, "")
    "library.sh"      = replace(file("${path.module}/files/library.sh"), local.comments, "")
    "prepare-node.sh" = replace(file("${path.module}/files/prepare-node.sh"), local.comments, "")
  }

  seed_scripts = {
    "first-boot.sh" = replace(file("${path.module}/files/first-boot.sh"), local.comments, "")
    "marker.sh"     = replace(file("${path.module}/files/marker.sh"), local.comments, "")
  }

  disk_scripts = {
    "disks.sh" = replace(file("${path.module}/files/disks.sh"), local.comments, "")
  }

  gpu_scripts = {
    "gpu.sh"  = replace(file("${path.module}/files/gpu.sh"), local.comments, "")
    "nvme.sh" = replace(file("${path.module}/files/nvme.sh"), local.comments, "")
  }
}

# How nodes reach registries and the world. Nodes fetch images from each other first; nothing here is a secret.
locals {
  registries = yamlencode({
    mirrors = {
      "*" = {}
    }
  })
}

# k3s on all control nodes. What differs between them is written at boot: /etc/rancher/k3s/config.yaml.d.
locals {
  server_config = yamlencode({
    token                       = var.cluster_token
    agent-token                 = var.agent_token
    tls-san                     = [aws_lb.kapi.dns_name]
    cluster-cidr                = "10.132.0.0/14"
    service-cidr                = "10.136.0.0/16"
    cluster-dns                 = "10.136.0.10"
    flannel-backend             = "vxlan"
    disable                     = ["coredns", "local-storage", "runtimes", "servicelb", "traefik"]
    disable-cloud-controller    = true
    embedded-registry           = true
    secrets-encryption          = true
    etcd-snapshot-compress      = true
    etcd-snapshot-schedule-cron = "0 */12 * * *"
    etcd-s3                     = true
    etcd-s3-endpoint            = "vsa-00000007-public.zadarazios.com"
    etcd-s3-bucket              = "west-etcd"
    etcd-s3-region              = "us-east-1"
    etcd-s3-folder              = "west"
    etcd-s3-access-key          = var.etcd_s3_access_key
    etcd-s3-secret-key          = var.etcd_s3_secret_key
    etcd-s3-retention           = 168
    node-label = [
      "rootstock.dev/node-group=control",
      "rootstock.dev/role=control",
      "topology.k8s.aws/zone-id=symphony",
    ]
    node-taint  = ["node-role.kubernetes.io/control-plane=true:NoSchedule"]
    kubelet-arg = ["cloud-provider=external", "config=/etc/rancher/k3s/kubelet.yaml"]
    resolv-conf = "/etc/rootstock/resolv.conf"
  })
}

# What the seed gives to a cluster that it has just made, and to no other: see files/first-boot.sh.
locals {
  first_boot_manifests = { for name in fileset("${path.module}/files/first-boot", "*.yaml") : name => file("${path.module}/files/first-boot/${name}") }

  sealing_key = yamlencode({
    apiVersion = "v1"
    kind       = "Secret"
    metadata = {
      name      = "sealing-key"
      namespace = "kube-system"
      labels = {
        "sealedsecrets.bitnami.com/sealed-secrets-key" = "active"
      }
    }
    type = "kubernetes.io/tls"
    stringData = {
      "tls.crt" = var.sealing_certificate
      "tls.key" = var.sealing_private_key
    }
  })

  repository_credential = yamlencode({
    apiVersion = "v1"
    kind       = "Secret"
    metadata = {
      name      = "repository"
      namespace = "argocd"
      labels = {
        "argocd.argoproj.io/secret-type" = "repository"
      }
    }
    stringData = {
      type                    = "git"
      url                     = "https://github.com/acme/ai-west.git"
      githubAppID             = var.argocd_github_app_id
      githubAppInstallationID = var.argocd_github_app_installation_id
      githubAppPrivateKey     = var.argocd_github_app_private_key
    }
  })

  first_boot = merge(local.first_boot_manifests, {
    "25-sealing-key.yaml" = local.sealing_key
    "30-repository.yaml"  = local.repository_credential
  })
}

# The first control node has the most to carry.
resource "terraform_data" "user_data_size" {
  lifecycle {
    precondition {
      condition     = length(local.control_1_user_data) <= 21848
      error_message = "The user data of the first control node is longer than 16384 bytes, which the cloud refuses. To make it shorter, write repository.access: token."
    }
  }
}
