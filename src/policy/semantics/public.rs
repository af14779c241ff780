//! Whether a policy lets the public in: somebody whom it does not name, from a place that it does not name.

use std::borrow::Cow;

use super::question::{Access, Question};
use crate::policy::catalogue::Catalogue;
use crate::policy::conditions::compares_globs;
use crate::policy::eval::ANONYMOUS;
use crate::policy::model::{
    Condition, Document, Effect, Match, Operator, Principal, PrincipalMatch, Quantifier, Statement,
};
use crate::policy::syntax::Hole;
use crate::policy::syntax::node::is_hole;
use crate::policy::trust::{CALLER_KEYS, CALLER_KEYS_OF_SERVICES, FixedKey};

impl Question<'_> {
    /// What a policy of a resource allows to the public.
    ///
    /// The policy is asked with denials added for all whom it names, and for all that it binds access to: its accounts,
    /// organizations, networks and resources, as long as they are named without a wildcard. What is still allowed,
    /// strangers are. A caller's key that is compared with a variable of the resource is not known: it may be the owner's
    /// own account or organization.
    ///
    /// Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html> ("The
    /// meaning of public").
    #[must_use]
    pub fn public(policy: &Document) -> Self {
        let mut guarded = policy.clone();
        let conditions = guarded.statements.iter_mut().flat_map(|statement| &mut statement.conditions);
        conditions.for_each(open_own_values);
        let elements = policy.statements.iter().filter_map(|statement| statement.principal.as_ref());
        let mut named: Vec<Principal> = elements.flat_map(|element| element.principals.iter().cloned()).collect();
        // Whoever a hole stands for, there are others; and a name with a wildcard names nobody.
        let is_open = |c: char| is_hole(c) || matches!(c, '*' | '?');
        named.retain(|principal| *principal != Principal::Everyone && !principal.name().contains(is_open));
        if !named.is_empty() {
            guarded.statements.push(denial(named, None));
        }
        for key in CALLER_KEYS.iter().chain(CALLER_KEYS_OF_SERVICES) {
            let denials = bound(policy, key).into_iter();
            guarded.statements.extend(denials.map(|condition| denial(vec![Principal::Everyone], Some(condition))));
        }
        let guards = guarded.statements.len() - policy.statements.len();
        Self::Granted { policy: Cow::Owned(guarded), access: Access::default(), guards }
    }
}

/// How the names of keys of the resource begin.
const OF_THE_RESOURCE: &str = "aws:resource";

/// Makes values of callers' keys unknown that the owner of the resource decides: `${aws:ResourceOrgID}`.
fn open_own_values(condition: &mut Condition) {
    let keys = CALLER_KEYS.iter().chain(CALLER_KEYS_OF_SERVICES);
    if !keys.into_iter().any(|(key, _)| condition.is_about(key)) {
        return;
    }
    for value in &mut condition.values {
        while let Some(start) = value.to_ascii_lowercase().find(&format!("${{{OF_THE_RESOURCE}"))
            && let Some(length) = value[start..].find('}')
        {
            let hole = Hole::of(&value[start + 2..start + length]).letter();
            value.replace_range(start..=start + length, hole.encode_utf8(&mut [0; 4]));
        }
    }
}

/// Why it is not known whether a policy lets the public in, where it compares callers' keys with what the resource's owner
/// decides.
pub(super) fn own_values(policy: &Document) -> impl Iterator<Item = String> {
    let conditions = policy.statements.iter().flat_map(|statement| &statement.conditions);
    conditions.flat_map(|own| own.values.iter().map(move |value| (&own.key, value))).filter_map(|(key, value)| {
        let is_own = |hole: &Hole| hole.expression().to_ascii_lowercase().starts_with(OF_THE_RESOURCE);
        let hole = value.chars().filter_map(Hole::from_letter).find(is_own)?;
        Some(format!("{key} is compared with ${{{}}}, and whose that is only the request tells", hole.expression()))
    })
}

/// The conditions of requests that a policy knows by a key: that have one of the values that it names without a wildcard.
fn bound(policy: &Document, (key, is_fixed): &FixedKey) -> Vec<Condition> {
    let conditions = policy.statements.iter().flat_map(|statement| &statement.conditions);
    let mut bound: Vec<Condition> = Vec::new();
    for own in conditions.filter(|own| own.is_about(key)) {
        let is_glob = compares_globs(&own.operator) || own.operator.is("Bool");
        let is_bound = |value: &&String| {
            !value.contains("${") && !value.contains(is_hole) && *value != ANONYMOUS && (!is_glob || is_fixed(value))
        };
        let values: Vec<String> = own.values.iter().filter(is_bound).cloned().collect();
        if let (false, Some(base)) = (values.is_empty(), positive(&own.operator)) {
            let is_many =
                own.operator.quantifier.is_some() || Catalogue::global_key(key).is_some_and(|known| known.kind.many);
            let quantifier = is_many.then_some(Quantifier::ForAnyValue);
            let operator = Operator { base: base.to_owned(), if_exists: false, quantifier };
            let condition = Condition { operator, key: own.key.clone(), values };
            if !bound.contains(&condition) {
                bound.push(condition);
            }
        }
    }
    bound
}

/// The operator that holds for the values that another one names, whether to ask for them or to keep them out.
fn positive(operator: &Operator) -> Option<&'static str> {
    let pairs = [
        ("StringEquals", "StringNotEquals"),
        ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
        ("StringLike", "StringNotLike"),
        ("ArnLike", "ArnNotLike"),
        ("ArnEquals", "ArnNotEquals"),
        ("IpAddress", "NotIpAddress"),
        ("Bool", "Bool"),
    ];
    pairs.into_iter().find(|(own, negated)| operator.is(own) || operator.is(negated)).map(|(own, _)| own)
}

fn denial(principals: Vec<Principal>, condition: Option<Condition>) -> Statement {
    let all = || Match { negated: false, patterns: vec!["*".to_owned()] };
    Statement {
        sid: None,
        effect: Effect::Deny,
        principal: Some(PrincipalMatch { negated: false, principals }),
        action: all(),
        resource: Some(all()),
        conditions: condition.into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::policy::semantics::{Answer, Told};

    fn ask(statements: &Value) -> Answer<Told> {
        let policy =
            Document::from_value(&json!({"Version": "2012-10-17", "Statement": statements})).expect("a policy");
        Question::public(&policy).tell(false)
    }

    fn allow(principal: &Value, condition: &Value) -> Value {
        json!({"Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*",
            "Condition": condition})
    }

    #[test]
    fn strangers_are_told_from_those_who_are_named() {
        let everyone = json!("*");
        for (principal, condition, is_public) in [
            (&everyone, json!({}), true),
            (&json!({"AWS": "*"}), json!({}), true),
            (&json!({"AWS": ["111122223333", "*"]}), json!({}), true),
            (&json!({"AWS": "111122223333"}), json!({}), false),
            (&json!({"AWS": "arn:aws:iam::111122223333:role/lab"}), json!({}), false),
            (&json!({"Service": "cloudfront.amazonaws.com"}), json!({}), false),
            (&json!({"Federated": "cognito-identity.amazonaws.com"}), json!({}), false),
            (&everyone, json!({"StringEquals": {"aws:PrincipalOrgID": "o-lab"}}), false),
            (&everyone, json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-lab"}}), true),
            (&everyone, json!({"StringNotEquals": {"aws:PrincipalOrgID": "o-lab"}}), true),
            (&everyone, json!({"StringLike": {"aws:PrincipalOrgID": "o-*"}}), true),
            (&everyone, json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-lab/r-1/*"}}), false),
            (&everyone, json!({"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-*/r-1/*"}}), true),
            (&everyone, json!({"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-lab/*"}}), true),
            (&everyone, json!({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]}}), false),
            (&everyone, json!({"IpAddress": {"aws:SourceIp": "0.0.0.0/1"}}), true),
            (&everyone, json!({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "::/0"]}}), true),
            (&everyone, json!({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}), true),
            (&everyone, json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}}), false),
            (&everyone, json!({"StringLike": {"aws:SourceVpce": "vpce-*"}}), true),
            (&everyone, json!({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111122223333:lab-*"}}), false),
            (&everyone, json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:lab"}}), true),
            (&everyone, json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}}), false),
            (&everyone, json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/lab"}}), true),
            (&everyone, json!({"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}), false),
            (&everyone, json!({"StringLike": {"aws:userid": "*:lab"}}), true),
            (&everyone, json!({"StringLike": {"aws:Referer": "https://example.org/*"}}), true),
            (&everyone, json!({"StringEquals": {"kms:CallerAccount": "111122223333"}}), false),
            (&everyone, json!({"Bool": {"aws:SecureTransport": "true"}}), true),
            (&everyone, json!({"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}), false),
            (&everyone, json!({"Bool": {"elasticfilesystem:AccessedViaMountTarget": "false"}}), true),
            (&everyone, json!({"StringLike": {"aws:SourceIp": "*"}}), true),
            (&everyone, json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::lab-*"}}), true),
            (&everyone, json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::lab/*"}}), false),
            (&everyone, json!({"StringEquals": {"aws:PrincipalAccount": "anonymous"}}), true),
            (&everyone, json!({"StringEquals": {"aws:userid": "anonymous"}}), true),
            (&everyone, json!({"ForAnyValue:StringEquals": {"aws:PrincipalOrgID": "o-lab"}}), false),
            (&json!({"Federated": "*"}), json!({}), true),
            (&json!({"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}), json!({}), false),
        ] {
            let answer = ask(&allow(principal, &condition));
            let is_as_told = if is_public { !answer.proofs().is_empty() } else { answer.is_pass() };
            assert!(is_as_told, "{principal} {condition}: {answer:#?}");
        }
    }

    #[test]
    fn what_a_variable_says_is_not_told() {
        for key in ["aws:PrincipalAccount", "aws:PrincipalOrgID", "aws:SourceOrgID"] {
            let own = json!({"StringEquals": {key: key.replace("aws:Principal", "${aws:Resource").replace("aws:Source", "${aws:Resource") + "}"}});
            assert!(matches!(ask(&allow(&json!("*"), &own)), Answer::Unknown(_)), "{own}");
        }
    }

    #[test]
    fn a_name_with_a_wildcard_names_nobody() {
        for principal in ["arn:aws:iam::*:root", "arn:aws:iam::111122223333:role/*", "arn:aws:iam::*:role/lab"] {
            let Answer::Unknown(reasons) = ask(&allow(&json!({"AWS": principal}), &json!({}))) else {
                panic!("{principal} is not unknown")
            };
            assert!(reasons.iter().any(|reason| reason.contains(principal)), "{reasons:?}");
        }
    }

    #[test]
    fn denials_count() {
        let outside = |operator: &str| {
            json!({"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
                "Condition": {operator: {"aws:PrincipalOrgID": "o-lab"}}})
        };
        let open = allow(&json!("*"), &json!({}));
        assert!(ask(&json!([open, outside("StringNotEquals")])).is_pass());
        assert!(!ask(&json!([open, outside("StringEquals")])).proofs().is_empty());
    }

    #[test]
    fn everybody_but_one_is_the_public() {
        let statement =
            json!({"Effect": "Allow", "NotPrincipal": {"AWS": "111122223333"}, "Action": "sqs:*", "Resource": "*"});
        assert_eq!(ask(&statement).proofs()[0].statement, 0);
        let trust = json!({"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"});
        assert_eq!(ask(&trust).proofs().len(), 1);
    }
}
