//! The model from JSON.

use serde_json::{Map, Value};

use super::{Condition, Document, Effect, Match, NotAPolicy, Operator, Principal, PrincipalMatch, Statement};
use crate::policy::syntax::node::is_hole;

impl Document {
    /// Reads the model from JSON.
    ///
    /// Names of elements are exact, as they are for AWS; an element that policies do not have is an error, because
    /// what it was meant to say would be lost.
    ///
    /// # Errors
    /// [`NotAPolicy`], never a panic, whatever the value is.
    pub fn from_value(value: &Value) -> Result<Self, NotAPolicy> {
        let members = object(value, "the document")?;
        known(members, &["Version", "Id", "Statement"], "the document")?;
        let statements = match members.get("Statement") {
            Some(Value::Array(list)) => list
                .iter()
                .enumerate()
                .map(|(i, statement)| Statement::from_value(statement, &format!("Statement[{i}]")))
                .collect::<Result<_, _>>()?,
            Some(one) => vec![Statement::from_value(one, "Statement")?],
            None => return Err(error("the document", "has no Statement")),
        };
        Ok(Self { version: text(members, "Version", "")?, id: text(members, "Id", "")?, statements })
    }
}

impl Statement {
    fn from_value(value: &Value, place: &str) -> Result<Self, NotAPolicy> {
        let members = object(value, place)?;
        let elements = [
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ];
        known(members, &elements, place)?;
        let effect = match members.get("Effect") {
            Some(Value::String(effect)) if effect == "Allow" => Effect::Allow,
            Some(Value::String(effect)) if effect == "Deny" => Effect::Deny,
            Some(_) => return Err(error(&format!("{place}.Effect"), "is neither \"Allow\" nor \"Deny\"")),
            None => return Err(error(place, "has no Effect")),
        };
        let list =
            |name, negated, value: &Value| Ok(Match { negated, patterns: strings(value, &format!("{place}.{name}"))? });
        let principals = |name, negated, value: &Value| {
            Ok(PrincipalMatch { negated, principals: principals(value, &format!("{place}.{name}"))? })
        };
        Ok(Self {
            sid: text(members, "Sid", place)?,
            effect,
            principal: one_of(members, "Principal", "NotPrincipal", place, principals)?,
            action: one_of(members, "Action", "NotAction", place, list)?
                .ok_or_else(|| error(place, "has neither Action nor NotAction"))?,
            resource: one_of(members, "Resource", "NotResource", place, list)?,
            conditions: match members.get("Condition") {
                Some(block) => conditions(block, &format!("{place}.Condition"))?,
                None => Vec::new(),
            },
        })
    }
}

fn error(place: &str, problem: impl Into<String>) -> NotAPolicy {
    NotAPolicy { place: place.trim_start_matches('.').to_owned(), problem: problem.into() }
}

fn object<'a>(value: &'a Value, place: &str) -> Result<&'a Map<String, Value>, NotAPolicy> {
    value.as_object().ok_or_else(|| error(place, format!("is {}, not an object", kind(value))))
}

fn known(members: &Map<String, Value>, names: &[&str], place: &str) -> Result<(), NotAPolicy> {
    match members.keys().find(|name| !names.contains(&name.as_str())) {
        Some(name) => Err(error(place, format!("has an element {name:?}, which policies do not have"))),
        None => Ok(()),
    }
}

fn text(members: &Map<String, Value>, name: &str, place: &str) -> Result<Option<String>, NotAPolicy> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(error(&format!("{place}.{name}"), format!("is {}, not a string", kind(other)))),
    }
}

/// Reads an element or its negation, of which a statement can have one.
fn one_of<T>(
    members: &Map<String, Value>,
    plain: &'static str,
    negated: &'static str,
    place: &str,
    read: impl Fn(&'static str, bool, &Value) -> Result<T, NotAPolicy>,
) -> Result<Option<T>, NotAPolicy> {
    match (members.get(plain), members.get(negated)) {
        (Some(_), Some(_)) => Err(error(place, format!("has both {plain} and {negated}"))),
        (Some(value), None) => read(plain, false, value).map(Some),
        (None, Some(value)) => read(negated, true, value).map(Some),
        (None, None) => Ok(None),
    }
}

/// One string or a list of strings.
fn strings(value: &Value, place: &str) -> Result<Vec<String>, NotAPolicy> {
    let string = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        other => Err(error(place, format!("holds {}, not a string", kind(other)))),
    };
    match value {
        Value::Array(list) => list.iter().map(string).collect(),
        one => Ok(vec![string(one)?]),
    }
}

fn principals(value: &Value, place: &str) -> Result<Vec<Principal>, NotAPolicy> {
    let members = match value {
        Value::String(text) if text == "*" => return Ok(vec![Principal::Everyone]),
        // Whoever it will be.
        Value::String(text) if is_whole_hole(text) => return Ok(vec![Principal::Aws(text.clone())]),
        Value::Object(members) => members,
        other => return Err(error(place, format!("is {}, neither \"*\" nor an object", kind(other)))),
    };
    let mut all = Vec::new();
    for (name, value) in members {
        let place = format!("{place}.{name}");
        let of_kind: fn(String) -> Principal = match name.as_str() {
            "AWS" => |text| if text == "*" { Principal::Everyone } else { Principal::Aws(text) },
            "Service" => Principal::Service,
            "Federated" => Principal::Federated,
            "CanonicalUser" => Principal::CanonicalUser,
            _ => return Err(error(&place, "is no kind of principal")),
        };
        all.extend(strings(value, &place)?.into_iter().map(of_kind));
    }
    Ok(all)
}

fn conditions(value: &Value, place: &str) -> Result<Vec<Condition>, NotAPolicy> {
    // Whatever it will be: no key is known to have this name.
    if let Value::String(text) = value
        && is_whole_hole(text)
    {
        let operator = Operator::parse("StringEquals");
        return Ok(vec![Condition { operator, key: text.clone(), values: vec![text.clone()] }]);
    }
    let mut all = Vec::new();
    for (operator, keys) in object(value, place)? {
        let place = format!("{place}.{operator}");
        for (key, value) in object(keys, &place)? {
            let place = format!("{place}.{key}");
            let values = match value {
                Value::Array(list) => list.iter().map(|value| scalar(value, &place)).collect::<Result<_, _>>()?,
                one => vec![scalar(one, &place)?],
            };
            all.push(Condition { operator: Operator::parse(operator), key: key.clone(), values });
        }
    }
    Ok(all)
}

/// Whether a text is nothing but a hole.
fn is_whole_hole(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(is_hole) && letters.next().is_none()
}

/// A condition's value: AWS takes numbers and booleans for their text.
fn scalar(value: &Value, place: &str) -> Result<String, NotAPolicy> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        other => Err(error(place, format!("holds {}, not a string", kind(other)))),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::policy::model::Quantifier;

    fn read(value: &Value) -> Result<Document, String> {
        Document::from_value(value).map_err(|error| error.to_string())
    }

    #[test]
    fn reads_every_element_as_one_value_or_a_list() {
        let document = read(&json!({
            "Version": "2012-10-17", "Id": "x",
            "Statement": {
                "Sid": "One", "Effect": "Deny",
                "NotPrincipal": {"AWS": ["*", "111122223333"], "Service": "ec2.amazonaws.com"},
                "NotAction": "s3:*", "NotResource": ["a", "b"],
                "Condition": {
                    "ForAnyValue:StringLikeIfExists": {"aws:TagKeys": ["a", 1, true]},
                    "Bool": {"aws:SecureTransport": false}
                }
            }
        }))
        .expect("a policy");
        let statement = &document.statements[0];
        assert_eq!((statement.sid.as_deref(), statement.effect), (Some("One"), Effect::Deny));
        assert_eq!(statement.action, Match { negated: true, patterns: vec!["s3:*".into()] });
        assert_eq!(statement.resource.as_ref().map(|list| list.patterns.len()), Some(2));
        let principal = statement.principal.as_ref().expect("principals");
        assert!(principal.negated);
        assert_eq!(
            principal.principals,
            [
                Principal::Everyone,
                Principal::Aws("111122223333".into()),
                Principal::Service("ec2.amazonaws.com".into())
            ]
        );
        let condition = &statement.conditions[0];
        assert!(condition.operator.is("stringlike") && condition.operator.if_exists);
        assert_eq!(condition.operator.quantifier, Some(Quantifier::ForAnyValue));
        assert_eq!(condition.operator.to_string(), "ForAnyValue:StringLikeIfExists");
        assert_eq!(condition.values, ["a", "1", "true"]);
        assert!(condition.is_about("AWS:tagkeys"));
        assert_eq!(statement.conditions[1].values, ["false"]);
    }

    #[test]
    fn says_where_something_is_wrong() {
        let statement = |members: Value| json!({"Statement": [members]});
        for (value, expected) in [
            (json!("text"), "not a policy document: the document is a string, not an object"),
            (json!({}), "the document has no Statement"),
            (json!({"Statement": [], "statement": []}), "the document has an element \"statement\""),
            (json!({"Statement": [1]}), "Statement[0] is a number, not an object"),
            (json!({"Version": 2012, "Statement": []}), "Version is a number, not a string"),
            (statement(json!({"Action": "a"})), "Statement[0] has no Effect"),
            (statement(json!({"Effect": "allow"})), "Statement[0].Effect is neither"),
            (statement(json!({"Effect": "Allow"})), "Statement[0] has neither Action nor NotAction"),
            (statement(json!({"Effect": "Allow", "Action": "a", "NotAction": "b"})), "has both Action and NotAction"),
            (statement(json!({"Effect": "Allow", "Action": ["a", null]})), "Statement[0].Action holds null"),
            (statement(json!({"Effect": "Allow", "Action": "a", "Principal": "x"})), "Statement[0].Principal is a str"),
            (
                statement(json!({"Effect": "Allow", "Action": "a", "Principal": {"Aws": "x"}})),
                "Principal.Aws is no kind",
            ),
            (
                statement(json!({"Effect": "Allow", "Action": "a", "Condition": {"Bool": {"k": {}}}})),
                "Statement[0].Condition.Bool.k holds an object",
            ),
        ] {
            let error = read(&value).expect_err(&value.to_string());
            assert!(error.contains(expected), "{error}");
        }
    }

    /// Puts odd values in every place of a document, alone and in pairs.
    #[test]
    fn no_value_makes_it_panic() {
        let odd = [
            json!(null),
            json!(true),
            json!(-1.5e300),
            json!(""),
            json!("*"),
            json!("\u{0}é${"),
            json!([]),
            json!([[]]),
            json!({}),
            json!({"": {"": [null]}}),
            json!({"Effect": "Allow"}),
        ];
        let names = [
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ];
        let mut tried = 0;
        for value in &odd {
            for other in &odd {
                for name in names {
                    let mut statement = json!({"Effect": "Allow", "Action": "a", "Resource": "*"});
                    statement[name] = value.clone();
                    let _ = read(&json!({"Version": other, "Statement": statement}));
                    statement["Condition"] = json!({"IfExists": other, "ForAllValues:": {"é": value}});
                    let _ = read(&json!({"Statement": [statement, other]}));
                    tried += 2;
                }
            }
            let _ = read(value);
            let _ = read(&json!({"Statement": value}));
        }
        assert_eq!(tried, 2 * 11 * 11 * 9);
    }

    #[test]
    fn operators_are_cut_into_their_parts() {
        let parts = |text| {
            let operator = Operator::parse(text);
            (operator.base.clone(), operator.if_exists, operator.is_negated(), operator.holds_without_the_key())
        };
        assert_eq!(parts("StringEquals"), ("StringEquals".into(), false, false, false));
        assert_eq!(parts("stringnotlikeifexists"), ("stringnotlike".into(), true, true, true));
        assert_eq!(parts("NotIpAddress"), ("NotIpAddress".into(), false, true, true));
        assert_eq!(parts("ForAllValues:StringLike"), ("StringLike".into(), false, false, true));
        assert_eq!(parts("IfExists"), ("IfExists".into(), false, false, false));
        assert_eq!(parts("éIfExists"), ("é".into(), true, false, true));
    }
}
