# A read-only role for `afterlab scan`, made by `afterlab permissions --format terraform`.
# Say who may take the role: an account, a repository on GitHub, or both.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
}

variable "role_name" {
  description = "Name of the role"
  type        = string
  default     = "afterlab-scan"
}

variable "trusted_account" {
  description = "Account (12 digits) whose users and roles may take the role, as far as their own policies let them"
  type        = string
  default     = null
  validation {
    condition     = var.trusted_account == null || can(regex("^[0-9]{12}$", var.trusted_account))
    error_message = "An account has 12 digits."
  }
}

variable "external_id" {
  description = "What the trusted account must say to take the role (--external-id); give one if the account is not your own"
  type        = string
  default     = null
}

variable "github_repository" {
  description = "OWNER/NAME of the repository on GitHub whose workflows may take the role"
  type        = string
  default     = null
  validation {
    condition     = var.github_repository == null || can(regex("^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "Write it as OWNER/NAME."
  }
}

variable "github_subject" {
  description = "Which of its workflows: ref:refs/heads/BRANCH, environment:NAME or pull_request"
  type        = string
  default     = "ref:refs/heads/main"
}

variable "create_github_provider" {
  description = "Whether to create GitHub's identity provider (an account has one at most), or to use the one that is there"
  type        = bool
  default     = true
}

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  github          = "token.actions.githubusercontent.com"
  creates_github  = var.github_repository != null && var.create_github_provider
  github_existing = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:oidc-provider/${local.github}"
  scan_policies = {
# <names>
  }
}

resource "aws_iam_openid_connect_provider" "github" {
  count          = local.creates_github ? 1 : 0
  url            = "https://${local.github}"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "trust" {
  dynamic "statement" {
    for_each = var.trusted_account == null ? [] : [var.trusted_account]
    content {
      sid     = "Account"
      actions = ["sts:AssumeRole"]
      principals {
        type        = "AWS"
        identifiers = ["arn:${data.aws_partition.current.partition}:iam::${statement.value}:root"]
      }
      dynamic "condition" {
        for_each = var.external_id == null ? [] : [var.external_id]
        content {
          test     = "StringEquals"
          variable = "sts:ExternalId"
          values   = [condition.value]
        }
      }
    }
  }

  dynamic "statement" {
    for_each = var.github_repository == null ? [] : [var.github_repository]
    content {
      sid     = "GitHub"
      actions = ["sts:AssumeRoleWithWebIdentity"]
      principals {
        type        = "Federated"
        identifiers = [local.creates_github ? aws_iam_openid_connect_provider.github[0].arn : local.github_existing]
      }
      condition {
        test     = "StringEquals"
        variable = "${local.github}:aud"
        values   = ["sts.amazonaws.com"]
      }
      condition {
        test     = "StringEquals"
        variable = "${local.github}:sub"
        values   = ["repo:${statement.value}:${var.github_subject}"]
      }
    }
  }
}

resource "aws_iam_role" "scan" {
  name               = var.role_name
  description        = "Lets afterlab scan read this account"
  assume_role_policy = data.aws_iam_policy_document.trust.json
  lifecycle {
    precondition {
      condition     = var.trusted_account != null || var.github_repository != null
      error_message = "Give trusted_account, github_repository or both."
    }
  }
}

resource "aws_iam_role_policy_attachment" "scan" {
  for_each   = local.scan_policies
  role       = aws_iam_role.scan.name
  policy_arn = each.value
}
# <policies>

output "role_arn" {
  description = "The role for --role-arn"
  value       = aws_iam_role.scan.arn
}
