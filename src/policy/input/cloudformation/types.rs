//! The resource types of `CloudFormation` that carry a policy.

use crate::policy::kind::{PolicyKind, ResourceType};

/// How a resource carries its policy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Carrier {
    resource: &'static str,
    /// The property; `[]` goes through a list.
    pub(super) path: &'static str,
    pub(super) kind: Of,
    /// Whether other objects than documents can stand there.
    pub(super) is_document_only: bool,
    /// Whether it is one statement without a document around it.
    pub(super) is_statement: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Of {
    Identity,
    Trust,
    Resource(&'static str),
    Organization,
}

impl Of {
    pub(super) fn kind(self) -> Option<PolicyKind> {
        match self {
            Self::Identity => Some(PolicyKind::Identity),
            Self::Trust => Some(PolicyKind::Trust),
            Self::Resource(name) => Some(PolicyKind::Resource(ResourceType::find(name))),
            Self::Organization => None,
        }
    }
}

const fn carrier(resource: &'static str, path: &'static str, kind: Of) -> Carrier {
    Carrier { resource, path, kind, is_document_only: false, is_statement: false }
}

const fn sam(resource: &'static str, path: &'static str, kind: Of) -> Carrier {
    Carrier { is_document_only: true, ..carrier(resource, path, kind) }
}

const fn statement(resource: &'static str, path: &'static str, kind: Of) -> Carrier {
    Carrier { is_statement: true, ..carrier(resource, path, kind) }
}

use Of::{Identity, Organization, Resource, Trust};

const CARRIERS: &[Carrier] = &[
    carrier("AWS::ApiGateway::RestApi", "Policy", Resource("AWS::ApiGateway::RestApi")),
    carrier("AWS::Backup::BackupVault", "AccessPolicy", Resource("AWS::Backup::BackupVault")),
    carrier("AWS::CloudTrail::EventDataStore", "ResourcePolicy", Resource("AWS::CloudTrail::EventDataStore")),
    carrier("AWS::CloudTrail::ResourcePolicy", "ResourcePolicy", Resource("AWS::CloudTrail::EventDataStore")),
    carrier("AWS::CodeArtifact::Domain", "PermissionsPolicyDocument", Resource("AWS::CodeArtifact::Domain")),
    carrier("AWS::CodeArtifact::Repository", "PermissionsPolicyDocument", Resource("AWS::CodeArtifact::Domain")),
    carrier("AWS::DynamoDB::Table", "ResourcePolicy.PolicyDocument", Resource("AWS::DynamoDB::Table")),
    carrier("AWS::EC2::VPCEndpoint", "PolicyDocument", Resource("AWS::EC2::VPCEndpoint")),
    carrier("AWS::ECR::RegistryPolicy", "PolicyText", Resource("AWS::ECR::RegistryPolicy")),
    carrier("AWS::ECR::Repository", "RepositoryPolicyText", Resource("AWS::ECR::Repository")),
    carrier("AWS::EFS::FileSystem", "FileSystemPolicy", Resource("AWS::EFS::FileSystem")),
    carrier("AWS::Elasticsearch::Domain", "AccessPolicies", Resource("AWS::Elasticsearch::Domain")),
    statement("AWS::Events::EventBusPolicy", "Statement", Resource("AWS::Events::EventBus")),
    carrier("AWS::IAM::Group", "Policies[].PolicyDocument", Identity),
    carrier("AWS::IAM::GroupPolicy", "PolicyDocument", Identity),
    carrier("AWS::IAM::ManagedPolicy", "PolicyDocument", Identity),
    carrier("AWS::IAM::Policy", "PolicyDocument", Identity),
    carrier("AWS::IAM::Role", "AssumeRolePolicyDocument", Trust),
    carrier("AWS::IAM::Role", "Policies[].PolicyDocument", Identity),
    carrier("AWS::IAM::RolePolicy", "PolicyDocument", Identity),
    carrier("AWS::IAM::User", "Policies[].PolicyDocument", Identity),
    carrier("AWS::IAM::UserPolicy", "PolicyDocument", Identity),
    carrier("AWS::IoT::Policy", "PolicyDocument", Resource("AWS::IoT::Policy")),
    carrier("AWS::KMS::Key", "KeyPolicy", Resource("AWS::KMS::Key")),
    carrier("AWS::KMS::ReplicaKey", "KeyPolicy", Resource("AWS::KMS::Key")),
    carrier("AWS::Kinesis::ResourcePolicy", "ResourcePolicy", Resource("AWS::Kinesis::Stream")),
    carrier("AWS::Logs::ResourcePolicy", "PolicyDocument", Resource("AWS::Logs::ResourcePolicy")),
    carrier("AWS::OpenSearchService::Domain", "AccessPolicies", Resource("AWS::OpenSearchService::Domain")),
    carrier("AWS::Organizations::Policy", "Content", Organization),
    carrier("AWS::S3::AccessPoint", "Policy", Resource("AWS::S3::AccessPoint")),
    carrier("AWS::S3::BucketPolicy", "PolicyDocument", Resource("AWS::S3::Bucket")),
    carrier("AWS::S3::MultiRegionAccessPointPolicy", "Policy", Resource("AWS::S3::MultiRegionAccessPoint")),
    carrier("AWS::S3Express::BucketPolicy", "PolicyDocument", Resource("AWS::S3Express::DirectoryBucket")),
    carrier("AWS::S3ObjectLambda::AccessPointPolicy", "PolicyDocument", Resource("AWS::S3ObjectLambda::AccessPoint")),
    carrier("AWS::S3Tables::TableBucketPolicy", "ResourcePolicy", Resource("AWS::S3Tables::TableBucket")),
    carrier("AWS::SNS::TopicPolicy", "PolicyDocument", Resource("AWS::SNS::Topic")),
    carrier("AWS::SQS::QueuePolicy", "PolicyDocument", Resource("AWS::SQS::Queue")),
    carrier("AWS::SSO::PermissionSet", "InlinePolicy", Identity),
    carrier("AWS::SecretsManager::ResourcePolicy", "ResourcePolicy", Resource("AWS::SecretsManager::Secret")),
    carrier("AWS::Serverless::Function", "AssumeRolePolicyDocument", Trust),
    sam("AWS::Serverless::Function", "Policies[]", Identity),
    sam("AWS::Serverless::StateMachine", "Policies[]", Identity),
    carrier("AWS::VpcLattice::AuthPolicy", "Policy", Resource("AWS::VpcLattice::Service")),
];

/// How a resource type carries policies; nothing for most types.
pub(super) fn carriers(resource: &str) -> impl Iterator<Item = &'static Carrier> {
    CARRIERS.iter().filter(move |carrier| carrier.resource == resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_its_types_are_known() {
        assert!(CARRIERS.is_sorted_by_key(|carrier| carrier.resource));
        for carrier in CARRIERS {
            if let Resource(name) = carrier.kind {
                assert!(ResourceType::find(name).is_some(), "{name}");
            }
        }
    }
}
