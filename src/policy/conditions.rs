//! What conditions do to a statement: whether they narrow the resources, whether they pin a key to fixed values.

use super::model::{Condition, Effect, Operator, Quantifier, Statement};
use super::pattern::is_star;

/// Keys that say who asks, when, from where and how, but nothing about what is asked for.
const CIRCUMSTANCES: &[&str] = &[
    "aws:AssumedRoot",
    "aws:CalledVia",
    "aws:CalledViaAWSMCP",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:ChatbotSourceArn",
    "aws:CurrentTime",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:Ec2InstanceSourceVpc",
    "aws:EpochTime",
    "aws:FederatedProvider",
    "aws:IsMcpServiceAction",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:PrincipalType",
    "aws:RequestedRegion",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIdentity",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:TokenIssueTime",
    "aws:UserAgent",
    "aws:ViaAWSMCPService",
    "aws:ViaAWSService",
    "aws:VpcSourceIp",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:referer",
    "aws:userid",
    "aws:username",
    "ec2:RoleDelivery",
    "ec2:SourceInstanceArn",
    "lambda:SourceFunctionArn",
    "ssm:SourceInstanceArn",
];

/// Whether the conditions leave open what the statement is about: they only say who, when, from where or how.
///
/// MFA, a region, a time or a network do; a tag or an account of the resource, or a key of the service, does not.
#[must_use]
pub fn leave_resources_open(statement: &Statement) -> bool {
    statement.conditions.iter().all(|condition| is_circumstance(condition) || is_vacuous(condition))
}

fn is_circumstance(condition: &Condition) -> bool {
    let key = condition.key.as_str();
    CIRCUMSTANCES.iter().any(|known| known.eq_ignore_ascii_case(key)) || has_prefix(key, "aws:PrincipalTag/")
}

/// Whether any value satisfies the condition (`StringLike` with `*`), about a key that is no tag: those may be absent.
#[must_use]
pub fn is_vacuous(condition: &Condition) -> bool {
    compares_globs(&condition.operator)
        && condition.values.iter().any(|value| is_star(value))
        && !condition.key.to_ascii_lowercase().contains("tag")
}

/// Whether the statement only applies to requests whose key has a fixed value: `fixed` is asked about each value that
/// may hold wildcards.
#[must_use]
pub fn pins(statement: &Statement, key: &str, fixed: impl Fn(&str) -> bool) -> bool {
    statement.conditions.iter().any(|condition| {
        condition.is_about(key)
            && demands(&condition.operator)
            && (!compares_globs(&condition.operator) || condition.values.iter().all(|value| fixed(value)))
    })
}

/// Whether the statement denies every request whose key does not have a fixed value, which pins all that others allow.
///
/// That holds for a single negated condition; a second one would leave requests that only one of them keeps out.
#[must_use]
pub fn denies_all_but(statement: &Statement, key: &str, fixed: impl Fn(&str) -> bool) -> bool {
    statement.effect == Effect::Deny
        && matches!(statement.conditions.as_slice(), [condition]
            if condition.is_about(key)
                && condition.operator.quantifier.is_none()
                && excludes(&condition.operator)
                && (!compares_globs(&condition.operator) || condition.values.iter().all(|value| fixed(value))))
}

/// Whether a value holds anything but wildcards.
#[must_use]
pub fn is_fixed(value: &str) -> bool {
    value.bytes().any(|b| !matches!(b, b'*' | b'?'))
}

/// Whether the operator holds only for requests that have the key with one of the values.
fn demands(operator: &Operator) -> bool {
    let equal =
        ["StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike", "IpAddress", "NumericEquals"];
    equal.iter().any(|base| operator.is(base))
        && !operator.if_exists
        && operator.quantifier != Some(Quantifier::ForAllValues)
}

fn excludes(operator: &Operator) -> bool {
    let not_equal = [
        "StringNotEquals",
        "StringNotEqualsIgnoreCase",
        "StringNotLike",
        "ArnNotEquals",
        "ArnNotLike",
        "NotIpAddress",
        "NumericNotEquals",
    ];
    not_equal.iter().any(|base| operator.is(base))
}

/// Whether the operator reads its values with wildcards, or as ranges.
#[must_use]
pub fn compares_globs(operator: &Operator) -> bool {
    ["StringLike", "ArnEquals", "ArnLike", "StringNotLike", "ArnNotEquals", "ArnNotLike", "IpAddress", "NotIpAddress"]
        .iter()
        .any(|base| operator.is(base))
}

/// Whether a text begins with another one, in any case.
pub(super) fn has_prefix(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::policy::Document;

    fn statement(effect: &str, condition: &Value) -> Statement {
        let value = json!({"Statement": {"Effect": effect, "Action": "*", "Resource": "*", "Condition": condition}});
        Document::from_value(&value).expect("a policy").statements.remove(0)
    }

    #[test]
    fn circumstances_leave_resources_open_and_tags_do_not() {
        let open = |condition| leave_resources_open(&statement("Allow", &condition));
        assert!(open(json!({})));
        assert!(open(json!({"Bool": {"AWS:multifactorauthpresent": "true"}})));
        assert!(open(json!({"StringEquals": {"aws:PrincipalTag/team": "a"}})));
        assert!(open(json!({"StringLike": {"iam:PassedToService": "*"}})), "any value satisfies it");
        assert!(!open(json!({"StringLike": {"iam:PassedToService": "ec2.*"}})));
        assert!(!open(json!({"StringEquals": {"aws:ResourceTag/team": "a"}})));
        assert!(!open(json!({"StringLike": {"aws:ResourceTag/team": "*"}})), "the tag must be there");
        assert!(!open(json!({"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:ResourceAccount": "1"}})));
    }

    #[test]
    fn a_key_is_pinned_only_when_it_must_be_there_with_fixed_values() {
        let pinned =
            |operator: &str, value: Value| pins(&statement("Allow", &json!({operator: {"k": value}})), "K", is_fixed);
        assert!(pinned("StringEquals", json!("a")));
        assert!(pinned("StringEquals", json!("*")), "a star is a letter to StringEquals");
        assert!(pinned("StringLike", json!(["a*", "b"])));
        assert!(!pinned("StringLike", json!(["a*", "*"])));
        assert!(!pinned("ArnEquals", json!("*")), "ArnEquals knows wildcards");
        assert!(!pinned("StringEqualsIfExists", json!("a")));
        assert!(!pinned("ForAllValues:StringEquals", json!("a")), "holds when the key is absent");
        assert!(pinned("ForAnyValue:StringLike", json!("a/*")));
        assert!(!pinned("StringNotEquals", json!("a")));
    }

    #[test]
    fn a_deny_of_all_others_pins_too() {
        let pinned = |effect, condition| denies_all_but(&statement(effect, &condition), "k", is_fixed);
        assert!(pinned("Deny", json!({"StringNotEquals": {"k": "a"}})));
        assert!(pinned("Deny", json!({"StringNotEqualsIfExists": {"k": "a"}})), "an absent key is denied, too");
        assert!(!pinned("Allow", json!({"StringNotEquals": {"k": "a"}})));
        assert!(!pinned("Deny", json!({"StringNotLike": {"k": "*"}})));
        assert!(!pinned("Deny", json!({"StringNotEquals": {"k": "a"}, "Bool": {"b": true}})));
        assert!(!pinned("Deny", json!({"ForAnyValue:StringNotEquals": {"k": "a"}})));
    }
}
