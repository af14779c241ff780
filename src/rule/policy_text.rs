//! What checks of policy texts share: where a text takes effect, and how a finding shows it.

use super::{Context, Judgement, NoVerdict, PolicyHome, PolicyText, Problem, Verdict, not_applicable};
use crate::inventory::iam::{Group, ManagedPolicy};
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
        let of_group = |group: &Group| {
            let members = cx.lookup().members(&group.group_name).iter();
            let of_members: Vec<_> = members.map(|user| user.permissions_boundary.as_deref()).collect();
            // A group without members may get some.
            if of_members.is_empty() && unseen_holders(cx).is_none() { vec![None] } else { of_members }
        };
        match self.home {
            PolicyHome::User(user) => vec![user.permissions_boundary.as_deref()],
            PolicyHome::Role(role) => vec![role.permissions_boundary.as_deref()],
            PolicyHome::Group(group) => of_group(group),
            PolicyHome::Managed(policy) => {
                let holders = cx.lookup().holders(&policy.arn);
                let users = holders.users.iter().map(|user| vec![user.permissions_boundary.as_deref()]);
                let roles = holders.roles.iter().map(|role| vec![role.permissions_boundary.as_deref()]);
                let mut each: Vec<_> = users.chain(roles).collect();
                each.extend(holders.groups.iter().map(|group| of_group(group)));
                let nobody = policy.attachment_count == 0 && each.is_empty();
                if nobody || (each.len() < policy.attachment_count as usize && unseen_holders(cx).is_none()) {
                    each.push(vec![None]);
                }
                each.concat()
            }
        }
    }

    /// The ARNs of the users and roles who are seen to have this text.
    #[must_use]
    pub fn principals(&self, cx: &Context<'a>) -> Vec<&'a str> {
        let of_group = |group: &Group| cx.lookup().members(&group.group_name).iter().map(|user| user.arn.as_str());
        match self.home {
            PolicyHome::User(user) => vec![&user.arn],
            PolicyHome::Role(role) => vec![&role.arn],
            PolicyHome::Group(group) => of_group(group).collect(),
            PolicyHome::Managed(policy) => {
                let holders = cx.lookup().holders(&policy.arn);
                let users = holders.users.iter().map(|user| user.arn.as_str());
                let roles = holders.roles.iter().map(|role| role.arn.as_str());
                users.chain(roles).chain(holders.groups.iter().flat_map(|group| of_group(group))).collect()
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
pub(crate) fn unseen_holders(cx: &Context<'_>) -> Option<Unknown> {
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
    cx.lookup().policy(arn).and_then(ManagedPolicy::default_document).ok_or_else(|| {
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::cost::PriceBook;
    use crate::inventory::{Inventory, snapshot};
    use crate::rule::{Check, Outcome, OutcomeStatus, evaluate, registry};

    const ADMIN: &str = "arn:aws:iam::111122223333:policy/admin";

    fn read(iam: &Value) -> Inventory {
        let snapshot = json!({"afterlab_snapshot": 1, "account": {"Id": "111122223333"},
            "collected_at": "2026-11-22T12:00:00Z", "iam": iam});
        snapshot::read(snapshot.to_string().as_bytes()).expect("a snapshot")
    }

    fn judged(rule: &str, iam: &Value) -> Vec<Outcome> {
        let rules: Vec<_> = registry::find(rule).into_iter().collect();
        evaluate(&rules, &Context::new(&read(iam), PriceBook::embedded()))
    }

    fn managed(arn: &str, attachments: u32, statement: &Value) -> Value {
        json!({"PolicyName": arn.rsplit('/').next(), "Arn": arn, "DefaultVersionId": "v1",
            "AttachmentCount": attachments,
            "PolicyVersionList": [{"VersionId": "v1", "Document": {"Statement": statement}}]})
    }

    /// What `iam-policy-full-admin` says of a policy that grants everything, with these holders.
    fn held_by(attachments: u32, users: &Value, groups: &Value, roles: &Value) -> OutcomeStatus {
        let star = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
        let s3 = json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"});
        let policies = json!([
            managed(ADMIN, attachments, &star),
            managed("arn:aws:iam::aws:policy/S3", 0, &s3),
            managed("arn:aws:iam::aws:policy/Star", 0, &star)
        ]);
        let iam = json!({"Users": users, "Groups": groups, "Roles": roles, "Policies": policies});
        judged("iam-policy-full-admin", &iam)[0].status()
    }

    fn user(name: &str, boundary: Option<&str>, attached: bool, groups: &[&str]) -> Value {
        let mut user = json!({"UserName": name, "Arn": format!("arn:aws:iam::111122223333:user/{name}"),
            "GroupList": groups});
        if let Some(boundary) = boundary {
            user["PermissionsBoundary"] = format!("arn:aws:iam::aws:policy/{boundary}").into();
        }
        if attached {
            user["AttachedManagedPolicies"] = json!([{"PolicyName": "admin", "PolicyArn": ADMIN}]);
        }
        user
    }

    #[test]
    fn a_managed_policy_is_capped_only_when_everybody_who_has_it_is() {
        use OutcomeStatus::{Fail, Pass, Unknown};
        let none = json!([]);
        let capped = user("ann", Some("S3"), true, &[]);
        assert_eq!(held_by(0, &none, &none, &none), Fail, "nobody has it yet");
        assert_eq!(held_by(1, &json!([capped]), &none, &none), Pass);
        assert_eq!(held_by(2, &json!([capped]), &none, &none), Fail, "somebody else has it");
        assert_eq!(held_by(2, &json!([capped, user("bob", None, true, &[])]), &none, &none), Fail);
        assert_eq!(held_by(2, &json!([capped, user("bob", Some("Star"), true, &[])]), &none, &none), Fail);
        assert_eq!(held_by(1, &json!([user("ann", Some("Lost"), true, &[])]), &none, &none), Unknown);
        let group = json!([{"GroupName": "lab", "Arn": "arn:aws:iam::111122223333:group/lab",
            "AttachedManagedPolicies": [{"PolicyName": "admin", "PolicyArn": ADMIN}]}]);
        assert_eq!(held_by(1, &none, &group, &none), Fail, "a group without members may get some");
        assert_eq!(held_by(1, &json!([user("ann", Some("S3"), false, &["lab"])]), &group, &none), Pass);
        assert_eq!(held_by(1, &json!([user("ann", None, false, &["lab"])]), &group, &none), Fail);
    }

    #[test]
    fn holders_that_were_not_read_leave_it_open() {
        let partial = json!({"$gap": 0, "$items": [user("ann", Some("S3"), true, &[])]});
        assert_eq!(held_by(2, &partial, &json!([]), &json!([])), OutcomeStatus::Unknown);
        let partial = json!({"$gap": 0, "$items": [user("ann", None, true, &[])]});
        assert_eq!(held_by(2, &partial, &json!([]), &json!([])), OutcomeStatus::Fail);
    }

    #[test]
    fn a_failure_under_a_boundary_names_it() {
        let iam = json!({"Users": [user("ann", Some("S3"), true, &[])], "Groups": [], "Roles": [], "Policies": [
            managed(ADMIN, 1, &json!({"Effect": "Allow", "Action": "*", "Resource": "*"})),
            managed("arn:aws:iam::aws:policy/S3", 0, &json!({"Effect": "Allow", "Action": "s3:*", "Resource": "*"}))]});
        let outcomes = judged("iam-policy-service-wildcard", &iam);
        let crate::rule::OutcomeResult::Fail(problem) = &outcomes[0].result else { panic!("{outcomes:?}") };
        assert!(problem.message.contains("every action of s3"), "{}", problem.message);
        assert!(problem.evidence.iter().any(|evidence| evidence.property == "PermissionsBoundary"));
    }

    #[test]
    fn a_text_that_is_no_policy_is_an_error_and_one_that_is_missing_unknown() {
        let policy = |versions: Value| {
            json!({"Users": [], "Groups": [], "Roles": [], "Policies": [{"PolicyName": "odd", "Arn": ADMIN,
                "DefaultVersionId": "v1", "PolicyVersionList": versions}]})
        };
        let odd = policy(json!([{"VersionId": "v1", "Document": {"Statement": "everything"}}]));
        let missing = policy(json!([{"VersionId": "v0", "Document": {"Statement": []}}]));
        for rule in registry::all().filter(|rule| matches!(rule.check, Check::PolicyText(_))) {
            assert_eq!(judged(rule.id, &odd)[0].status(), OutcomeStatus::Error, "{}", rule.id);
            assert_eq!(judged(rule.id, &missing)[0].status(), OutcomeStatus::Unknown, "{}", rule.id);
        }
    }

    /// Odd but valid JSON in every place of a document, through every rule that reads documents.
    #[test]
    fn no_document_makes_a_rule_panic() {
        let odd = [
            json!(null),
            json!([]),
            json!({}),
            json!(""),
            json!("${"),
            json!("${aws:username}"),
            json!("*:*:*:*:*:*:*"),
            json!(["é?*", "arn:aws:iam::*", ":::::", "iam:", "*?*?*"]),
            json!({"AWS": ["*", "", "é"], "Federated": ":oidc-provider/", "Service": ".amazonaws.com"}),
            json!({"StringLike": {"é": "*", ":sub": [1, true], "aws:SourceIp": "/"}, "IfExists": {"": []}}),
        ];
        for element in ["Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"] {
            for value in &odd {
                let mut statement = json!({"Effect": "Allow"});
                statement[element] = value.clone();
                if !element.ends_with("Action") {
                    statement["Action"] = "*".into();
                }
                let deny = json!({"Effect": "Deny", "Action": "*", "Resource": value});
                let document = json!({"Statement": [statement, deny]});
                let iam = json!({"Users": [], "Groups": [],
                    "Roles": [{"RoleName": "r", "Arn": "r", "AssumeRolePolicyDocument": document,
                        "RolePolicyList": [{"PolicyName": "i", "PolicyDocument": document}]}],
                    "Policies": [managed(ADMIN, 0, &document["Statement"])]});
                let inventory = read(&iam);
                let rules: Vec<_> = registry::all().collect();
                assert!(!evaluate(&rules, &Context::new(&inventory, PriceBook::embedded())).is_empty());
            }
        }
    }
}
