//! What a rule must have read: the one table behind collecting, permissions and blindness.

use std::collections::{BTreeMap, BTreeSet};

use super::operation::{self, Operation};
use super::{Param, Rule};
use crate::pack::ResourceType;

/// Something that a rule must have read.
///
/// One table with three uses: which operations the collectors call (only what the selected rules need), which IAM
/// actions the scanning policy grants, and which rules turn `unknown` when an operation is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Need {
    /// The account's sign-in alias.
    AccountAlias,
    /// The regions that the account has enabled.
    AccountRegions,
    /// Users, groups, roles and the account's own policies.
    IamPrincipals,
    /// What the credential report says of every user and of the root user.
    IamCredentials,
    /// What the account summary says about the root user.
    IamAccountSummary,
    /// The password policy.
    IamPasswordPolicy,
    /// The virtual MFA devices and whose they are.
    IamVirtualMfaDevices,
    /// Certificates uploaded to IAM.
    IamServerCertificates,
    /// SAML providers.
    IamSamlProviders,
    /// When roles last used each service.
    IamRoleServicesLastAccessed,
    /// When users last used each service.
    IamUserServicesLastAccessed,
    /// The account's own Block Public Access.
    AccountPublicAccessBlock,
    /// The names and regions of all buckets.
    Buckets,
    /// A bucket's Block Public Access.
    BucketPublicAccessBlock,
    /// AWS's verdict on a bucket's policy.
    BucketPolicyStatus,
    /// A bucket's policy.
    BucketPolicy,
    /// A bucket's ACL.
    BucketAcl,
    /// Who owns the objects of a bucket, and whether ACLs have any effect.
    BucketOwnership,
    /// A bucket's versioning and MFA delete.
    BucketVersioning,
    /// A bucket's default encryption.
    BucketEncryption,
    /// A bucket's tags.
    BucketTags,
    /// A bucket's server access logging.
    BucketLogging,
    /// A bucket's lifecycle rules.
    BucketLifecycle,
    /// The lifecycle rules of a bucket in which uploads were left open.
    BucketLifecycleOfUploads,
    /// A bucket's website.
    BucketWebsite,
    /// Uploads left open in a bucket.
    BucketMultipartUploads,
    /// What CloudWatch says a bucket stores.
    BucketStorage,
    /// The first objects of a bucket.
    BucketObjectSample,
    /// What AWS Config has recorded, in the place of lists; no rule needs it, a user asks for it.
    RecordedResources,
    /// How much the resources of packs were used.
    ResourceUsage,
    /// The resources of a pack's type.
    Resources(&'static ResourceType),
}

impl Need {
    /// All needs but those of packs.
    pub const ALL: &'static [Self] = &[
        Self::AccountAlias,
        Self::AccountRegions,
        Self::IamPrincipals,
        Self::IamCredentials,
        Self::IamAccountSummary,
        Self::IamPasswordPolicy,
        Self::IamVirtualMfaDevices,
        Self::IamServerCertificates,
        Self::IamSamlProviders,
        Self::IamRoleServicesLastAccessed,
        Self::IamUserServicesLastAccessed,
        Self::AccountPublicAccessBlock,
        Self::Buckets,
        Self::BucketPublicAccessBlock,
        Self::BucketPolicyStatus,
        Self::BucketPolicy,
        Self::BucketAcl,
        Self::BucketOwnership,
        Self::BucketVersioning,
        Self::BucketEncryption,
        Self::BucketTags,
        Self::BucketLogging,
        Self::BucketLifecycle,
        Self::BucketLifecycleOfUploads,
        Self::BucketWebsite,
        Self::BucketMultipartUploads,
        Self::BucketStorage,
        Self::BucketObjectSample,
        Self::RecordedResources,
        Self::ResourceUsage,
    ];

    /// The operations that read it.
    #[must_use]
    pub fn operations(self) -> &'static [Operation] {
        match self {
            Self::Resources(kind) => kind.operations,
            Self::AccountAlias => &[operation::LIST_ACCOUNT_ALIASES],
            Self::AccountRegions => &[operation::LIST_REGIONS],
            Self::IamPrincipals => {
                &[operation::GET_ACCOUNT_AUTHORIZATION_DETAILS, operation::GET_POLICY, operation::GET_POLICY_VERSION]
            }
            Self::IamCredentials => &[
                operation::GENERATE_CREDENTIAL_REPORT,
                operation::GET_CREDENTIAL_REPORT,
                operation::GET_LOGIN_PROFILE,
                operation::LIST_MFA_DEVICES,
                operation::LIST_ACCESS_KEYS,
                operation::GET_ACCESS_KEY_LAST_USED,
            ],
            Self::IamAccountSummary => &[operation::GET_ACCOUNT_SUMMARY],
            Self::IamPasswordPolicy => &[operation::GET_ACCOUNT_PASSWORD_POLICY],
            Self::IamVirtualMfaDevices => &[operation::LIST_VIRTUAL_MFA_DEVICES],
            Self::IamServerCertificates => &[operation::LIST_SERVER_CERTIFICATES],
            Self::IamSamlProviders => &[operation::LIST_SAML_PROVIDERS],
            Self::IamRoleServicesLastAccessed | Self::IamUserServicesLastAccessed => &[
                operation::GET_ACCOUNT_AUTHORIZATION_DETAILS,
                operation::GENERATE_SERVICE_LAST_ACCESSED_DETAILS,
                operation::GET_SERVICE_LAST_ACCESSED_DETAILS,
            ],
            Self::AccountPublicAccessBlock => &[operation::GET_ACCOUNT_PUBLIC_ACCESS_BLOCK],
            Self::Buckets => &[operation::LIST_BUCKETS, operation::GET_BUCKET_LOCATION],
            Self::BucketPublicAccessBlock => &[operation::GET_PUBLIC_ACCESS_BLOCK],
            Self::BucketPolicyStatus => &[operation::GET_BUCKET_POLICY_STATUS],
            Self::BucketPolicy => &[operation::GET_BUCKET_POLICY],
            Self::BucketAcl => &[operation::GET_BUCKET_OWNERSHIP_CONTROLS, operation::GET_BUCKET_ACL],
            Self::BucketOwnership => &[operation::GET_BUCKET_OWNERSHIP_CONTROLS],
            Self::BucketVersioning => &[operation::GET_BUCKET_VERSIONING],
            Self::BucketEncryption => &[operation::GET_BUCKET_ENCRYPTION],
            Self::BucketTags => &[operation::GET_BUCKET_TAGGING],
            Self::BucketLogging => &[operation::GET_BUCKET_LOGGING],
            Self::BucketLifecycle | Self::BucketLifecycleOfUploads => &[operation::GET_BUCKET_LIFECYCLE_CONFIGURATION],
            Self::BucketWebsite => &[operation::GET_BUCKET_WEBSITE],
            Self::BucketMultipartUploads => &[operation::LIST_MULTIPART_UPLOADS, operation::LIST_PARTS],
            Self::BucketStorage => &[operation::LIST_METRICS, operation::GET_METRIC_DATA],
            Self::BucketObjectSample => &[operation::LIST_OBJECT_VERSIONS],
            Self::RecordedResources => &[
                operation::DESCRIBE_CONFIGURATION_RECORDER_STATUS,
                operation::DESCRIBE_CONFIGURATION_RECORDERS,
                operation::SELECT_RESOURCE_CONFIG,
            ],
            Self::ResourceUsage => &[operation::GET_METRIC_DATA],
        }
    }

    /// Whether it is read of each bucket, and so needs the list of buckets.
    #[must_use]
    pub fn is_of_bucket(self) -> bool {
        self > Self::Buckets && !matches!(self, Self::RecordedResources | Self::ResourceUsage | Self::Resources(_))
    }
}

/// What the selected rules need together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NeedSet {
    needs: BTreeSet<Need>,
    /// The parameters of the rules as they were selected, by rule.
    params: BTreeMap<&'static str, &'static [Param]>,
}

impl NeedSet {
    /// What every report begins with: the account's alias and its regions.
    const HEAD: [Need; 2] = [Need::AccountAlias, Need::AccountRegions];

    /// What these rules need together, and what every report begins with.
    #[must_use]
    pub fn of_rules(rules: &[&Rule]) -> Self {
        let needs: Self = rules.iter().flat_map(|rule| rule.needs).copied().chain(Self::HEAD).collect();
        Self { params: rules.iter().map(|rule| (rule.id, rule.params)).collect(), ..needs }
    }

    /// The parameters of a rule as they were selected; otherwise its own.
    #[must_use]
    pub fn params(&self, rule: &Rule) -> &'static [Param] {
        self.params.get(rule.id).copied().unwrap_or(rule.params)
    }

    /// These and one more.
    #[must_use]
    pub fn with(mut self, need: Need) -> Self {
        self.needs.insert(need);
        self
    }

    /// Whether it must be read.
    #[must_use]
    pub fn contains(&self, need: Need) -> bool {
        self.needs.contains(&need)
    }

    /// All of it, in order.
    pub fn iter(&self) -> impl Iterator<Item = Need> {
        self.needs.iter().copied()
    }

    /// Whether any of these must be read.
    #[must_use]
    pub fn contains_any(&self, needs: &[Need]) -> bool {
        needs.iter().any(|need| self.contains(*need))
    }

    /// The operations that read them all, sorted and without doubles.
    #[must_use]
    pub fn operations(&self) -> BTreeSet<Operation> {
        self.needs.iter().flat_map(|need| need.operations()).copied().collect()
    }

    /// The IAM actions that allow these operations, sorted and without doubles.
    #[must_use]
    pub fn iam_actions(&self) -> BTreeSet<&'static str> {
        self.operations().iter().filter_map(|operation| operation.iam_action).collect()
    }
}

impl FromIterator<Need> for NeedSet {
    fn from_iter<I: IntoIterator<Item = Need>>(needs: I) -> Self {
        #[allow(clippy::mutable_key_type, reason = "types are compared by their names, which never change")]
        let mut set: BTreeSet<Need> = needs.into_iter().collect();
        if set.iter().any(|need| need.is_of_bucket()) {
            set.insert(Need::Buckets);
        }
        Self { needs: set, params: BTreeMap::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_needs_is_whole_and_sorted() {
        assert!(Need::ALL.is_sorted());
        assert_eq!(Need::ALL.last(), Some(&Need::ResourceUsage));
    }

    #[test]
    fn every_operation_is_a_read_by_its_name() {
        // GenerateCredentialReport and GenerateServiceLastAccessedDetails make a report inside IAM and change nothing
        // in the account, as SimulatePrincipalPolicy makes a verdict; AWS classes all three as Read.
        for operation in operation::ALLOWED {
            let read = ["Get", "List", "Describe", "Generate", "SelectResourceConfig", "Simulate"]
                .iter()
                .any(|verb| operation.name.starts_with(verb));
            assert!(read, "{operation:?}");
        }
    }

    #[test]
    fn every_allowed_operation_serves_a_need_or_the_doctor() {
        let needed: NeedSet = Need::ALL.iter().copied().collect();
        let mut needed = needed.operations();
        assert!(operation::OF_DOCTOR.iter().all(|operation| !needed.contains(operation)));
        needed.extend(operation::OF_DOCTOR);
        let idle: Vec<_> =
            operation::ALLOWED.iter().filter(|op| op.iam_action.is_some() && !needed.contains(op)).collect();
        assert!(idle.is_empty(), "{idle:?}");
    }

    #[test]
    fn a_need_of_a_bucket_brings_the_list_of_buckets() {
        assert!(NeedSet::from_iter([Need::BucketAcl]).contains(Need::Buckets));
        assert!(!NeedSet::from_iter([Need::AccountPublicAccessBlock]).contains(Need::Buckets));
    }
}
