//! The resource types of Terraform's AWS provider that carry a policy.

use crate::policy::kind::{PolicyKind, ResourceType};

/// How a resource carries its policy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Carrier {
    /// `aws_iam_policy`.
    pub(super) resource: &'static str,
    /// The attribute with the policy; behind a dot, that of each block: `inline_policy.policy`.
    pub(super) attribute: &'static str,
    of: Of,
}

#[derive(Clone, Copy, Debug)]
enum Of {
    Identity,
    Boundary,
    Trust,
    Resource(&'static str),
    /// By the attribute `type`.
    Organization,
    /// By the text.
    Text,
}

const fn carrier(resource: &'static str, attribute: &'static str, of: Of) -> Carrier {
    Carrier { resource, attribute, of }
}

use Of::{Boundary, Identity, Organization, Resource, Text, Trust};

/// Sorted by resource type.
const CARRIERS: &[Carrier] = &[
    carrier("aws_api_gateway_rest_api", "policy", Resource("AWS::ApiGateway::RestApi")),
    carrier("aws_api_gateway_rest_api_policy", "policy", Resource("AWS::ApiGateway::RestApi")),
    carrier("aws_backup_vault_policy", "policy", Resource("AWS::Backup::BackupVault")),
    carrier("aws_cloudwatch_event_bus_policy", "policy", Resource("AWS::Events::EventBus")),
    carrier("aws_cloudwatch_log_resource_policy", "policy_document", Resource("AWS::Logs::ResourcePolicy")),
    carrier("aws_codeartifact_domain_permissions_policy", "policy_document", Resource("AWS::CodeArtifact::Domain")),
    carrier("aws_codeartifact_repository_permissions_policy", "policy_document", Resource("AWS::CodeArtifact::Domain")),
    carrier("aws_codebuild_resource_policy", "policy", Resource("AWS::CodeBuild::Project")),
    carrier("aws_dynamodb_resource_policy", "policy", Resource("AWS::DynamoDB::Table")),
    carrier("aws_ecr_registry_policy", "policy", Resource("AWS::ECR::RegistryPolicy")),
    carrier("aws_ecr_repository_policy", "policy", Resource("AWS::ECR::Repository")),
    carrier("aws_efs_file_system_policy", "policy", Resource("AWS::EFS::FileSystem")),
    carrier("aws_elasticsearch_domain", "access_policies", Resource("AWS::Elasticsearch::Domain")),
    carrier("aws_elasticsearch_domain_policy", "access_policies", Resource("AWS::Elasticsearch::Domain")),
    carrier("aws_glacier_vault", "access_policy", Resource("AWS::Glacier::Vault")),
    carrier("aws_glacier_vault_lock", "policy", Resource("AWS::Glacier::Vault")),
    carrier("aws_glue_resource_policy", "policy", Resource("AWS::Glue::ResourcePolicy")),
    carrier("aws_iam_group_policy", "policy", Identity),
    carrier("aws_iam_policy", "policy", Identity),
    carrier("aws_iam_role", "assume_role_policy", Trust),
    carrier("aws_iam_role", "inline_policy.policy", Identity),
    carrier("aws_iam_role_policy", "policy", Identity),
    carrier("aws_iam_user_policy", "policy", Identity),
    carrier("aws_iot_policy", "policy", Resource("AWS::IoT::Policy")),
    carrier("aws_kinesis_resource_policy", "policy", Resource("AWS::Kinesis::Stream")),
    carrier("aws_kms_external_key", "policy", Resource("AWS::KMS::Key")),
    carrier("aws_kms_key", "policy", Resource("AWS::KMS::Key")),
    carrier("aws_kms_key_policy", "policy", Resource("AWS::KMS::Key")),
    carrier("aws_kms_replica_key", "policy", Resource("AWS::KMS::Key")),
    carrier("aws_media_store_container_policy", "policy", Text),
    carrier("aws_opensearch_domain", "access_policies", Resource("AWS::OpenSearchService::Domain")),
    carrier("aws_opensearch_domain_policy", "access_policies", Resource("AWS::OpenSearchService::Domain")),
    carrier("aws_organizations_policy", "content", Organization),
    carrier("aws_s3_access_point", "policy", Resource("AWS::S3::AccessPoint")),
    carrier("aws_s3_bucket", "policy", Resource("AWS::S3::Bucket")),
    carrier("aws_s3_bucket_policy", "policy", Resource("AWS::S3::Bucket")),
    carrier("aws_s3control_access_point_policy", "policy", Resource("AWS::S3::AccessPoint")),
    carrier(
        "aws_s3control_multi_region_access_point_policy",
        "details.policy",
        Resource("AWS::S3::MultiRegionAccessPoint"),
    ),
    carrier("aws_s3control_object_lambda_access_point_policy", "policy", Resource("AWS::S3ObjectLambda::AccessPoint")),
    carrier("aws_s3tables_table_bucket_policy", "resource_policy", Resource("AWS::S3Tables::TableBucket")),
    carrier("aws_s3tables_table_policy", "resource_policy", Resource("AWS::S3Tables::TableBucket")),
    carrier("aws_secretsmanager_secret", "policy", Resource("AWS::SecretsManager::Secret")),
    carrier("aws_secretsmanager_secret_policy", "policy", Resource("AWS::SecretsManager::Secret")),
    carrier("aws_ses_identity_policy", "policy", Resource("AWS::SES::EmailIdentity")),
    carrier("aws_sesv2_email_identity_policy", "policy", Resource("AWS::SES::EmailIdentity")),
    carrier("aws_sns_topic", "policy", Resource("AWS::SNS::Topic")),
    carrier("aws_sns_topic_policy", "policy", Resource("AWS::SNS::Topic")),
    carrier("aws_sqs_queue", "policy", Resource("AWS::SQS::Queue")),
    carrier("aws_sqs_queue_policy", "policy", Resource("AWS::SQS::Queue")),
    carrier("aws_ssoadmin_permission_set_inline_policy", "inline_policy", Identity),
    carrier("aws_transfer_access", "policy", Boundary),
    carrier("aws_transfer_user", "policy", Boundary),
    carrier("aws_vpc_endpoint", "policy", Resource("AWS::EC2::VPCEndpoint")),
    carrier("aws_vpc_endpoint_policy", "policy", Resource("AWS::EC2::VPCEndpoint")),
    carrier("aws_vpclattice_auth_policy", "policy", Resource("AWS::VpcLattice::Service")),
    carrier("aws_vpclattice_resource_policy", "policy", Resource("AWS::VpcLattice::Service")),
];

/// How a resource type carries policies; nothing for most types.
pub(super) fn carriers(resource: &str) -> impl Iterator<Item = &'static Carrier> {
    CARRIERS.iter().filter(move |carrier| carrier.resource == resource)
}

impl Carrier {
    /// What sort of policy it is; `organization` is the attribute `type`. `None` when the text must tell.
    pub(super) fn kind(&self, organization: Option<&str>) -> Option<PolicyKind> {
        Some(match self.of {
            Identity => PolicyKind::Identity,
            Boundary => PolicyKind::Boundary,
            Trust => PolicyKind::Trust,
            Resource(name) => PolicyKind::Resource(ResourceType::find(name)),
            Organization if organization == Some("RESOURCE_CONTROL_POLICY") => PolicyKind::Rcp,
            Organization => PolicyKind::Scp,
            Text => return None,
        })
    }

    /// Whether it is a policy of IAM's language; Organizations has policies in others, too.
    pub(super) fn is_iam(&self, organization: Option<&str>) -> bool {
        let language = |kind: &str| matches!(kind, "SERVICE_CONTROL_POLICY" | "RESOURCE_CONTROL_POLICY");
        !matches!(self.of, Organization) || organization.is_none_or(language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_its_types_are_known() {
        assert!(CARRIERS.is_sorted_by_key(|carrier| carrier.resource));
        for carrier in CARRIERS {
            if let Resource(name) = carrier.of {
                assert!(ResourceType::find(name).is_some(), "{name}");
            }
        }
    }
}
