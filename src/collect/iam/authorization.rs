//! Principals and policies by `GetAccountAuthorizationDetails`: one call a page, never one a principal.

use std::collections::BTreeSet;

use aws_sdk_iam::types as sdk;
use futures_util::{StreamExt, stream};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::super::Collector;
use super::super::call::{About, Pages};
use crate::aws::Failure;
use crate::inventory::iam::{AttachedPolicy, Group, InlinePolicy, ManagedPolicy, PolicyVersion, Role, User};
use crate::inventory::{GapId, Known, Listing, Tag};
use crate::policy::PolicyDocument;
use crate::rule::{Need, operation};
use crate::time::timestamp;

/// Items a page: large enough for few calls, small enough for little memory. AWS takes 1 to 1,000.
const PAGE: i32 = 400;

/// Users, groups, roles and policies of the account.
pub(super) struct Principals {
    pub(super) users: Listing<User>,
    pub(super) groups: Listing<Group>,
    pub(super) roles: Listing<Role>,
    pub(super) policies: Listing<ManagedPolicy>,
}

#[derive(Default)]
struct Read {
    users: Vec<User>,
    groups: Vec<Group>,
    roles: Vec<Role>,
    policies: Vec<ManagedPolicy>,
}

impl Read {
    fn listings(self, missing: Option<GapId>) -> Principals {
        fn listing<T>(items: Vec<T>, missing: Option<GapId>) -> Listing<T> {
            match missing {
                None => Listing::whole(items),
                Some(gap) => Listing::partial(items, gap),
            }
        }
        Principals {
            users: listing(self.users, missing),
            groups: listing(self.groups, missing),
            roles: listing(self.roles, missing),
            policies: listing(self.policies, missing),
        }
    }
}

impl Collector<'_> {
    /// All principals and the account's own policies, and the AWS managed policies that serve as boundaries or, where
    /// that is asked for, are attached.
    pub(super) async fn principals(&self) -> Principals {
        let mut read = Read::default();
        if !self.needs_principals() {
            return read.listings(Some(GapId::UNREAD));
        }
        let failure = self.authorization_details(&mut read).await.err();
        let missing =
            failure.map(|failure| self.gap(operation::GET_ACCOUNT_AUTHORIZATION_DETAILS, About::default(), &failure));
        self.aws_managed_policies(&mut read).await;
        read.listings(missing)
    }

    async fn authorization_details(&self, read: &mut Read) -> Result<(), Failure> {
        let client = self.clients.iam();
        let mut pages = Pages::default();
        loop {
            let request = client
                .get_account_authorization_details()
                .filter(sdk::EntityType::User)
                .filter(sdk::EntityType::Group)
                .filter(sdk::EntityType::Role)
                .filter(sdk::EntityType::LocalManagedPolicy)
                .max_items(PAGE)
                .set_marker(pages.token());
            let page = self.call(request.send()).await?;
            // What is whole is kept even if another item of the page is not.
            let whole = [
                convert(&mut read.users, page.user_detail_list, user),
                convert(&mut read.groups, page.group_detail_list, group),
                convert(&mut read.roles, page.role_detail_list, role),
                convert(&mut read.policies, page.policies, managed_policy),
            ];
            if whole.contains(&false) {
                return Err(Failure::malformed("an item came without its name, its ARN or its policy".to_owned()));
            }
            if !pages.more(page.marker.filter(|_| page.is_truncated))? {
                return Ok(());
            }
        }
    }

    /// AWS managed policies, which the pages above leave out: two calls for each distinct one.
    async fn aws_managed_policies(&self, read: &mut Read) {
        let boundaries = read.users.iter().filter_map(|user| user.permissions_boundary.as_ref());
        let boundaries = boundaries.chain(read.roles.iter().filter_map(|role| role.permissions_boundary.as_ref()));
        let users = read.users.iter().map(|user| &user.attached_managed_policies);
        let attached = users
            .chain(read.groups.iter().map(|group| &group.attached_managed_policies))
            .chain(read.roles.iter().map(|role| &role.attached_managed_policies))
            .flatten()
            .map(|attached| &attached.policy_arn)
            .filter(|arn| arn.contains(":iam::aws:policy/") && self.options.needs.contains(Need::IamAwsPolicies));
        let known: BTreeSet<&str> = read.policies.iter().map(|policy| policy.arn.as_str()).collect();
        let unread: BTreeSet<&String> =
            boundaries.chain(attached).filter(|arn| !known.contains(arn.as_str())).collect();
        let policies: Vec<_> = stream::iter(unread)
            .map(|arn| self.aws_managed_policy(arn))
            .buffered(self.options.concurrency)
            .filter_map(async |policy| match policy {
                Known::Value(policy) => Some(policy),
                Known::Gap(_) => None,
            })
            .collect()
            .await;
        read.policies.extend(policies);
    }

    async fn aws_managed_policy(&self, arn: &str) -> Known<ManagedPolicy> {
        let about = About { resource: Some(arn), ..About::default() };
        let client = self.clients.iam();
        let reply = self.call(client.get_policy().policy_arn(arn).send()).await;
        let policy = reply.and_then(|reply| {
            let policy = reply.policy.ok_or_else(|| Failure::malformed("the policy is missing".to_owned()))?;
            let version =
                policy.default_version_id.ok_or_else(|| Failure::malformed("it has no default version".to_owned()))?;
            Ok((version, policy.create_date, policy.permissions_boundary_usage_count, policy.attachment_count))
        });
        let (version, create_date, boundary_count, attachment_count) = match policy {
            Ok(policy) => policy,
            Err(failure) => return Known::Gap(self.gap(operation::GET_POLICY, about, &failure)),
        };
        let reply = self.call(client.get_policy_version().policy_arn(arn).version_id(&version).send()).await;
        let document = reply.and_then(|reply| {
            let document = reply.policy_version.and_then(|version| version.document);
            document.ok_or_else(|| Failure::malformed("the version has no document".to_owned()))
        });
        self.known(
            operation::GET_POLICY_VERSION,
            about,
            document.map(|text| ManagedPolicy {
                policy_name: last_part(arn),
                arn: arn.to_owned(),
                create_date: create_date.as_ref().and_then(timestamp),
                default_version_id: version.clone(),
                attachment_count: count(attachment_count),
                permissions_boundary_usage_count: count(boundary_count),
                policy_version_list: vec![PolicyVersion { version_id: version, document: document_of(&text) }],
            }),
        )
    }
}

/// Appends what can be converted; false when something could not.
fn convert<S, T>(into: &mut Vec<T>, from: Option<Vec<S>>, convert: impl Fn(S) -> Option<T>) -> bool {
    let from = from.unwrap_or_default();
    let expected = into.len() + from.len();
    into.extend(from.into_iter().filter_map(convert));
    into.len() == expected
}

fn user(detail: sdk::UserDetail) -> Option<User> {
    Some(User {
        user_name: detail.user_name?,
        arn: detail.arn?,
        create_date: detail.create_date.as_ref().and_then(timestamp),
        group_list: detail.group_list.unwrap_or_default(),
        attached_managed_policies: attached(detail.attached_managed_policies)?,
        user_policy_list: inline(detail.user_policy_list)?,
        permissions_boundary: boundary(detail.permissions_boundary),
        tags: tags(detail.tags),
        credentials: Known::unread(),
        services_last_accessed: Known::unread(),
    })
}

fn group(detail: sdk::GroupDetail) -> Option<Group> {
    Some(Group {
        group_name: detail.group_name?,
        arn: detail.arn?,
        create_date: detail.create_date.as_ref().and_then(timestamp),
        attached_managed_policies: attached(detail.attached_managed_policies)?,
        group_policy_list: inline(detail.group_policy_list)?,
    })
}

fn role(detail: sdk::RoleDetail) -> Option<Role> {
    Some(Role {
        role_name: detail.role_name?,
        arn: detail.arn?,
        path: detail.path.unwrap_or_else(|| "/".to_owned()),
        create_date: detail.create_date.as_ref().and_then(timestamp),
        assume_role_policy_document: document_of(&detail.assume_role_policy_document?),
        attached_managed_policies: attached(detail.attached_managed_policies)?,
        role_policy_list: inline(detail.role_policy_list)?,
        permissions_boundary: boundary(detail.permissions_boundary),
        instance_profile_list: detail
            .instance_profile_list
            .unwrap_or_default()
            .into_iter()
            .map(|profile| profile.arn)
            .collect(),
        role_last_used: detail.role_last_used.and_then(|used| used.last_used_date.as_ref().and_then(timestamp)),
        tags: tags(detail.tags),
        services_last_accessed: Known::unread(),
    })
}

fn managed_policy(detail: sdk::ManagedPolicyDetail) -> Option<ManagedPolicy> {
    let arn = detail.arn?;
    let version = |version: sdk::PolicyVersion| {
        Some(PolicyVersion { version_id: version.version_id?, document: document_of(&version.document?) })
    };
    Some(ManagedPolicy {
        policy_name: detail.policy_name.unwrap_or_else(|| last_part(&arn)),
        arn,
        create_date: detail.create_date.as_ref().and_then(timestamp),
        default_version_id: detail.default_version_id?,
        attachment_count: count(detail.attachment_count),
        permissions_boundary_usage_count: count(detail.permissions_boundary_usage_count),
        policy_version_list: detail.policy_version_list.unwrap_or_default().into_iter().filter_map(version).collect(),
    })
}

fn attached(policies: Option<Vec<sdk::AttachedPolicy>>) -> Option<Vec<AttachedPolicy>> {
    let attached = |policy: sdk::AttachedPolicy| {
        let policy_arn = policy.policy_arn?;
        Some(AttachedPolicy { policy_name: policy.policy_name.unwrap_or_else(|| last_part(&policy_arn)), policy_arn })
    };
    policies.unwrap_or_default().into_iter().map(attached).collect()
}

fn inline(policies: Option<Vec<sdk::PolicyDetail>>) -> Option<Vec<InlinePolicy>> {
    let inline = |policy: sdk::PolicyDetail| {
        Some(InlinePolicy { policy_name: policy.policy_name?, policy_document: document_of(&policy.policy_document?) })
    };
    policies.unwrap_or_default().into_iter().map(inline).collect()
}

fn boundary(boundary: Option<sdk::AttachedPermissionsBoundary>) -> Option<String> {
    boundary.and_then(|boundary| boundary.permissions_boundary_arn)
}

fn tags(tags: Option<Vec<sdk::Tag>>) -> Vec<Tag> {
    tags.unwrap_or_default().into_iter().map(|tag| Tag { key: tag.key, value: tag.value }).collect()
}

fn count(number: Option<i32>) -> u32 {
    number.and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
}

fn last_part(arn: &str) -> String {
    arn.rsplit('/').next().unwrap_or(arn).to_owned()
}

/// IAM sends documents percent-encoded (RFC 3986). A text that is no JSON stays a text, and rules say so.
fn document_of(text: &str) -> PolicyDocument {
    let text = percent_decode_str(text).decode_utf8_lossy();
    serde_json::from_str::<Value>(&text).unwrap_or_else(|_| Value::String(text.into_owned())).into()
}
