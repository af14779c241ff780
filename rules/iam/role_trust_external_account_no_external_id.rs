use crate::inventory::iam::Role;
use crate::policy::conditions::is_fixed;
use crate::policy::grant::Decider;
use crate::policy::model::Principal;
use crate::policy::trust::{account_of, admissions};
use crate::rule::prelude::*;
use crate::rule::with_trust;
use crate::text::{join_some, shell_quote};

const DOCS: &str = "\
## What it finds
A role that another AWS account, or a user or role of one, may assume without a condition on `sts:ExternalId`. It
passes where the statement fixes the organization (`aws:PrincipalOrgID`, `aws:PrincipalOrgPaths`), because then the
other account is one of the family, and where it demands MFA, because then a person signs in and no service acts for
somebody else. Trust in everybody is reported by `iam-role-trust-anyone`.

Roles that AWS Organizations, Control Tower and stack sets set up for the management account are left out.

## Why it matters
A company that works in many customers' accounts is told by each of them which role to use. If one customer names
*your* role, the company's service walks into your account for that customer: it is the confused deputy. With an
external id that the company chose for you alone, it cannot.

## How to fix it
Ask the other side for its external id and demand it: `\"StringEquals\": {\"sts:ExternalId\": \"…\"}`. If the account is
your own second one, fix the organization with `aws:PrincipalOrgID`, or demand MFA if people use the role. If nobody
knows the account, delete the statement.
";

pub static RULE: Rule = Rule {
    id: "iam-role-trust-external-account-no-external-id",
    title: "Role lets another account in without an external id",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    note: "iam-roles#external-accounts",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
    ],
    needs: &[Need::IamPrincipals],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Role(check),
    examples: EXAMPLES,
};

fn check(role: &Role, cx: &Context<'_>) -> Verdict {
    if role.is_of_organization() {
        return not_applicable("the organization set it up for its management account");
    }
    let document = &role.assume_role_policy_document;
    let trust = document.model()?;
    let own = cx.inventory.account.id.as_str();
    let mut accounts: Vec<&str> = Vec::new();
    let mut open: Vec<Decider<'_>> = Vec::new();
    let mut any = false;
    for admission in admissions(trust) {
        let Principal::Aws(principal) = admission.whom else { continue };
        let Some(account) = account_of(principal).filter(|account| *account != own) else { continue };
        any = true;
        let pinned = admission.is_pinned(trust, "sts:ExternalId", is_fixed)
            || admission.is_pinned(trust, "aws:PrincipalOrgID", |value| !value.contains(['*', '?']))
            || admission.is_pinned(trust, "aws:PrincipalOrgPaths", |value| !value.starts_with(['*', '?']))
            || admission.demands_mfa();
        if !pinned {
            if !accounts.contains(&account) {
                accounts.push(account);
            }
            if open.last().is_none_or(|last| last.index != admission.by.index) {
                open.push(admission.by);
            }
        }
    }
    if !any {
        return not_applicable("it trusts no principal of another account");
    }
    if open.is_empty() {
        return pass();
    }
    let noun = if accounts.len() == 1 { "account" } else { "accounts" };
    fail(format!(
        "Role {} lets {noun} {} in without an external id",
        role.role_name,
        join_some(accounts.iter().copied(), 3)
    ))
    .evidence("accounts", accounts)
    .statements(document, &open)
    .fix(format!(
        "aws iam update-assume-role-policy --role-name {} --policy-document file://trust.json",
        shell_quote(&role.role_name)
    ))
    .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "the role that AWS Organizations sets up",
        expected: Expected::NotApplicable,
        snapshot: r#"{"iam": {"Roles": [{"RoleName": "OrganizationAccountAccessRole",
            "Arn": "arn:aws:iam::111122223333:role/OrganizationAccountAccessRole", "AssumeRolePolicyDocument":
            {"Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:root"},
             "Action": "sts:AssumeRole"}}}]}}"#,
    },
    Example {
        name: "an account",
        expected: Expected::Fail,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:root"}, "Action": "sts:AssumeRole"}"#
        ),
    },
    Example {
        name: "a role of another account, beside the own one",
        expected: Expected::Fail,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": [
                "arn:aws:iam::111122223333:root", "arn:aws:iam::999988887777:role/scanner"]}}"#
        ),
    },
    Example {
        name: "an external id that may be anything, or absent",
        expected: Expected::Fail,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "sts:AssumeRole",
                "Condition": {"StringLike": {"sts:ExternalId": "*"}, "StringEqualsIfExists": {"sts:ExternalId": "a"}}}"#
        ),
    },
    Example {
        name: "an external id",
        expected: Expected::Pass,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:root"}, "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:externalid": "3f9c-lab"}}}"#
        ),
    },
    Example {
        name: "an account of the same organization",
        expected: Expected::Pass,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-abcde12345"}}}"#
        ),
    },
    Example {
        name: "a person with MFA",
        expected: Expected::Pass,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999988887777:user/ann"},
                "Action": "sts:AssumeRole", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}"#
        ),
    },
    Example {
        name: "only the own account",
        expected: Expected::NotApplicable,
        snapshot: with_trust!(
            r#"{"Effect": "Allow", "Principal": {"AWS": ["111122223333", "arn:aws:iam::111122223333:user/ann"]},
                "Action": "sts:AssumeRole"}"#
        ),
    },
    Example {
        name: "another account that is denied again",
        expected: Expected::NotApplicable,
        snapshot: with_trust!(
            r#"[{"Effect": "Allow", "Principal": {"AWS": "999988887777"}, "Action": "sts:AssumeRole"},
                {"Effect": "Deny", "Principal": {"AWS": "999988887777"}, "Action": "sts:*"}]"#
        ),
    },
];
