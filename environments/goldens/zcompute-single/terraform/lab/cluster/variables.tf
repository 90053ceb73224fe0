# Secrets of the cluster. Give them as TF_VAR_<name> in the environment, or in secrets.auto.tfvars, which Git ignores.
# They end up in the state and in the user data of the nodes that need them: protect both.

variable "cluster_token" {
  description = "Token with which control nodes join, and with which etcd snapshots are encrypted: a snapshot cannot be restored without it, so keep it as long as the backups. Never change it. For example: openssl rand -hex 32."
  type        = string
  sensitive   = true
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9]{32,128}$", var.cluster_token))
    error_message = "Use 32 to 128 letters and digits, for example from openssl rand -hex 32."
  }
}

variable "agent_token" {
  description = "Token with which worker nodes join. Their user data can be read by their pods, so it must not be the cluster token."
  type        = string
  sensitive   = true
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9]{32,128}$", var.agent_token))
    error_message = "Use 32 to 128 letters and digits, for example from openssl rand -hex 32."
  }

  validation {
    condition     = var.agent_token != var.cluster_token
    error_message = "Use another token than cluster_token: whoever has that one may join as a control node."
  }
}

variable "argocd_ssh_private_key" {
  description = "Private half of the read-only deploy key with which Argo CD reads the repository."
  type        = string
  sensitive   = true
  nullable    = false

  validation {
    condition     = startswith(var.argocd_ssh_private_key, "-----BEGIN ") && strcontains(var.argocd_ssh_private_key, "PRIVATE KEY-----\n")
    error_message = "Use the whole text of the private key file, from -----BEGIN to -----END, with its line breaks."
  }
}

variable "sealing_certificate" {
  description = "Certificate for which secrets are sealed, so that they can lie in Git. It is no secret itself, and belongs to sealing_private_key."
  type        = string
  sensitive   = true
  nullable    = false

  validation {
    condition     = startswith(var.sealing_certificate, "-----BEGIN CERTIFICATE-----\n") && endswith(trimspace(var.sealing_certificate), "-----END CERTIFICATE-----")
    error_message = "Use the whole text of the certificate, from -----BEGIN to -----END, with its line breaks."
  }
}

variable "sealing_private_key" {
  description = "Private key with which the cluster opens SealedSecrets, an RSA key without a passphrase. Without it every SealedSecret in Git is lost, so keep a copy. The cluster reads it at its first boot only."
  type        = string
  sensitive   = true
  nullable    = false

  validation {
    condition     = startswith(var.sealing_private_key, "-----BEGIN ") && strcontains(var.sealing_private_key, "PRIVATE KEY-----\n")
    error_message = "Use the whole text of the private key file, from -----BEGIN to -----END, with its line breaks."
  }

  validation {
    condition     = !strcontains(var.sealing_private_key, "ENCRYPTED")
    error_message = "Use a key without a passphrase: the cluster has nobody to ask for it."
  }
}
