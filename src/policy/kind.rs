//! What sort of policy a document is, and of which resource.

use std::fmt;

/// What sort of policy a document is. The same text is right as one and wrong as another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyKind {
    /// Attached to a user, group or role, or written into one.
    Identity,
    /// A permissions boundary: an identity policy that only limits.
    Boundary,
    /// Attached to a resource; of which type, where that is known.
    Resource(Option<&'static ResourceType>),
    /// Who may assume a role.
    Trust,
    /// A service control policy of AWS Organizations.
    Scp,
    /// A resource control policy of AWS Organizations.
    Rcp,
}

/// A type of resource that can have a policy.
#[derive(Debug, PartialEq, Eq)]
pub struct ResourceType {
    /// As CloudFormation calls it: `AWS::S3::Bucket`.
    pub name: &'static str,
    /// The prefix of the actions that its policy is about.
    pub service: &'static str,
    /// The most characters that its policy may have, where AWS says so.
    pub quota: Option<usize>,
}

const fn resource(name: &'static str, service: &'static str, quota: Option<usize>) -> ResourceType {
    ResourceType { name, service, quota }
}

/// The types of resources whose policies are known here, sorted by name. Of several with the same service, the first
/// in this list with `quota` or else the first is what a bare document is taken for.
///
/// Quotas as of 2026-11, from the pages on quotas of each service in AWS's documentation.
pub static RESOURCE_TYPES: &[ResourceType] = &[
    resource("AWS::ApiGateway::RestApi", "execute-api", Some(8_192)),
    resource("AWS::Backup::BackupVault", "backup", None),
    resource("AWS::CloudTrail::EventDataStore", "cloudtrail", Some(8_192)),
    resource("AWS::CodeArtifact::Domain", "codeartifact", Some(8_192)),
    resource("AWS::CodeBuild::Project", "codebuild", None),
    resource("AWS::DynamoDB::Table", "dynamodb", Some(20_480)),
    resource("AWS::EC2::VPCEndpoint", "ec2", Some(20_480)),
    resource("AWS::ECR::RegistryPolicy", "ecr", None),
    resource("AWS::ECR::Repository", "ecr", None),
    resource("AWS::EFS::FileSystem", "elasticfilesystem", Some(20_000)),
    resource("AWS::Elasticsearch::Domain", "es", None),
    resource("AWS::Events::EventBus", "events", Some(10_240)),
    resource("AWS::Glacier::Vault", "glacier", Some(20_480)),
    resource("AWS::Glue::ResourcePolicy", "glue", Some(10_240)),
    resource("AWS::IoT::Policy", "iot", Some(2_048)),
    resource("AWS::KMS::Key", "kms", Some(32_768)),
    resource("AWS::Kinesis::Stream", "kinesis", Some(20_480)),
    resource("AWS::Lambda::Function", "lambda", Some(20_480)),
    resource("AWS::Logs::ResourcePolicy", "logs", Some(5_120)),
    resource("AWS::OpenSearchService::Domain", "es", None),
    resource("AWS::S3::AccessPoint", "s3", Some(20_480)),
    resource("AWS::S3::Bucket", "s3", Some(20_480)),
    resource("AWS::S3::MultiRegionAccessPoint", "s3", Some(20_480)),
    resource("AWS::S3Express::DirectoryBucket", "s3express", Some(20_480)),
    resource("AWS::S3ObjectLambda::AccessPoint", "s3-object-lambda", Some(20_480)),
    resource("AWS::S3Tables::TableBucket", "s3tables", Some(20_480)),
    resource("AWS::SES::EmailIdentity", "ses", None),
    resource("AWS::SNS::Topic", "sns", Some(30_720)),
    resource("AWS::SQS::Queue", "sqs", None),
    resource("AWS::SecretsManager::Secret", "secretsmanager", Some(20_480)),
    resource("AWS::VpcLattice::Service", "vpc-lattice-svcs", Some(10_240)),
];

/// Where a service has several types, the one that a bare document is taken for.
const USUAL: &[&str] = &["AWS::S3::Bucket", "AWS::ECR::Repository", "AWS::OpenSearchService::Domain"];

impl ResourceType {
    /// The type of this name, in upper or lower case.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        RESOURCE_TYPES.iter().find(|kind| kind.name.eq_ignore_ascii_case(name))
    }

    /// The type whose policies are about the actions of this service, as far as the prefix can tell.
    #[must_use]
    pub fn of_service(prefix: &str) -> Option<&'static Self> {
        let of_it = || RESOURCE_TYPES.iter().filter(|kind| kind.service.eq_ignore_ascii_case(prefix));
        of_it().find(|kind| USUAL.contains(&kind.name)).or_else(|| of_it().next())
    }
}

impl PolicyKind {
    /// Whether it is attached to a principal, or limits one, and so names no principal itself.
    #[must_use]
    pub fn is_identity(self) -> bool {
        matches!(self, Self::Identity | Self::Boundary)
    }

    /// Whether it belongs to a resource; a role's trust policy does.
    #[must_use]
    pub fn is_resource(self) -> bool {
        matches!(self, Self::Resource(_) | Self::Trust)
    }

    /// Whether it can grant anything; SCPs, RCPs and boundaries only limit.
    #[must_use]
    pub fn grants(self) -> bool {
        !matches!(self, Self::Boundary | Self::Scp | Self::Rcp)
    }

    /// The kind of a word of the command line: `trust`, `resource`, `AWS::S3::Bucket` …
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "identity" => Self::Identity,
            "boundary" => Self::Boundary,
            "resource" => Self::Resource(None),
            "trust" | "aws::iam::assumerolepolicydocument" => Self::Trust,
            "scp" => Self::Scp,
            "rcp" => Self::Rcp,
            _ => Self::Resource(Some(ResourceType::find(word)?)),
        })
    }
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Identity => "identity policy",
            Self::Boundary => "permissions boundary",
            Self::Resource(None) => "resource policy",
            Self::Resource(Some(kind)) => return write!(f, "policy of an {}", kind.name),
            Self::Trust => "trust policy",
            Self::Scp => "service control policy",
            Self::Rcp => "resource control policy",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_sorted_and_found() {
        assert!(RESOURCE_TYPES.is_sorted_by(|a, b| a.name < b.name));
        assert!(USUAL.iter().all(|name| ResourceType::find(name).is_some()));
        assert_eq!(ResourceType::of_service("S3").map(|kind| kind.name), Some("AWS::S3::Bucket"));
        assert_eq!(ResourceType::of_service("nosuch"), None);
        assert_eq!(PolicyKind::parse("aws::kms::key"), Some(PolicyKind::Resource(ResourceType::find("AWS::KMS::Key"))));
        assert_eq!(PolicyKind::parse("nonsense"), None);
    }
}
