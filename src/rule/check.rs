//! The scopes of checks: what a rule's function is called with.

use super::{Context, Verdict};
use crate::inventory::iam::{
    AccessKey, Group, InlinePolicy, ManagedPolicy, Role, SamlProvider, ServerCertificate, User,
};
use crate::inventory::s3::Bucket;
use crate::inventory::{GapId, Inventory, Known, ResourceRef, Unknown};
use crate::policy::PolicyDocument;

/// A rule's function, by what it looks at. The engine iterates; a rule never does.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Once for the account.
    Account(fn(&Inventory, &Context<'_>) -> Verdict),
    /// For every IAM user.
    User(fn(&User, &Context<'_>) -> Verdict),
    /// For every access key of every user.
    AccessKey(fn(&User, &AccessKey, &Context<'_>) -> Verdict),
    /// For every IAM group.
    Group(fn(&Group, &Context<'_>) -> Verdict),
    /// For every IAM role that the account can change (not AWS's service-linked ones).
    Role(fn(&Role, &Context<'_>) -> Verdict),
    /// For every managed policy of the account itself.
    ManagedPolicy(fn(&ManagedPolicy, &Context<'_>) -> Verdict),
    /// For every policy text that the account can change: managed ones (the version in force) and inline ones.
    PolicyText(fn(&PolicyText<'_>, &Context<'_>) -> Verdict),
    /// For every server certificate in IAM.
    ServerCertificate(fn(&ServerCertificate, &Context<'_>) -> Verdict),
    /// For every SAML provider.
    SamlProvider(fn(&SamlProvider, &Context<'_>) -> Verdict),
    /// For every general purpose bucket in scope.
    Bucket(fn(&Bucket, &Context<'_>) -> Verdict),
}

/// A policy text, wherever it stands.
#[derive(Clone, Copy, Debug)]
pub struct PolicyText<'a> {
    /// Its name.
    pub name: &'a str,
    /// The ARN of the managed policy, or of the principal that an inline policy is written into.
    pub arn: &'a str,
    /// Where it stands.
    pub home: PolicyHome<'a>,
    /// Its text (of a managed policy: the version in force).
    pub document: &'a PolicyDocument,
}

/// Where a policy text stands.
#[derive(Clone, Copy, Debug)]
pub enum PolicyHome<'a> {
    /// A managed policy of the account.
    Managed(&'a ManagedPolicy),
    /// Written into a user.
    User(&'a User),
    /// Written into a group.
    Group(&'a Group),
    /// Written into a role.
    Role(&'a Role),
}

impl PolicyText<'_> {
    /// Whether it only limits (a permissions boundary attached to nobody) and so grants nothing.
    #[must_use]
    pub fn is_only_boundary(&self) -> bool {
        matches!(self.home, PolicyHome::Managed(policy)
            if policy.permissions_boundary_usage_count > 0 && policy.attachment_count == 0)
    }
}

/// One thing that a check is called with, and its name.
pub struct Scope<'a> {
    /// What the outcome is about.
    pub resource: ResourceRef,
    call: Box<dyn Fn(&Context<'_>) -> Verdict + 'a>,
}

impl Scope<'_> {
    /// Calls the check on this thing.
    ///
    /// # Errors
    /// [`NoVerdict`](super::NoVerdict) when a gap stands in the way or what was read makes no sense.
    pub fn call(&self, cx: &Context<'_>) -> Verdict {
        (self.call)(cx)
    }
}

impl Check {
    /// Everything in the inventory that the check is called with.
    ///
    /// # Errors
    /// [`Unknown`] when the list itself could not be read: then nothing can be said of any of them.
    pub fn scopes<'a>(&self, inventory: &'a Inventory) -> Result<Vec<Scope<'a>>, Unknown> {
        let iam = &inventory.iam;
        Ok(match *self {
            Self::Account(check) => {
                vec![Scope { resource: account_ref(inventory), call: Box::new(move |cx| check(cx.inventory, cx)) }]
            }
            Self::User(check) => each(&iam.users, user_ref, check)?,
            Self::Group(check) => each(&iam.groups, group_ref, check)?,
            Self::Role(check) => own_roles(inventory)?
                .map(|role| Scope { resource: role_ref(role), call: Box::new(move |cx| check(role, cx)) })
                .collect(),
            Self::ManagedPolicy(check) => own_policies(inventory)?
                .map(|policy| Scope { resource: policy_ref(policy), call: Box::new(move |cx| check(policy, cx)) })
                .collect(),
            Self::ServerCertificate(check) => each(&iam.server_certificates, certificate_ref, check)?,
            Self::SamlProvider(check) => each(&iam.saml_providers, saml_ref, check)?,
            Self::Bucket(check) => {
                let partition = inventory.account.partition;
                each(&inventory.s3.buckets, |bucket| bucket_ref(bucket, partition.as_str()), check)?
            }
            Self::AccessKey(check) => access_keys(inventory, check)?,
            Self::PolicyText(check) => {
                let texts = policy_texts(inventory)?.into_iter();
                let judged =
                    texts.map(|text| Scope { resource: text_ref(&text), call: Box::new(move |cx| check(&text, cx)) });
                judged.chain(without_text(inventory)?).collect()
            }
        })
    }
}

fn each<'a, T>(
    list: &'a Known<Vec<T>>,
    name: impl Fn(&T) -> ResourceRef,
    check: fn(&T, &Context<'_>) -> Verdict,
) -> Result<Vec<Scope<'a>>, Unknown> {
    let scope = |item: &'a T| Scope { resource: name(item), call: Box::new(move |cx| check(item, cx)) };
    Ok(list.known()?.iter().map(scope).collect())
}

fn own_roles(inventory: &Inventory) -> Result<impl Iterator<Item = &Role>, Unknown> {
    Ok(inventory.iam.roles.known()?.iter().filter(|role| !role.is_service_linked()))
}

fn own_policies(inventory: &Inventory) -> Result<impl Iterator<Item = &ManagedPolicy>, Unknown> {
    Ok(inventory.iam.policies.known()?.iter().filter(|policy| !policy.is_aws_managed()))
}

/// Keys of a user whose credentials are unknown make one scope that says so, so that no key passes unseen.
fn access_keys(
    inventory: &Inventory,
    check: fn(&User, &AccessKey, &Context<'_>) -> Verdict,
) -> Result<Vec<Scope<'_>>, Unknown> {
    let mut scopes = Vec::new();
    for user in inventory.iam.users.known()? {
        match user.credentials.known() {
            Ok(credentials) => scopes.extend(credentials.access_keys.iter().map(|key| Scope {
                resource: ResourceRef::global(
                    "AWS::IAM::AccessKey",
                    format!("{} access key {}", user.arn, key.slot),
                    format!("{} access key {}", user.user_name, key.slot),
                ),
                call: Box::new(move |cx| check(user, key, cx)),
            })),
            Err(unknown) => {
                scopes.push(Scope { resource: user_ref(user), call: Box::new(move |_| Err(unknown.into())) })
            }
        }
    }
    Ok(scopes)
}

/// Every policy text that the account can change.
fn policy_texts(inventory: &Inventory) -> Result<Vec<PolicyText<'_>>, Unknown> {
    let iam = &inventory.iam;
    let mut texts = Vec::new();
    for policy in own_policies(inventory)? {
        if let Some(document) = policy.default_document() {
            texts.push(PolicyText {
                name: &policy.policy_name,
                arn: &policy.arn,
                home: PolicyHome::Managed(policy),
                document,
            });
        }
    }
    for user in iam.users.known()? {
        texts.extend(inline(&user.user_policy_list, &user.arn, PolicyHome::User(user)));
    }
    for group in iam.groups.known()? {
        texts.extend(inline(&group.group_policy_list, &group.arn, PolicyHome::Group(group)));
    }
    for role in own_roles(inventory)? {
        texts.extend(inline(&role.role_policy_list, &role.arn, PolicyHome::Role(role)));
    }
    Ok(texts)
}

/// The managed policies whose version in force was not read, so that none of them passes unseen.
fn without_text(inventory: &Inventory) -> Result<impl Iterator<Item = Scope<'_>>, Unknown> {
    let unread = |policy: &ManagedPolicy| Scope {
        resource: policy_ref(policy),
        call: Box::new(|_| Err(Unknown(GapId::UNREAD).into())),
    };
    Ok(own_policies(inventory)?.filter(|policy| policy.default_document().is_none()).map(unread))
}

/// The inline policies of one principal.
fn inline<'a>(
    policies: &'a [InlinePolicy],
    arn: &'a str,
    home: PolicyHome<'a>,
) -> impl Iterator<Item = PolicyText<'a>> {
    policies.iter().map(move |policy| PolicyText {
        name: &policy.policy_name,
        arn,
        home,
        document: &policy.policy_document,
    })
}

/// The account as a resource.
pub(crate) fn account_ref(inventory: &Inventory) -> ResourceRef {
    let account = &inventory.account;
    ResourceRef::global("AWS::Account", account.root_arn(), account.id.as_str())
}

fn user_ref(user: &User) -> ResourceRef {
    ResourceRef::global("AWS::IAM::User", &user.arn, &user.user_name)
}

fn group_ref(group: &Group) -> ResourceRef {
    ResourceRef::global("AWS::IAM::Group", &group.arn, &group.group_name)
}

fn role_ref(role: &Role) -> ResourceRef {
    ResourceRef::global("AWS::IAM::Role", &role.arn, &role.role_name)
}

fn policy_ref(policy: &ManagedPolicy) -> ResourceRef {
    ResourceRef::global("AWS::IAM::ManagedPolicy", &policy.arn, &policy.policy_name)
}

fn certificate_ref(certificate: &ServerCertificate) -> ResourceRef {
    ResourceRef::global("AWS::IAM::ServerCertificate", &certificate.arn, &certificate.server_certificate_name)
}

fn saml_ref(provider: &SamlProvider) -> ResourceRef {
    let name = provider.arn.rsplit('/').next().unwrap_or(&provider.arn);
    ResourceRef::global("AWS::IAM::SAMLProvider", &provider.arn, name)
}

fn text_ref(text: &PolicyText<'_>) -> ResourceRef {
    let inline = |kind: &str, owner: &str| {
        ResourceRef::global(
            kind,
            format!("{} inline policy {}", text.arn, text.name),
            format!("{owner} inline policy {}", text.name),
        )
    };
    match text.home {
        PolicyHome::Managed(policy) => policy_ref(policy),
        PolicyHome::User(user) => inline("AWS::IAM::UserPolicy", &user.user_name),
        PolicyHome::Group(group) => inline("AWS::IAM::GroupPolicy", &group.group_name),
        PolicyHome::Role(role) => inline("AWS::IAM::RolePolicy", &role.role_name),
    }
}

fn bucket_ref(bucket: &Bucket, partition: &str) -> ResourceRef {
    ResourceRef {
        kind: "AWS::S3::Bucket".to_owned(),
        id: format!("arn:{partition}:s3:::{}", bucket.name),
        name: bucket.name.clone(),
        region: bucket.bucket_region.known().ok().map(ToString::to_string),
    }
}
