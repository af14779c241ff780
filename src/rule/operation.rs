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

/// Declares the operations and the list of them at once.
macro_rules! operations {
    ($($constant:ident = $service:literal $name:literal needs $action:literal;)*) => {
        $(
            #[doc = concat!("`", $service, ":", $name, "`, allowed by `", $action, "`.")]
            pub const $constant: Operation = Operation { service: $service, name: $name, iam_action: Some($action) };
        )*

        /// Every operation that afterlab may call: what the read-only guard lets through.
        pub const ALLOWED: &[Operation] = &[GET_CALLER_IDENTITY, $($constant),*];
    };
}

/// What every scan of a live account asks first: whose credentials these are. AWS demands no permission for it.
pub const GET_CALLER_IDENTITY: Operation = Operation { service: "sts", name: "GetCallerIdentity", iam_action: None };

operations! {
    LIST_REGIONS = "account" "ListRegions" needs "account:ListRegions";
    GET_ACCOUNT_AUTHORIZATION_DETAILS = "iam" "GetAccountAuthorizationDetails" needs "iam:GetAccountAuthorizationDetails";
    GENERATE_SERVICE_LAST_ACCESSED_DETAILS = "iam" "GenerateServiceLastAccessedDetails" needs "iam:GenerateServiceLastAccessedDetails";
    GET_SERVICE_LAST_ACCESSED_DETAILS = "iam" "GetServiceLastAccessedDetails" needs "iam:GetServiceLastAccessedDetails";
    LIST_ACCOUNT_ALIASES = "iam" "ListAccountAliases" needs "iam:ListAccountAliases";
    GET_POLICY = "iam" "GetPolicy" needs "iam:GetPolicy";
    GET_POLICY_VERSION = "iam" "GetPolicyVersion" needs "iam:GetPolicyVersion";
    GENERATE_CREDENTIAL_REPORT = "iam" "GenerateCredentialReport" needs "iam:GenerateCredentialReport";
    GET_CREDENTIAL_REPORT = "iam" "GetCredentialReport" needs "iam:GetCredentialReport";
    GET_LOGIN_PROFILE = "iam" "GetLoginProfile" needs "iam:GetLoginProfile";
    LIST_MFA_DEVICES = "iam" "ListMFADevices" needs "iam:ListMFADevices";
    LIST_ACCESS_KEYS = "iam" "ListAccessKeys" needs "iam:ListAccessKeys";
    GET_ACCESS_KEY_LAST_USED = "iam" "GetAccessKeyLastUsed" needs "iam:GetAccessKeyLastUsed";
    GET_ACCOUNT_SUMMARY = "iam" "GetAccountSummary" needs "iam:GetAccountSummary";
    GET_ACCOUNT_PASSWORD_POLICY = "iam" "GetAccountPasswordPolicy" needs "iam:GetAccountPasswordPolicy";
    LIST_VIRTUAL_MFA_DEVICES = "iam" "ListVirtualMFADevices" needs "iam:ListVirtualMFADevices";
    LIST_SERVER_CERTIFICATES = "iam" "ListServerCertificates" needs "iam:ListServerCertificates";
    LIST_SAML_PROVIDERS = "iam" "ListSAMLProviders" needs "iam:ListSAMLProviders";
    GET_ACCOUNT_PUBLIC_ACCESS_BLOCK = "s3control" "GetPublicAccessBlock" needs "s3:GetAccountPublicAccessBlock";
    LIST_BUCKETS = "s3" "ListBuckets" needs "s3:ListAllMyBuckets";
    GET_BUCKET_LOCATION = "s3" "GetBucketLocation" needs "s3:GetBucketLocation";
    GET_BUCKET_OWNERSHIP_CONTROLS = "s3" "GetBucketOwnershipControls" needs "s3:GetBucketOwnershipControls";
    GET_PUBLIC_ACCESS_BLOCK = "s3" "GetPublicAccessBlock" needs "s3:GetBucketPublicAccessBlock";
    GET_BUCKET_POLICY_STATUS = "s3" "GetBucketPolicyStatus" needs "s3:GetBucketPolicyStatus";
    GET_BUCKET_POLICY = "s3" "GetBucketPolicy" needs "s3:GetBucketPolicy";
    GET_BUCKET_ACL = "s3" "GetBucketAcl" needs "s3:GetBucketAcl";
    GET_BUCKET_VERSIONING = "s3" "GetBucketVersioning" needs "s3:GetBucketVersioning";
    GET_BUCKET_ENCRYPTION = "s3" "GetBucketEncryption" needs "s3:GetEncryptionConfiguration";
    GET_BUCKET_TAGGING = "s3" "GetBucketTagging" needs "s3:GetBucketTagging";
    GET_BUCKET_LOGGING = "s3" "GetBucketLogging" needs "s3:GetBucketLogging";
    GET_BUCKET_LIFECYCLE_CONFIGURATION = "s3" "GetBucketLifecycleConfiguration" needs "s3:GetLifecycleConfiguration";
    GET_BUCKET_WEBSITE = "s3" "GetBucketWebsite" needs "s3:GetBucketWebsite";
    LIST_MULTIPART_UPLOADS = "s3" "ListMultipartUploads" needs "s3:ListBucketMultipartUploads";
    LIST_PARTS = "s3" "ListParts" needs "s3:ListMultipartUploadParts";
    LIST_OBJECT_VERSIONS = "s3" "ListObjectVersions" needs "s3:ListBucketVersions";
    LIST_METRICS = "cloudwatch" "ListMetrics" needs "cloudwatch:ListMetrics";
    DESCRIBE_CONFIGURATION_RECORDERS = "config" "DescribeConfigurationRecorders" needs "config:DescribeConfigurationRecorders";
    DESCRIBE_CONFIGURATION_RECORDER_STATUS = "config" "DescribeConfigurationRecorderStatus" needs "config:DescribeConfigurationRecorderStatus";
    SELECT_RESOURCE_CONFIG = "config" "SelectResourceConfig" needs "config:SelectResourceConfig";
    GET_METRIC_DATA = "cloudwatch" "GetMetricData" needs "cloudwatch:GetMetricData";
    GET_ROLE = "iam" "GetRole" needs "iam:GetRole";
    SIMULATE_PRINCIPAL_POLICY = "iam" "SimulatePrincipalPolicy" needs "iam:SimulatePrincipalPolicy";
}

/// What only `afterlab doctor` asks: it serves no rule, and no scan needs to be allowed to. Simulating a policy changes
/// nothing; AWS classes it as Read.
pub const OF_DOCTOR: &[Operation] = &[GET_ROLE, SIMULATE_PRINCIPAL_POLICY];
