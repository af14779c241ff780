//! The operations of AWS's API that afterlab may call. There is no other list: the read-only guard, the scanning policy
//! and the gaps are all made from these.

/// An operation of AWS's API, and what it takes to be allowed to call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Operation {
    /// The service as policies name it, except where two APIs share a name: `s3`, `s3control`, `iam`.
    pub service: &'static str,
    /// The operation: `GetBucketPolicy`.
    pub name: &'static str,
    /// The IAM action that allows it; `None` where AWS asks for no permission.
    ///
    /// Source: the Service Authorization Reference,
    /// <https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html>.
    pub iam_action: Option<&'static str>,
}

impl std::fmt::Display for Operation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.service, self.name)
    }
}

const fn op(service: &'static str, name: &'static str, iam_action: &'static str) -> Operation {
    Operation { service, name, iam_action: Some(iam_action) }
}

/// What every scan of a live account asks first: whose credentials these are. AWS demands no permission for it.
pub const GET_CALLER_IDENTITY: Operation = Operation { service: "sts", name: "GetCallerIdentity", iam_action: None };

pub const LIST_BUCKETS: Operation = op("s3", "ListBuckets", "s3:ListAllMyBuckets");
pub const GET_BUCKET_LOCATION: Operation = op("s3", "GetBucketLocation", "s3:GetBucketLocation");
pub const GET_BUCKET_OWNERSHIP_CONTROLS: Operation =
    op("s3", "GetBucketOwnershipControls", "s3:GetBucketOwnershipControls");
pub const GET_ACCOUNT_AUTHORIZATION_DETAILS: Operation =
    op("iam", "GetAccountAuthorizationDetails", "iam:GetAccountAuthorizationDetails");
pub const GENERATE_SERVICE_LAST_ACCESSED_DETAILS: Operation =
    op("iam", "GenerateServiceLastAccessedDetails", "iam:GenerateServiceLastAccessedDetails");
pub const GET_SERVICE_LAST_ACCESSED_DETAILS: Operation =
    op("iam", "GetServiceLastAccessedDetails", "iam:GetServiceLastAccessedDetails");
pub const LIST_OBJECTS_V2: Operation = op("s3", "ListObjectsV2", "s3:ListBucket");
pub const LIST_ACCOUNT_ALIASES: Operation = op("iam", "ListAccountAliases", "iam:ListAccountAliases");
pub const LIST_REGIONS: Operation = op("account", "ListRegions", "account:ListRegions");
pub const GET_POLICY: Operation = op("iam", "GetPolicy", "iam:GetPolicy");
pub const GET_POLICY_VERSION: Operation = op("iam", "GetPolicyVersion", "iam:GetPolicyVersion");
pub const GENERATE_CREDENTIAL_REPORT: Operation = op("iam", "GenerateCredentialReport", "iam:GenerateCredentialReport");
pub const GET_CREDENTIAL_REPORT: Operation = op("iam", "GetCredentialReport", "iam:GetCredentialReport");
pub const GET_LOGIN_PROFILE: Operation = op("iam", "GetLoginProfile", "iam:GetLoginProfile");
pub const LIST_MFA_DEVICES: Operation = op("iam", "ListMFADevices", "iam:ListMFADevices");
pub const LIST_ACCESS_KEYS: Operation = op("iam", "ListAccessKeys", "iam:ListAccessKeys");
pub const GET_ACCESS_KEY_LAST_USED: Operation = op("iam", "GetAccessKeyLastUsed", "iam:GetAccessKeyLastUsed");
pub const GET_ACCOUNT_SUMMARY: Operation = op("iam", "GetAccountSummary", "iam:GetAccountSummary");
pub const GET_ACCOUNT_PASSWORD_POLICY: Operation =
    op("iam", "GetAccountPasswordPolicy", "iam:GetAccountPasswordPolicy");
pub const LIST_VIRTUAL_MFA_DEVICES: Operation = op("iam", "ListVirtualMFADevices", "iam:ListVirtualMFADevices");
pub const LIST_SERVER_CERTIFICATES: Operation = op("iam", "ListServerCertificates", "iam:ListServerCertificates");
pub const LIST_SAML_PROVIDERS: Operation = op("iam", "ListSAMLProviders", "iam:ListSAMLProviders");
pub const GET_ACCOUNT_PUBLIC_ACCESS_BLOCK: Operation =
    op("s3control", "GetPublicAccessBlock", "s3:GetAccountPublicAccessBlock");
pub const GET_PUBLIC_ACCESS_BLOCK: Operation = op("s3", "GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock");
pub const GET_BUCKET_POLICY_STATUS: Operation = op("s3", "GetBucketPolicyStatus", "s3:GetBucketPolicyStatus");
pub const GET_BUCKET_POLICY: Operation = op("s3", "GetBucketPolicy", "s3:GetBucketPolicy");
pub const GET_BUCKET_ACL: Operation = op("s3", "GetBucketAcl", "s3:GetBucketAcl");
pub const GET_BUCKET_VERSIONING: Operation = op("s3", "GetBucketVersioning", "s3:GetBucketVersioning");
pub const GET_BUCKET_ENCRYPTION: Operation = op("s3", "GetBucketEncryption", "s3:GetEncryptionConfiguration");
pub const GET_BUCKET_TAGGING: Operation = op("s3", "GetBucketTagging", "s3:GetBucketTagging");
pub const GET_BUCKET_LOGGING: Operation = op("s3", "GetBucketLogging", "s3:GetBucketLogging");
pub const GET_BUCKET_LIFECYCLE_CONFIGURATION: Operation =
    op("s3", "GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration");
pub const GET_BUCKET_WEBSITE: Operation = op("s3", "GetBucketWebsite", "s3:GetBucketWebsite");
pub const LIST_MULTIPART_UPLOADS: Operation = op("s3", "ListMultipartUploads", "s3:ListBucketMultipartUploads");
pub const LIST_PARTS: Operation = op("s3", "ListParts", "s3:ListMultipartUploadParts");
pub const LIST_METRICS: Operation = op("cloudwatch", "ListMetrics", "cloudwatch:ListMetrics");
pub const GET_METRIC_DATA: Operation = op("cloudwatch", "GetMetricData", "cloudwatch:GetMetricData");
pub const LIST_OBJECT_VERSIONS: Operation = op("s3", "ListObjectVersions", "s3:ListBucketVersions");
