//! What checks of policy texts share: where a text takes effect, and how a finding shows it.

use super::{Context, Judgement, NoVerdict, PolicyHome, PolicyText, Problem, Verdict, not_applicable};
use crate::inventory::iam::{AttachedPolicy, Group, ManagedPolicy};
use crate::inventory::{GapId, Unknown};
use crate::policy::grant::{Decider, Grants};
use crate::policy::{Document, PolicyDocument};
use crate::text::shell_quote;

/// At most this many statements are shown as evidence.
const MOST_STATEMENTS: usize = 5;

impl<'a> PolicyText<'a> {
    /// Judges what this text grants where it takes effect.
    ///
    /// A text that is only a permissions boundary grants nothing. Where everybody who has the text has a permissions
    /// boundary, too, it is judged under each of these boundaries; one that fails suffices. A boundary that could not
    /// be read makes the verdict `unknown`, unless the text is in order without it.
    ///
    /// # Errors
    /// [`NoVerdict`] when the text or a boundary is not there or is no policy.
    pub fn judge(&self, cx: &Context<'a>, check: impl Fn(&Grants<'_>) -> Verdict) -> Verdict {
        if self.is_only_boundary() {
            return not_applicable("it serves as a permissions boundary only, which grants nothing");
        }
        let alone = Grants::of(self.document.model()?);
        let verdict = check(&alone)?;
        if verdict == Judgement::Pass {
            return Ok(verdict);
        }
        match self.boundaries(cx)? {
            Some(boundaries) => judge_within(cx, &alone, &boundaries, check),
            None => Ok(verdict),
        }
    }

    /// The ARNs of the boundaries that limit everybody who has this text; none when somebody has no boundary, or nobody
    /// has the text yet.
    fn boundaries(&self, cx: &Context<'a>) -> Result<Option<Vec<&'a str>>, Unknown> {
        let holders = self.holders(cx);
        let mut boundaries = Vec::with_capacity(holders.len());
        for holder in holders {
            let Some(boundary) = holder else { return Ok(None) };
            if !boundaries.contains(&boundary) {
                boundaries.push(boundary);
            }
        }
        match self.home {
            PolicyHome::Managed(_) | PolicyHome::Group(_) => unseen_holders(cx).map_or(Ok(Some(boundaries)), Err),
            PolicyHome::User(_) | PolicyHome::Role(_) => Ok(Some(boundaries)),
        }
    }

    /// The boundary of everybody who is seen to have this text; an empty place for who has none, or is not seen.
    fn holders(&self, cx: &Context<'a>) -> Vec<Option<&'a str>> {
        let iam = &cx.inventory.iam;
        let of_group = |group: &Group| {
            let members = iam.users.items().iter().filter(|user| user.group_list.contains(&group.group_name));
            let of_members: Vec<_> = members.map(|user| user.permissions_boundary.as_deref()).collect();
            // A group without members may get some.
            if of_members.is_empty() && unseen_holders(cx).is_none() { vec![None] } else { of_members }
        };
        match self.home {
            PolicyHome::User(user) => vec![user.permissions_boundary.as_deref()],
            PolicyHome::Role(role) => vec![role.permissions_boundary.as_deref()],
            PolicyHome::Group(group) => of_group(group),
            PolicyHome::Managed(policy) => {
                let has = |list: &[AttachedPolicy]| list.iter().any(|attached| attached.policy_arn == policy.arn);
                let users = iam.users.items().iter().filter(|user| has(&user.attached_managed_policies));
                let roles = iam.roles.items().iter().filter(|role| has(&role.attached_managed_policies));
                let groups = iam.groups.items().iter().filter(|group| has(&group.attached_managed_policies));
                let mut each: Vec<_> = users.map(|user| vec![user.permissions_boundary.as_deref()]).collect();
                each.extend(roles.map(|role| vec![role.permissions_boundary.as_deref()]));
                each.extend(groups.map(of_group));
                let nobody = policy.attachment_count == 0 && each.is_empty();
                if nobody || (each.len() < policy.attachment_count as usize && unseen_holders(cx).is_none()) {
                    each.push(vec![None]);
                }
                each.concat()
            }
        }
    }

    /// How a message begins: `Policy lab-admin`, `Inline policy passes of role lab`.
    #[must_use]
    pub fn subject(&self) -> String {
        let name = self.name;
        match self.home {
            PolicyHome::Managed(_) => format!("Policy {name}"),
            PolicyHome::User(user) => format!("Inline policy {name} of user {}", user.user_name),
            PolicyHome::Group(group) => format!("Inline policy {name} of group {}", group.group_name),
            PolicyHome::Role(role) => format!("Inline policy {name} of role {}", role.role_name),
        }
    }

    /// The command that puts a better text in its place.
    #[must_use]
    pub fn replace_command(&self) -> String {
        let name = shell_quote(self.name);
        match self.home {
            PolicyHome::Managed(policy) => format!(
                "aws iam create-policy-version --policy-arn {} --policy-document file://policy.json --set-as-default",
                shell_quote(&policy.arn)
            ),
            PolicyHome::User(user) => format!(
                "aws iam put-user-policy --user-name {} --policy-name {name} --policy-document file://policy.json",
                shell_quote(&user.user_name)
            ),
            PolicyHome::Group(group) => format!(
                "aws iam put-group-policy --group-name {} --policy-name {name} --policy-document file://policy.json",
                shell_quote(&group.group_name)
            ),
            PolicyHome::Role(role) => format!(
                "aws iam put-role-policy --role-name {} --policy-name {name} --policy-document file://policy.json",
                shell_quote(&role.role_name)
            ),
        }
    }
}

/// The gap behind which there may be more who hold a policy.
fn unseen_holders(cx: &Context<'_>) -> Option<Unknown> {
    let iam = &cx.inventory.iam;
    [iam.users.missing(), iam.groups.missing(), iam.roles.missing()].into_iter().flatten().next().map(Unknown)
}

/// Judges grants under each of these boundaries: the first failure counts, then what does not apply, then a pass.
///
/// # Errors
/// [`NoVerdict`] when a boundary is not there or is no policy.
pub fn judge_within<'a>(
    cx: &Context<'a>,
    grants: &Grants<'a>,
    boundaries: &[&str],
    check: impl Fn(&Grants<'_>) -> Verdict,
) -> Verdict {
    let mut mildest = Judgement::Pass;
    let mut unjudged = None;
    for boundary in boundaries {
        match boundary_of(cx, boundary).and_then(|boundary| check(&grants.within(boundary))) {
            Ok(Judgement::Pass) => {}
            Ok(Judgement::Fail(problem)) => {
                return problem.evidence("PermissionsBoundary", *boundary).verdict();
            }
            Ok(other) => mildest = other,
            Err(error) => unjudged = Some(error),
        }
    }
    unjudged.map_or(Ok(mildest), Err)
}

/// The document of a permissions boundary.
///
/// # Errors
/// [`NoVerdict`] when it was not read, with the gap that says why where there is one.
pub fn boundary_of<'a>(cx: &Context<'a>, arn: &str) -> Result<&'a Document, NoVerdict> {
    Ok(managed(cx, arn)?.model()?)
}

/// The text in force of a managed policy.
///
/// # Errors
/// [`Unknown`] when it was not read, with the gap that says why where there is one.
pub(crate) fn managed<'a>(cx: &Context<'a>, arn: &str) -> Result<&'a PolicyDocument, Unknown> {
    let inventory = cx.inventory;
    let policy = inventory.iam.policies.items().iter().find(|policy| policy.arn == arn);
    policy.and_then(ManagedPolicy::default_document).ok_or_else(|| {
        let about_it = inventory.gaps.iter().find(|gap| gap.resource.as_deref() == Some(arn)).map(|gap| gap.id);
        Unknown(about_it.or(inventory.iam.policies.missing()).unwrap_or(GapId::UNREAD))
    })
}

impl Problem {
    /// Shows the statements that decided.
    #[must_use]
    pub fn statements(self, document: &PolicyDocument, deciders: &[Decider<'_>]) -> Self {
        deciders.iter().take(MOST_STATEMENTS).fold(self, |problem, decider| match document.statement(decider.index) {
            Some(statement) => problem.evidence(format!("Statement[{}]", decider.index), statement.clone()),
            None => problem,
        })
    }
}

/// The conditions of statements as the end of a sentence; empty when one of them has none.
#[must_use]
pub fn under_conditions(deciders: &[Decider<'_>]) -> String {
    if deciders.is_empty() || deciders.iter().any(|decider| decider.statement.conditions.is_empty()) {
        return String::new();
    }
    let mut keys: Vec<&str> = Vec::new();
    for condition in deciders.iter().flat_map(|decider| &decider.statement.conditions) {
        if !keys.iter().any(|known| condition.is_about(known)) {
            keys.push(&condition.key);
        }
    }
    format!(", subject to {}", keys.join(" and "))
}
