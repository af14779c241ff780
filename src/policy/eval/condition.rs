//! Whether the conditions of a statement hold for a request.

use super::super::model::{Condition, Quantifier};
use super::values::Comparison;
use super::variables::{Reading, substitute, unset};
use super::{Context, Doubt, Found, Truth, Values};

/// Whether all conditions hold; those of an empty block do.
///
/// `has_variables` says whether the policy's version replaces `${…}`.
#[must_use]
pub fn all_hold(conditions: &[Condition], context: &Context, has_variables: bool) -> Truth {
    Truth::all(conditions.iter().map(|condition| holds(condition, context, has_variables)))
}

/// Whether one condition holds: one operator, one key, its values.
#[must_use]
pub fn holds(condition: &Condition, context: &Context, has_variables: bool) -> Truth {
    let operator = &condition.operator;
    if operator.is("Null") {
        return null(condition, context);
    }
    let Some((comparison, is_negated)) = Comparison::of(&operator.base) else {
        return Truth::unknown(Doubt::Other(format!("the condition operator {operator} is not known")));
    };
    let values = match context.get(&condition.key) {
        Found::NotGiven => return Truth::unknown(Doubt::Key(condition.key.clone())),
        Found::Absent => &[],
        Found::Present(values) => {
            if operator.quantifier.is_none() && matches!(values, Values::Many(_)) {
                return Truth::unknown(Doubt::Other(format!(
                    "{} may have several values, which {operator} does not compare without ForAllValues or ForAnyValue",
                    condition.key
                )));
            }
            // A set of nothing but an empty text counts as none.
            match values.as_slice() {
                [only] if only.is_empty() && operator.quantifier.is_some() => &[],
                values => values,
            }
        }
    };
    let matches = |value: &String| matches(condition, (comparison, is_negated), value, context, has_variables);
    let each = |value: &String| if is_negated { matches(value).negated() } else { matches(value) };
    match operator.quantifier {
        // Nothing to compare: the key is absent, or has an empty list.
        None | Some(Quantifier::ForAnyValue) if values.is_empty() && operator.if_exists => Truth::Yes,
        None if values.is_empty() => is_negated.into(),
        Some(Quantifier::ForAllValues) => Truth::all(values.iter().map(each)),
        None | Some(Quantifier::ForAnyValue) => Truth::any(values.iter().map(each)),
    }
}

/// Whether a value of the request matches any value of the condition.
fn matches(
    condition: &Condition,
    (comparison, is_negated): (Comparison, bool),
    value: &str,
    context: &Context,
    has_variables: bool,
) -> Truth {
    Truth::any(condition.values.iter().map(|own| {
        if !comparison.takes_variables() {
            return comparison.matches(own, value).into();
        }
        let reading = if comparison.takes_patterns() { Reading::Pattern } else { Reading::Plain };
        match substitute(own, context, has_variables, reading) {
            Ok(Some(own)) => comparison.matches(&own, value).into(),
            // A variable without a value equals nothing; whether it then differs from everything, AWS does not say.
            Ok(None) if is_negated => Truth::unknown(unset(own)),
            Ok(None) => Truth::No,
            Err(doubt) => Truth::unknown(doubt),
        }
    }))
}

/// `Null`: whether the key is absent (`true`) or there (`false`).
fn null(condition: &Condition, context: &Context) -> Truth {
    let is_absent = match context.get(&condition.key) {
        Found::NotGiven => return Truth::unknown(Doubt::Key(condition.key.clone())),
        Found::Absent => true,
        Found::Present(values) => values.as_slice().is_empty(),
    };
    Truth::any(condition.values.iter().map(|value| match value {
        _ if value.eq_ignore_ascii_case("true") => is_absent.into(),
        _ if value.eq_ignore_ascii_case("false") => (!is_absent).into(),
        _ => Truth::unknown(Doubt::Other(format!("Null takes true or false, not {value:?}"))),
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::policy::Document;

    fn block(condition: &Value) -> Vec<Condition> {
        let value = json!({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": condition}});
        Document::from_value(&value).expect("a policy").statements.remove(0).conditions
    }

    fn context() -> Context {
        let mut context = Context::complete();
        context.set_one("k", "a");
        context.set_one("blank", "");
        context.set("many", Values::Many(vec!["a".into(), "b".into()]));
        context.set("empty", Values::Many(Vec::new()));
        context
    }

    #[test]
    fn absent_keys_and_sets_are_judged_as_documented() {
        for (condition, expected) in [
            (json!({"StringEquals": {"K": ["x", "a"]}}), true),
            (json!({"StringNotEquals": {"k": ["x", "a"]}}), false),
            (json!({"StringEquals": {"no": "a"}}), false),
            (json!({"StringEqualsIfExists": {"no": "a"}}), true),
            (json!({"StringEqualsIfExists": {"k": "x"}}), false),
            (json!({"StringNotEquals": {"no": "a"}}), true),
            (json!({"Bool": {"no": "false"}}), false),
            (json!({"Null": {"no": "true", "k": "false"}}), true),
            (json!({"Null": {"empty": "true"}}), true),
            (json!({"ForAllValues:StringEquals": {"many": ["a", "b", "c"]}}), true),
            (json!({"ForAllValues:StringEquals": {"many": "a"}}), false),
            (json!({"ForAllValues:StringEquals": {"no": "a", "empty": "a"}}), true),
            (json!({"ForAllValues:StringNotEquals": {"many": "c"}}), true),
            (json!({"ForAnyValue:StringEquals": {"many": "b"}}), true),
            (json!({"ForAnyValue:StringEquals": {"no": "a"}}), false),
            (json!({"ForAnyValue:StringNotEquals": {"no": "a"}}), false),
            (json!({"ForAnyValue:StringEqualsIfExists": {"no": "a"}}), true),
            (json!({"ForAnyValue:StringNotEquals": {"many": "a"}}), true),
            (json!({"ForAnyValue:StringNotEquals": {"many": ["a", "b"]}}), false),
            (json!({"ForAnyValue:StringLike": {"k": "*"}}), true),
            (json!({"ForAllValues:StringEquals": {"blank": "a"}}), true),
            (json!({"ForAnyValue:StringEquals": {"blank": ""}}), false),
            (json!({"StringEquals": {"blank": ""}}), true),
            (json!({"StringEquals": {"k": "${no}"}}), false),
            (json!({"StringEquals": {"k": "${no, 'a'}"}}), true),
            (json!({"StringEquals": {"k": "a"}, "StringLike": {"k": "b*"}}), false),
            (json!({}), true),
        ] {
            assert_eq!(all_hold(&block(&condition), &context(), true), expected.into(), "{condition}");
        }
    }

    #[test]
    fn what_is_not_understood_is_not_known() {
        for condition in [
            json!({"StringMatches": {"k": "a"}}),
            json!({"StringEquals": {"many": "a"}}),
            json!({"NumericEquals": {"k": "1"}}),
            json!({"Null": {"k": "maybe"}}),
            json!({"StringNotEquals": {"k": "${no}"}}),
        ] {
            assert!(!all_hold(&block(&condition), &context(), true).doubts().is_empty(), "{condition}");
        }
        let open = all_hold(&block(&json!({"StringEqualsIfExists": {"aws:x": "1"}})), &Context::open(), true);
        assert_eq!(open, Truth::unknown(Doubt::Key("aws:x".into())));
    }
}
