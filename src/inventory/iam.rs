//! IAM as `GetAccountAuthorizationDetails` tells it, joined with the credential report.
//!
//! Members in `PascalCase` are AWS's and are named as its API names them; members in `snake_case` are derived here.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Known, Listing, Tag};
use crate::policy::PolicyDocument;

/// All of IAM. Source of the names: the IAM API reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Iam {
    /// `iam:GetAccountSummary`, the members that rules use.
    #[serde(default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub account_summary: Known<AccountSummary>,
    /// `iam:GetAccountPasswordPolicy`; none when the account has AWS's default.
    #[serde(default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub password_policy: Known<Option<PasswordPolicy>>,
    /// The root user's row of the credential report.
    #[serde(rename = "root", default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub root: Known<Credentials>,
    /// `iam:ListVirtualMFADevices`, assigned ones.
    #[serde(rename = "VirtualMFADevices", default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub virtual_mfa_devices: Known<Vec<VirtualMfaDevice>>,
    /// Users with their policies, groups and credentials.
    #[serde(default = "Listing::unread", skip_serializing_if = "Listing::is_unread")]
    pub users: Listing<User>,
    /// Groups with their policies.
    #[serde(default = "Listing::unread", skip_serializing_if = "Listing::is_unread")]
    pub groups: Listing<Group>,
    /// Roles with their trust and policies.
    #[serde(default = "Listing::unread", skip_serializing_if = "Listing::is_unread")]
    pub roles: Listing<Role>,
    /// The account's own managed policies, and those of AWS that serve as a permissions boundary or are attached, where
    /// their texts were asked for.
    #[serde(default = "Listing::unread", skip_serializing_if = "Listing::is_unread")]
    pub policies: Listing<ManagedPolicy>,
    /// `iam:ListServerCertificates`.
    #[serde(default = "Listing::unread", skip_serializing_if = "Listing::is_unread")]
    pub server_certificates: Listing<ServerCertificate>,
    /// `iam:ListSAMLProviders`.
    #[serde(rename = "SAMLProviders", default = "Listing::unread", skip_serializing_if = "Listing::is_unread")]
    pub saml_providers: Listing<SamlProvider>,
}

/// What `iam:GetAccountSummary` says about the root user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountSummary {
    /// Whether the root user has an MFA device.
    #[serde(rename = "AccountMFAEnabled")]
    pub account_mfa_enabled: bool,
    /// Whether the root user has an access key.
    #[serde(rename = "AccountAccessKeysPresent")]
    pub account_access_keys_present: bool,
    /// Whether the root user has a password; an organization that manages root access centrally takes it away. None
    /// where the endpoint does not say.
    #[serde(rename = "AccountPasswordPresent", default, skip_serializing_if = "Option::is_none")]
    pub account_password_present: Option<bool>,
}

/// `iam:GetAccountPasswordPolicy`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct PasswordPolicy {
    /// Shortest password, 6 to 128 characters.
    pub minimum_password_length: u32,
    /// At least one of `! @ # $ …`.
    pub require_symbols: bool,
    /// At least one digit.
    pub require_numbers: bool,
    /// At least one upper-case letter.
    pub require_uppercase_characters: bool,
    /// At least one lower-case letter.
    pub require_lowercase_characters: bool,
    /// Whether users may change their own password.
    pub allow_users_to_change_password: bool,
    /// Days until a password expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_password_age: Option<u32>,
    /// How many earlier passwords may not be used again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_reuse_prevention: Option<u32>,
    /// Whether an expired password needs an administrator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hard_expiry: Option<bool>,
}

/// A row of the credential report, in the report's own names.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Credentials {
    /// Whether there is a console password. AWS reports `not_supported` for the root user, who always has one.
    pub password_enabled: bool,
    /// When the password last signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_last_used: Option<Timestamp>,
    /// When the password was last set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_last_changed: Option<Timestamp>,
    /// Whether an MFA device is assigned.
    pub mfa_active: bool,
    /// The access keys, at most two.
    pub access_keys: Vec<AccessKey>,
}

/// An access key as the credential report shows it, which names no key id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessKey {
    /// 1 or 2: the report's place.
    pub slot: u8,
    /// Whether it is `Active`.
    pub active: bool,
    /// When it was created or last changed its status, as the report tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_rotated: Option<Timestamp>,
    /// When it last signed a request; none when it never did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used: Option<Timestamp>,
    /// Where it was last used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_region: Option<String>,
    /// What it was last used for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_service: Option<String>,
}

/// A virtual MFA device that is assigned to somebody.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct VirtualMfaDevice {
    /// Its ARN.
    pub serial_number: String,
    /// The ARN of the user it is assigned to; the account's `:root` for the root user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_arn: Option<String>,
}

/// A managed policy attached to a principal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AttachedPolicy {
    /// Its name.
    pub policy_name: String,
    /// Its ARN.
    pub policy_arn: String,
}

/// A policy written into a principal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct InlinePolicy {
    /// Its name within the principal.
    pub policy_name: String,
    /// Its text.
    pub policy_document: PolicyDocument,
}

/// When a principal last used a service that it may use (`iam:GetServiceLastAccessedDetails`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ServiceLastAccessed {
    /// The service's prefix in policies: `s3`.
    pub service_namespace: String,
    /// None when it was not used in AWS's tracking period (at most 400 days).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_authenticated: Option<Timestamp>,
    /// The actions that AWS tracks one by one, of a service that was used; an action that is missing is not tracked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tracked_actions_last_accessed: Vec<TrackedActionLastAccessed>,
}

/// When a principal last tried an action that AWS tracks by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TrackedActionLastAccessed {
    /// Its name without the service's prefix: `CreateBucket`.
    pub action_name: String,
    /// None when it was not tried in AWS's tracking period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_accessed_time: Option<Timestamp>,
}

/// An IAM user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct User {
    /// Its name, unique in the account.
    pub user_name: String,
    /// Its ARN.
    pub arn: String,
    /// When it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_date: Option<Timestamp>,
    /// The names of its groups.
    #[serde(default)]
    pub group_list: Vec<String>,
    /// Managed policies attached to the user itself.
    #[serde(default)]
    pub attached_managed_policies: Vec<AttachedPolicy>,
    /// Inline policies of the user itself.
    #[serde(default)]
    pub user_policy_list: Vec<InlinePolicy>,
    /// The ARN of its permissions boundary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<String>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// Its row of the credential report.
    #[serde(rename = "credentials", default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub credentials: Known<Credentials>,
    /// What it may use and when it did; read on demand.
    #[serde(default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub services_last_accessed: Known<Vec<ServiceLastAccessed>>,
}

/// An IAM group. Its members are the users that name it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Group {
    /// Its name, unique in the account.
    pub group_name: String,
    /// Its ARN.
    pub arn: String,
    /// When it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_date: Option<Timestamp>,
    /// Managed policies of the group.
    #[serde(default)]
    pub attached_managed_policies: Vec<AttachedPolicy>,
    /// Inline policies of the group.
    #[serde(default)]
    pub group_policy_list: Vec<InlinePolicy>,
}

/// An IAM role.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct Role {
    /// Its name, unique in the account.
    pub role_name: String,
    /// Its ARN.
    pub arn: String,
    /// Its path; `/aws-service-role/…` marks the roles that AWS owns.
    #[serde(default = "root_path")]
    pub path: String,
    /// When it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_date: Option<Timestamp>,
    /// Who may assume it.
    pub assume_role_policy_document: PolicyDocument,
    /// Managed policies of the role.
    #[serde(default)]
    pub attached_managed_policies: Vec<AttachedPolicy>,
    /// Inline policies of the role.
    #[serde(default)]
    pub role_policy_list: Vec<InlinePolicy>,
    /// The ARN of its permissions boundary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<String>,
    /// The ARNs of the instance profiles that carry it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instance_profile_list: Vec<String>,
    /// When it was last assumed and used, within AWS's tracking period (400 days); none when it never was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role_last_used: Option<Timestamp>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// What it may use and when it did; read on demand.
    #[serde(default = "Known::unread", skip_serializing_if = "Known::is_unread")]
    pub services_last_accessed: Known<Vec<ServiceLastAccessed>>,
}

impl Role {
    /// Whether AWS created it for one of its services and nobody else can change it.
    #[must_use]
    pub fn is_service_linked(&self) -> bool {
        self.path.starts_with("/aws-service-role/")
    }

    /// Whether AWS Organizations, Control Tower or `CloudFormation` set it up for the management account's use.
    #[must_use]
    pub fn is_of_organization(&self) -> bool {
        let name = self.role_name.as_str();
        name == "OrganizationAccountAccessRole"
            || ["AWSControlTower", "aws-controltower-", "stacksets-exec-"].iter().any(|prefix| name.starts_with(prefix))
    }

    /// Whether AWS keeps it for IAM Identity Center's permission sets.
    #[must_use]
    pub fn is_identity_center(&self) -> bool {
        self.path.starts_with("/aws-reserved/sso.amazonaws.com/")
    }
}

fn root_path() -> String {
    "/".to_owned()
}

/// A managed policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ManagedPolicy {
    /// Its name.
    pub policy_name: String,
    /// Its ARN; the account field is `aws` for AWS's own.
    pub arn: String,
    /// When it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_date: Option<Timestamp>,
    /// The version that is in force.
    pub default_version_id: String,
    /// How many principals it is attached to.
    #[serde(default)]
    pub attachment_count: u32,
    /// How many principals have it as their permissions boundary.
    #[serde(default)]
    pub permissions_boundary_usage_count: u32,
    /// Its versions, at most five.
    #[serde(default)]
    pub policy_version_list: Vec<PolicyVersion>,
}

impl ManagedPolicy {
    /// Whether it is AWS's own, which nobody else can change.
    #[must_use]
    pub fn is_aws_managed(&self) -> bool {
        self.arn.contains(":iam::aws:policy/")
    }

    /// The text that is in force.
    #[must_use]
    pub fn default_document(&self) -> Option<&PolicyDocument> {
        self.policy_version_list.iter().find(|v| v.version_id == self.default_version_id).map(|v| &v.document)
    }
}

/// A version of a managed policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct PolicyVersion {
    /// `v1` …
    pub version_id: String,
    /// Its text.
    pub document: PolicyDocument,
}

/// A certificate that was uploaded to IAM.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ServerCertificate {
    /// Its name.
    pub server_certificate_name: String,
    /// Its ARN.
    pub arn: String,
    /// When it was uploaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload_date: Option<Timestamp>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiration: Option<Timestamp>,
}

/// A SAML identity provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct SamlProvider {
    /// Its ARN.
    pub arn: String,
    /// When it was created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub create_date: Option<Timestamp>,
    /// When its metadata document ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}
