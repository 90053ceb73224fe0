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

variable "etcd_s3_access_key" {
  description = "Access key for the etcd backup bucket. It must be allowed to list, read, write and delete objects."
  type        = string
  sensitive   = true
  nullable    = false

  validation {
    condition     = can(regex("^[^\\s\"'\\\\]+$", var.etcd_s3_access_key))
    error_message = "Use the key as the store shows it, without spaces and quotes."
  }
}

variable "etcd_s3_secret_key" {
  description = "Secret key that belongs to etcd_s3_access_key."
  type        = string
  sensitive   = true
  nullable    = false

  validation {
    condition     = can(regex("^[^\\s\"'\\\\]+$", var.etcd_s3_secret_key))
    error_message = "Use the key as the store shows it, without spaces and quotes."
  }
}

variable "argocd_repository_username" {
  description = "User name that belongs to the token with which Argo CD reads the repository."
  type        = string
  sensitive   = true
  nullable    = false

  validation {
    condition     = trimspace(var.argocd_repository_username) != ""
    error_message = "It must not be empty."
  }
}

variable "argocd_repository_password" {
  description = "Token with which Argo CD reads the repository. Reading is all it needs."
  type        = string
  sensitive   = true
  nullable    = false

  validation {
    condition     = trimspace(var.argocd_repository_password) != ""
    error_message = "It must not be empty."
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
