//! Trust policies: whom a role lets in, and whether conditions pin who that is.

use super::conditions::{denies_all_but, pins};
use super::grant::Decider;
use super::ip::IpRange;
use super::matching;
use super::model::{Document, Effect, Match, Principal, PrincipalMatch, Statement};

/// The actions that hand out a role's credentials.
pub const ASSUME_ACTIONS: &[&str] = &["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"];

/// Somebody whom a trust policy lets in, and the statement that does.
#[derive(Clone, Copy, Debug)]
pub struct Admission<'a> {
    /// The statement.
    pub by: Decider<'a>,
    /// Whom.
    pub whom: &'a Principal,
}

/// Everybody whom a trust policy lets in, statement by statement.
///
/// `NotPrincipal` with `Allow` lets everybody in but a few and counts as everyone. A principal that an unconditional
/// `Deny` keeps out is left out.
pub fn admissions(document: &Document) -> impl Iterator<Item = Admission<'_>> {
    document
        .with_effect(Effect::Allow)
        .filter(|(_, statement)| ASSUME_ACTIONS.iter().any(|action| names_action(&statement.action, action)))
        .flat_map(|(index, statement)| {
            let whom: &[Principal] = match &statement.principal {
                Some(PrincipalMatch { negated: true, .. }) => &[Principal::Everyone],
                Some(PrincipalMatch { principals, .. }) => principals,
                None => &[],
            };
            whom.iter().map(move |whom| Admission { by: Decider { index, statement }, whom })
        })
        .filter(|admission| !is_kept_out(document, admission))
}

/// Whether a resource's policy lets anyone in: an `Allow` for everyone that no condition of its own limits to callers who
/// are named. Denials are not looked at, so that this errs on the side of saying so.
#[must_use]
pub fn lets_anyone_in(document: &Document) -> bool {
    let is_for_everyone = |statement: &Statement| match &statement.principal {
        Some(PrincipalMatch { negated: true, .. }) => true,
        Some(PrincipalMatch { principals, .. }) => principals.contains(&Principal::Everyone),
        None => false,
    };
    let is_limited = |statement: &Statement| {
        CALLER_KEYS.iter().chain(CALLER_KEYS_OF_SERVICES).any(|(key, fixed)| pins(statement, key, fixed))
    };
    document.with_effect(Effect::Allow).any(|(_, statement)| is_for_everyone(statement) && !is_limited(statement))
}

/// Keys of single services that say who calls.
///
/// Sources: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html> (what makes a
/// policy public), and the same of EFS.
pub const CALLER_KEYS_OF_SERVICES: &[FixedKey] = &[
    ("elasticfilesystem:AccessedViaMountTarget", |value| value.eq_ignore_ascii_case("true")),
    ("elasticfilesystem:AccessPointArn", is_arn_of_an_account),
    ("kms:CallerAccount", is_one_name),
    ("s3:DataAccessPointAccount", is_one_name),
    ("s3:DataAccessPointArn", is_arn_of_an_account),
];

/// The account of an AWS principal: `111122223333`, or the fifth field of its ARN.
#[must_use]
pub fn account_of(principal: &str) -> Option<&str> {
    let is_account = |text: &str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    if is_account(principal) {
        return Some(principal);
    }
    matching::fields(principal).map(|fields| fields[4]).filter(|account| is_account(account))
}

impl Admission<'_> {
    /// Whether a condition of the statement, or a `Deny` of all others, fixes who may call: an organization, an
    /// account, a principal, a source, a network. An external id does not: whoever knows it is let in.
    #[must_use]
    pub fn is_caller_pinned(&self, document: &Document) -> bool {
        CALLER_KEYS.iter().any(|(key, fixed)| self.is_pinned(document, key, fixed))
    }

    /// Whether a condition of the statement, or a `Deny` of all others, fixes this key.
    #[must_use]
    pub fn is_pinned(&self, document: &Document, key: &str, fixed: impl Fn(&str) -> bool) -> bool {
        pins(self.by.statement, key, &fixed)
            || document
                .with_effect(Effect::Deny)
                .any(|(_, deny)| denies_everyone(deny) && self.is_covered_by(deny) && denies_all_but(deny, key, &fixed))
    }

    /// Whether another statement is about all the ways in that this one opens.
    fn is_covered_by(&self, other: &Statement) -> bool {
        let mut opened = ASSUME_ACTIONS.iter().filter(|action| names_action(&self.by.statement.action, action));
        opened.all(|action| names_action(&other.action, action))
    }

    /// Whether the statement demands that the caller signed in with MFA.
    #[must_use]
    pub fn demands_mfa(&self) -> bool {
        self.by.statement.conditions.iter().any(|condition| {
            let present = condition.is_about("aws:MultiFactorAuthPresent")
                && condition.operator.is("Bool")
                && condition.values.iter().all(|value| value.eq_ignore_ascii_case("true"));
            let recent = condition.is_about("aws:MultiFactorAuthAge") && condition.operator.is("NumericLessThan");
            (present || recent) && !condition.operator.if_exists
        })
    }
}

/// A key and which of its values are fixed.
pub type FixedKey = (&'static str, fn(&str) -> bool);

/// Which values of which keys say who calls.
pub const CALLER_KEYS: &[FixedKey] = &[
    ("aws:PrincipalOrgID", is_one_name),
    ("aws:PrincipalOrgPaths", is_path_of_an_organization),
    ("aws:PrincipalAccount", is_one_name),
    ("aws:PrincipalArn", is_arn_of_an_account),
    ("aws:userid", |id| is_one_name(id.split(':').next().unwrap_or_default())),
    ("aws:SourceAccount", is_one_name),
    ("aws:SourceArn", is_arn_of_an_account),
    ("aws:SourceOrgID", is_one_name),
    ("aws:SourceOrgPaths", is_path_of_an_organization),
    ("aws:SourceOwner", is_one_name),
    ("aws:SourceVpc", is_one_name),
    ("aws:SourceVpcArn", is_arn_of_an_account),
    ("aws:SourceVpce", is_one_name),
    ("aws:VpceAccount", is_one_name),
    ("aws:VpceOrgID", is_one_name),
    ("aws:VpceOrgPaths", is_path_of_an_organization),
    ("aws:SourceIp", is_part_of_the_internet),
];

/// Whether a value says whose source a service acts for: the keys against the confused deputy.
pub const SOURCE_KEYS: &[FixedKey] = &[
    ("aws:SourceAccount", is_one_name),
    ("aws:SourceArn", is_arn_of_an_account),
    ("aws:SourceOrgID", is_one_name),
    ("aws:SourceOrgPaths", is_path_of_an_organization),
];

fn is_path_of_an_organization(path: &str) -> bool {
    is_one_name(path.split('/').next().unwrap_or_default())
}

fn is_one_name(value: &str) -> bool {
    !value.is_empty() && !value.contains(['*', '?'])
}

/// Whether an ARN's account is fixed. Without an account, all of the ARN must be, and of what is in a bucket of S3 the
/// bucket.
fn is_arn_of_an_account(value: &str) -> bool {
    match matching::fields(value) {
        Some([_, _, "s3", _, "", resource]) => is_one_name(resource.split('/').next().unwrap_or_default()),
        Some([.., "", resource]) => is_one_name(resource),
        Some([.., account, _]) => is_one_name(account),
        None => false,
    }
}

/// Whether an address range is narrower than what counts as everywhere: /8 of IPv4, /32 of IPv6.
fn is_part_of_the_internet(range: &str) -> bool {
    range.parse::<IpRange>().is_ok_and(|range| range.bits() >= if range.is_ipv4() { 8 } else { 32 })
}

fn names_action(list: &Match, action: &str) -> bool {
    list.patterns.iter().any(|pattern| matching::action(pattern, action)) != list.negated
}

fn denies_everyone(statement: &Statement) -> bool {
    statement.principal.as_ref().is_some_and(|list| !list.negated && list.principals.contains(&Principal::Everyone))
}

fn is_kept_out(document: &Document, admission: &Admission<'_>) -> bool {
    document.with_effect(Effect::Deny).any(|(_, deny)| {
        deny.conditions.is_empty()
            && admission.is_covered_by(deny)
            && deny.principal.as_ref().is_some_and(|list| {
                if list.negated {
                    !list.principals.contains(admission.whom)
                } else {
                    list.principals.contains(admission.whom) || list.principals.contains(&Principal::Everyone)
                }
            })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn document(statements: &Value) -> Document {
        Document::from_value(&json!({"Statement": statements})).expect("a policy")
    }

    fn whom(statements: &Value) -> Vec<Principal> {
        admissions(&document(statements)).map(|admission| admission.whom.clone()).collect()
    }

    #[test]
    fn lists_whom_the_role_lets_in() {
        let everyone = [Principal::Everyone];
        for (statements, expected) in [
            (json!({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}), &everyone[..]),
            (json!({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "STS:assume*"}), &everyone),
            (json!({"Effect": "Allow", "NotPrincipal": {"AWS": "1"}, "Action": "*"}), &everyone),
            (json!({"Effect": "Allow", "Principal": "*", "NotAction": "sts:TagSession"}), &everyone),
            (json!({"Effect": "Allow", "Principal": "*", "Action": "sts:TagSession"}), &[]),
            (
                json!([{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"},
                       {"Effect": "Deny", "Principal": "*", "Action": "sts:*"}]),
                &[],
            ),
            (
                json!([{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"},
                       {"Effect": "Deny", "Principal": "*", "Action": "sts:*",
                        "Condition": {"Bool": {"aws:MultiFactorAuthPresent": false}}}]),
                &everyone,
            ),
            (
                json!([{"Effect": "Allow", "Principal": {"AWS": ["1", "2"]}, "Action": "sts:AssumeRole"},
                       {"Effect": "Deny", "NotPrincipal": {"AWS": "2"}, "Action": "sts:AssumeRole"}]),
                &[Principal::Aws("2".into())],
            ),
        ] {
            assert_eq!(whom(&statements), expected, "{statements}");
        }
    }

    #[test]
    fn a_caller_is_pinned_by_fixed_values_only() {
        let pinned = |condition: Value| {
            let document = document(
                &json!({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Condition": condition}),
            );
            admissions(&document).all(|admission| admission.is_caller_pinned(&document))
        };
        assert!(pinned(json!({"StringEquals": {"aws:PrincipalOrgID": "o-abc"}})));
        assert!(pinned(json!({"StringLike": {"aws:PrincipalOrgPaths": "o-abc/r-1/*"}})));
        assert!(!pinned(json!({"StringLike": {"aws:PrincipalOrgID": "o-*"}})));
        assert!(pinned(json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/ci-*"}})));
        assert!(!pinned(json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}})));
        assert!(!pinned(json!({"StringEquals": {"sts:ExternalId": "x"}})));
        assert!(!pinned(json!({"StringEquals": {"aws:PrincipalTag/team": "x"}})), "anybody can tag themselves");
        assert!(!pinned(json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-abc"}})));
        assert!(pinned(json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}})));
        assert!(!pinned(json!({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "0.0.0.0/0"]}})));
        assert!(pinned(json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"}})));
        assert!(!pinned(json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}})));
        assert!(!pinned(json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::lab-*"}})), "anybody can make one");
        assert!(!pinned(json!({"StringLike": {"aws:SourceIp": "*"}})));
    }

    #[test]
    fn a_deny_of_all_outside_the_organization_pins() {
        let document = document(&json!([
            {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"},
            {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole",
             "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-abc"}}}]));
        assert!(admissions(&document).all(|admission| admission.is_caller_pinned(&document)));
    }

    #[test]
    fn accounts_are_read_from_principals() {
        assert_eq!(account_of("999988887777"), Some("999988887777"));
        assert_eq!(account_of("arn:aws:iam::999988887777:root"), Some("999988887777"));
        assert_eq!(account_of("AIDAEXAMPLE"), None);
        assert_eq!(account_of("arn:aws:iam::*:root"), None);
    }
}
