//! The scopes of checks: what a rule's function is called with.

use super::{Context, Verdict};
use crate::inventory::iam::{
    AccessKey, Group, InlinePolicy, ManagedPolicy, Role, SamlProvider, ServerCertificate, User,
};
use crate::inventory::s3::Bucket;
use crate::inventory::{GapId, Inventory, Listing, Partition, Resource, ResourceRef, Unknown};
use crate::pack::{About, PackRule};
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
    /// For every resource of a pack's type, every region, or the account, as the rule says.
    Pack(&'static PackRule),
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

/// Everything that a check is called with, and the gaps behind which there may be more.
pub struct Scopes<'a> {
    /// One each.
    pub found: Vec<Scope<'a>>,
    /// Why there may be more; without doubles.
    pub missing: Vec<GapId>,
}

impl<'a> Scopes<'a> {
    fn of<T>(list: &'a Listing<T>, scope: impl FnMut(&'a T) -> Scope<'a>) -> Self {
        Self::of_own(list, |_| true, scope)
    }

    fn of_own<T>(list: &'a Listing<T>, own: impl Fn(&T) -> bool, scope: impl FnMut(&'a T) -> Scope<'a>) -> Self {
        let found = list.items().iter().filter(|item| own(item)).map(scope).collect();
        Self { found, missing: list.missing().into_iter().collect() }
    }
}

impl Check {
    /// Everything in the inventory that the check is called with.
    pub fn scopes<'a>(&self, inventory: &'a Inventory) -> Scopes<'a> {
        let iam = &inventory.iam;
        match *self {
            Self::Account(check) => Scopes {
                found: vec![Scope {
                    resource: account_ref(inventory),
                    call: Box::new(move |cx| check(cx.inventory, cx)),
                }],
                missing: Vec::new(),
            },
            Self::User(check) => Scopes::of(&iam.users, |user| Scope {
                resource: user_ref(user),
                call: Box::new(move |cx| check(user, cx)),
            }),
            Self::AccessKey(check) => access_keys(&iam.users, check),
            Self::Group(check) => Scopes::of(&iam.groups, |group| Scope {
                resource: group_ref(group),
                call: Box::new(move |cx| check(group, cx)),
            }),
            Self::Role(check) => Scopes::of_own(
                &iam.roles,
                |role| !role.is_service_linked(),
                |role| Scope { resource: role_ref(role), call: Box::new(move |cx| check(role, cx)) },
            ),
            Self::ManagedPolicy(check) => Scopes::of_own(
                &iam.policies,
                |policy| !policy.is_aws_managed(),
                |policy| Scope { resource: policy_ref(policy), call: Box::new(move |cx| check(policy, cx)) },
            ),
            Self::PolicyText(check) => policy_texts(inventory, check),
            Self::ServerCertificate(check) => Scopes::of(&iam.server_certificates, |certificate| Scope {
                resource: certificate_ref(certificate),
                call: Box::new(move |cx| check(certificate, cx)),
            }),
            Self::SamlProvider(check) => Scopes::of(&iam.saml_providers, |provider| Scope {
                resource: saml_ref(provider),
                call: Box::new(move |cx| check(provider, cx)),
            }),
            Self::Bucket(check) => Scopes::of(&inventory.s3.buckets, |bucket| Scope {
                resource: bucket_ref(bucket, inventory.account.partition),
                call: Box::new(move |cx| check(bucket, cx)),
            }),
            Self::Pack(rule) if rule.about != About::Resource => Scopes {
                found: vec![Scope { resource: account_ref(inventory), call: Box::new(move |cx| rule.judge_whole(cx)) }],
                missing: Vec::new(),
            },
            Self::Pack(rule) => match inventory.resources.of(rule.kind.name) {
                Some(list) => Scopes::of(list, |resource| Scope {
                    resource: resource_ref(rule.kind.name, resource, inventory.account.partition),
                    call: Box::new(move |cx| rule.judge(resource, cx)),
                }),
                None => Scopes { found: Vec::new(), missing: vec![GapId::UNREAD] },
            },
        }
    }
}

/// Keys of a user whose credentials are unknown make one scope that says so, so that no key passes unseen.
fn access_keys(users: &Listing<User>, check: fn(&User, &AccessKey, &Context<'_>) -> Verdict) -> Scopes<'_> {
    let mut scopes = Scopes { found: Vec::new(), missing: users.missing().into_iter().collect() };
    for user in users.items() {
        match user.credentials.known() {
            Ok(credentials) => scopes.found.extend(credentials.access_keys.iter().map(|key| Scope {
                resource: ResourceRef::global(
                    "AWS::IAM::AccessKey",
                    format!("{} access key {}", user.arn, key.slot),
                    format!("{} access key {}", user.user_name, key.slot),
                ),
                call: Box::new(move |cx| check(user, key, cx)),
            })),
            Err(unknown) => {
                scopes.found.push(Scope { resource: user_ref(user), call: Box::new(move |_| Err(unknown.into())) });
            }
        }
    }
    scopes
}

/// Every policy text that the account can change.
///
/// A managed policy whose version in force was not read makes one scope that says so, so that it does not pass unseen.
fn policy_texts<'a>(inventory: &'a Inventory, check: fn(&PolicyText<'_>, &Context<'_>) -> Verdict) -> Scopes<'a> {
    let iam = &inventory.iam;
    let mut texts: Vec<PolicyText<'a>> = Vec::new();
    let own_policies = || iam.policies.items().iter().filter(|policy| !policy.is_aws_managed());
    for policy in own_policies() {
        if let Some(document) = policy.default_document() {
            texts.push(PolicyText {
                name: &policy.policy_name,
                arn: &policy.arn,
                home: PolicyHome::Managed(policy),
                document,
            });
        }
    }
    for user in iam.users.items() {
        texts.extend(inline(&user.user_policy_list, &user.arn, PolicyHome::User(user)));
    }
    for group in iam.groups.items() {
        texts.extend(inline(&group.group_policy_list, &group.arn, PolicyHome::Group(group)));
    }
    for role in iam.roles.items().iter().filter(|role| !role.is_service_linked()) {
        texts.extend(inline(&role.role_policy_list, &role.arn, PolicyHome::Role(role)));
    }
    let mut missing: Vec<GapId> =
        [iam.policies.missing(), iam.users.missing(), iam.groups.missing(), iam.roles.missing()]
            .into_iter()
            .flatten()
            .collect();
    missing.sort_unstable();
    missing.dedup();
    let scope = |text: PolicyText<'a>| Scope {
        resource: text_ref(&text),
        call: Box::new(move |cx: &Context<'_>| check(&text, cx)),
    };
    let unread = |policy: &'a ManagedPolicy| Scope {
        resource: policy_ref(policy),
        call: Box::new(|_| Err(Unknown(GapId::UNREAD).into())),
    };
    let without_text = own_policies().filter(|policy| policy.default_document().is_none()).map(unread);
    Scopes { found: texts.into_iter().map(scope).chain(without_text).collect(), missing }
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

fn resource_ref(kind: &str, resource: &Resource, partition: Partition) -> ResourceRef {
    let region = resource.region.as_ref().map(ToString::to_string);
    // Without an ARN the id is one only together with where and what it is.
    let whole = || format!("{partition}:{}:{kind}:{}", region.as_deref().unwrap_or_default(), resource.id);
    ResourceRef {
        kind: kind.to_owned(),
        id: resource.arn.clone().unwrap_or_else(whole),
        name: resource.name.clone(),
        region,
    }
}

fn bucket_ref(bucket: &Bucket, partition: Partition) -> ResourceRef {
    ResourceRef {
        kind: "AWS::S3::Bucket".to_owned(),
        id: format!("arn:{partition}:s3:::{}", bucket.name),
        name: bucket.name.clone(),
        region: bucket.bucket_region.known().ok().map(ToString::to_string),
    }
}
