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
    "1" = aws_iam_policy.scan_1.arn
    "2" = aws_iam_policy.scan_2.arn
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

# 6134 of 6144 characters
resource "aws_iam_policy" "scan_1" {
  name        = "${var.role_name}-1"
  description = "Reads what afterlab judges, part 1"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "AfterlabScan"
      Effect   = "Allow"
      Resource = "*"
      Action = [
        "access-analyzer:ListAnalyzers",
        "access-analyzer:ListFindings",
        "account:GetAlternateContact",
        "account:ListRegions",
        "acm-pca:ListCertificateAuthorities",
        "airflow:GetEnvironment",
        "airflow:ListEnvironments",
        "aoss:BatchGetCollection",
        "aoss:ListCollections",
        "aoss:ListTagsForResource",
        "apprunner:DescribeService",
        "apprunner:ListServices",
        "appstream:DescribeFleets",
        "auditmanager:ListAssessments",
        "autoscaling:DescribeAutoScalingGroups",
        "bedrock-agentcore:ListAgentRuntimes",
        "bedrock-agentcore:ListGateways",
        "bedrock-agentcore:ListMemories",
        "bedrock:GetAgent",
        "bedrock:GetCustomModel",
        "bedrock:GetEvaluationJob",
        "bedrock:GetGuardrail",
        "bedrock:GetImportedModel",
        "bedrock:GetKnowledgeBase",
        "bedrock:GetModelInvocationLoggingConfiguration",
        "bedrock:ListAgentAliases",
        "bedrock:ListAgents",
        "bedrock:ListCustomModelDeployments",
        "bedrock:ListCustomModels",
        "bedrock:ListEvaluationJobs",
        "bedrock:ListFlows",
        "bedrock:ListFoundationModels",
        "bedrock:ListGuardrails",
        "bedrock:ListImportedModels",
        "bedrock:ListKnowledgeBases",
        "bedrock:ListMarketplaceModelEndpoints",
        "bedrock:ListModelCustomizationJobs",
        "bedrock:ListProvisionedModelThroughputs",
        "bedrock:ListTagsForResource",
        "budgets:ViewBudget",
        "chatbot:DescribeSlackChannelConfigurations",
        "chatbot:ListMicrosoftTeamsChannelConfigurations",
        "cloudhsm:DescribeClusters",
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetEventDataStore",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetTrailStatus",
        "cloudtrail:ListEventDataStores",
        "cloudwatch:DescribeAlarms",
        "cloudwatch:GetMetricData",
        "cloudwatch:ListDashboards",
        "cloudwatch:ListMetrics",
        "comprehend:ListDocumentClassifiers",
        "comprehend:ListEndpoints",
        "comprehend:ListEntityRecognizers",
        "comprehend:ListFlywheels",
        "comprehend:ListTagsForResource",
        "config:DescribeComplianceByConfigRule",
        "config:DescribeConfigurationAggregators",
        "config:DescribeConfigurationRecorderStatus",
        "config:DescribeConfigurationRecorders",
        "config:DescribeDeliveryChannelStatus",
        "connect:ListPhoneNumbersV2",
        "dms:DescribeReplicationInstances",
        "ds:DescribeDirectories",
        "dynamodb:DescribeTable",
        "dynamodb:ListTables",
        "ec2:DescribeAddresses",
        "ec2:DescribeCapacityReservations",
        "ec2:DescribeClientVpnEndpoints",
        "ec2:DescribeClientVpnTargetNetworks",
        "ec2:DescribeFlowLogs",
        "ec2:DescribeHosts",
        "ec2:DescribeImages",
        "ec2:DescribeInstances",
        "ec2:DescribeNatGateways",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSnapshots",
        "ec2:DescribeSubnets",
        "ec2:DescribeTransitGatewayAttachments",
        "ec2:DescribeVolumes",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcs",
        "ec2:DescribeVpnConnections",
        "ec2:GetEbsEncryptionByDefault",
        "ec2:GetSnapshotBlockPublicAccessState",
        "ecr:DescribeImages",
        "ecr:DescribeRepositories",
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "ecs:DescribeTasks",
        "ecs:ListClusters",
        "ecs:ListServices",
        "ecs:ListTasks",
        "eks:DescribeCluster",
        "eks:ListClusters",
        "elasticache:DescribeCacheClusters",
        "elasticache:DescribeServerlessCaches",
        "elasticfilesystem:DescribeFileSystems",
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeTargetGroups",
        "elasticloadbalancing:DescribeTargetHealth",
        "elasticmapreduce:ListClusters",
        "emr-serverless:GetApplication",
        "emr-serverless:ListApplications",
        "es:DescribeDomains",
        "es:ListDomainNames",
        "es:ListTags",
        "forecast:ListPredictors",
        "freetier:GetAccountPlanState",
        "freetier:GetFreeTierUsage",
        "fsx:DescribeFileSystems",
        "globalaccelerator:ListAccelerators",
        "glue:GetDevEndpoints",
        "glue:ListSessions",
        "grafana:ListWorkspaces",
        "guardduty:GetDetector",
        "guardduty:ListDetectors",
        "healthlake:ListFHIRDatastores",
        "iam:GenerateCredentialReport",
        "iam:GetAccessKeyLastUsed",
        "iam:GetAccountAuthorizationDetails",
        "iam:GetAccountPasswordPolicy",
        "iam:GetAccountSummary",
        "iam:GetCredentialReport",
        "iam:GetLoginProfile",
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:ListAccessKeys",
        "iam:ListAccountAliases",
        "iam:ListMFADevices",
        "iam:ListSAMLProviders",
        "iam:ListServerCertificates",
        "iam:ListVirtualMFADevices",
        "inspector2:BatchGetAccountStatus",
        "inspector2:ListFindings",
        "kafka:ListClustersV2",
        "kendra-ranking:DescribeRescoreExecutionPlan",
        "kendra-ranking:ListRescoreExecutionPlans",
        "kendra:DescribeIndex",
        "kendra:ListIndices",
        "kendra:ListTagsForResource",
        "kinesis:DescribeStreamSummary",
        "kinesis:ListStreams",
        "kinesisanalytics:DescribeApplication",
        "kinesisanalytics:ListApplications",
        "kms:DescribeKey",
        "kms:GetKeyRotationStatus",
        "kms:ListKeys",
        "lambda:GetPolicy",
        "lambda:ListFunctionUrlConfigs",
        "lambda:ListFunctions",
        "lambda:ListProvisionedConcurrencyConfigs",
        "lex:ListBots",
        "lightsail:GetContainerServices",
        "lightsail:GetDisks",
        "lightsail:GetInstances",
        "lightsail:GetLoadBalancers",
        "lightsail:GetRelationalDatabases",
        "lightsail:GetStaticIps",
        "logs:DescribeLogGroups",
        "lookoutequipment:ListInferenceSchedulers",
        "macie2:GetMacieSession",
        "memorydb:DescribeClusters",
        "mq:ListBrokers",
        "neptune-graph:ListGraphs",
        "network-firewall:DescribeFirewall",
        "network-firewall:ListFirewalls",
        "personalize:DescribeCampaign",
        "personalize:DescribeSolution",
        "personalize:ListCampaigns",
        "personalize:ListRecommenders",
        "personalize:ListSolutions",
        "polly:ListLexicons",
        "qbusiness:GetApplication",
        "qbusiness:GetChatControlsConfiguration",
        "qbusiness:GetDataSource",
        "qbusiness:GetIndex",
        "qbusiness:ListApplications",
        "qbusiness:ListDataSourceSyncJobs",
        "qbusiness:ListDataSources",
        "qbusiness:ListIndices",
        "qbusiness:ListSubscriptions",
        "qbusiness:ListTagsForResource",
        "quicksight:DescribeAccountSubscription",
        "quicksight:ListUsers",
        "rds:DescribeDBClusterSnapshots",
        "rds:DescribeDBClusters",
        "rds:DescribeDBInstances",
        "rds:DescribeDBSnapshots",
        "redshift-serverless:ListWorkgroups",
        "redshift:DescribeClusters",
        "rekognition:DescribeCollection",
        "rekognition:DescribeProjectVersions",
        "rekognition:DescribeProjects",
        "rekognition:DescribeStreamProcessor",
        "rekognition:ListCollections",
        "rekognition:ListStreamProcessors",
        "route53:ListHostedZones",
        "s3:GetAccountPublicAccessBlock",
        "s3:GetBucketAcl",
        "s3:GetBucketLocation",
        "s3:GetBucketLogging",
        "s3:GetBucketOwnershipControls",
        "s3:GetBucketPolicy",
        "s3:GetBucketPolicyStatus",
        "s3:GetBucketPublicAccessBlock",
      ]
    }]
  })
}

# 1731 of 6144 characters
resource "aws_iam_policy" "scan_2" {
  name        = "${var.role_name}-2"
  description = "Reads what afterlab judges, part 2"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "AfterlabScan"
      Effect   = "Allow"
      Resource = "*"
      Action = [
        "s3:GetBucketTagging",
        "s3:GetBucketVersioning",
        "s3:GetBucketWebsite",
        "s3:GetEncryptionConfiguration",
        "s3:GetLifecycleConfiguration",
        "s3:ListAllMyBuckets",
        "s3:ListBucketMultipartUploads",
        "s3:ListBucketVersions",
        "s3:ListMultipartUploadParts",
        "s3vectors:GetIndex",
        "s3vectors:ListIndexes",
        "s3vectors:ListVectorBuckets",
        "sagemaker:DescribeCluster",
        "sagemaker:DescribeDomain",
        "sagemaker:DescribeEndpoint",
        "sagemaker:DescribeEndpointConfig",
        "sagemaker:DescribeFeatureGroup",
        "sagemaker:DescribeMlflowTrackingServer",
        "sagemaker:DescribeModel",
        "sagemaker:DescribeNotebookInstance",
        "sagemaker:DescribeProcessingJob",
        "sagemaker:DescribeSpace",
        "sagemaker:DescribeTrainingJob",
        "sagemaker:DescribeTransformJob",
        "sagemaker:ListApps",
        "sagemaker:ListAutoMLJobs",
        "sagemaker:ListClusters",
        "sagemaker:ListDomains",
        "sagemaker:ListEndpoints",
        "sagemaker:ListFeatureGroups",
        "sagemaker:ListFlowDefinitions",
        "sagemaker:ListHyperParameterTuningJobs",
        "sagemaker:ListLabelingJobs",
        "sagemaker:ListMlflowTrackingServers",
        "sagemaker:ListModelCards",
        "sagemaker:ListModels",
        "sagemaker:ListMonitoringSchedules",
        "sagemaker:ListNotebookInstances",
        "sagemaker:ListProcessingJobs",
        "sagemaker:ListSpaces",
        "sagemaker:ListTags",
        "sagemaker:ListTrainingJobs",
        "sagemaker:ListTransformJobs",
        "secretsmanager:ListSecrets",
        "securityhub:DescribeHub",
        "sso:ListApplications",
        "sso:ListInstances",
        "support:DescribeTrustedAdvisorCheckSummaries",
        "support:DescribeTrustedAdvisorChecks",
        "textract:ListAdapters",
        "transcribe:ListLanguageModels",
        "transcribe:ListVocabularies",
        "transfer:ListServers",
        "translate:ListParallelData",
        "translate:ListTerminologies",
        "workspaces:DescribeWorkspaces",
      ]
    }]
  })
}

output "role_arn" {
  description = "The role for --role-arn"
  value       = aws_iam_role.scan.arn
}
