//! A model as JSON again.

use serde_json::{Map, Value, json};

use super::model::{Condition, Document, Effect, Match, Principal, PrincipalMatch, Statement};

/// The JSON of a document; a list of one is written as the one.
#[must_use]
pub fn to_value(document: &Document) -> Value {
    let mut members = Map::new();
    let texts = [("Version", &document.version), ("Id", &document.id)];
    members.extend(texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), json!(text.as_ref()?)))));
    members.insert("Statement".to_owned(), document.statements.iter().map(statement).collect());
    Value::Object(members)
}

fn statement(statement: &Statement) -> Value {
    let mut members = Map::new();
    let mut set = |name: &str, value: Value| members.insert(name.to_owned(), value);
    if let Some(sid) = &statement.sid {
        set("Sid", json!(sid));
    }
    set("Effect", json!(if statement.effect == Effect::Allow { "Allow" } else { "Deny" }));
    if let Some(principal) = &statement.principal {
        set(if principal.negated { "NotPrincipal" } else { "Principal" }, principals(principal));
    }
    set(if statement.action.negated { "NotAction" } else { "Action" }, patterns(&statement.action));
    if let Some(resource) = &statement.resource {
        set(if resource.negated { "NotResource" } else { "Resource" }, patterns(resource));
    }
    if !statement.conditions.is_empty() {
        set("Condition", conditions(&statement.conditions));
    }
    Value::Object(members)
}

fn patterns(list: &Match) -> Value {
    one_or_all(&list.patterns)
}

fn one_or_all(texts: &[String]) -> Value {
    match texts {
        [one] => json!(one),
        all => json!(all),
    }
}

fn principals(list: &PrincipalMatch) -> Value {
    if list.principals == [Principal::Everyone] {
        return json!("*");
    }
    let mut kinds: Vec<(&str, Vec<String>)> = Vec::new();
    for principal in &list.principals {
        let (kind, text) = match principal {
            Principal::Everyone => ("AWS", "*"),
            Principal::Aws(text) => ("AWS", text.as_str()),
            Principal::Service(text) => ("Service", text.as_str()),
            Principal::Federated(text) => ("Federated", text.as_str()),
            Principal::CanonicalUser(text) => ("CanonicalUser", text.as_str()),
        };
        match kinds.iter_mut().find(|(own, _)| *own == kind) {
            Some((_, texts)) => texts.push(text.to_owned()),
            None => kinds.push((kind, vec![text.to_owned()])),
        }
    }
    Value::Object(kinds.into_iter().map(|(kind, texts)| (kind.to_owned(), one_or_all(&texts))).collect())
}

fn conditions(list: &[Condition]) -> Value {
    let mut block = Map::new();
    for condition in list {
        let operator = block.entry(condition.operator.to_string()).or_insert_with(|| json!({}));
        if let Value::Object(keys) = operator {
            keys.insert(condition.key.clone(), one_or_all(&condition.values));
        }
    }
    Value::Object(block)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_as_the_same() {
        let text = r#"{"Version": "2012-10-17", "Id": "i", "Statement": [
            {"Sid": "A", "Effect": "Allow", "Principal": {"AWS": ["1", "2"], "Service": "s"}, "NotAction": "a:*",
             "NotResource": ["x", "y"], "Condition": {"ForAnyValue:StringLikeIfExists": {"k": ["v", "w"], "l": "1"},
             "Bool": {"k": "true"}}},
            {"Effect": "Deny", "NotPrincipal": "*", "Action": ["a:B"], "Resource": []}]}"#;
        let document = Document::from_value(&serde_json::from_str(text).expect("JSON")).expect("a policy");
        assert_eq!(Document::from_value(&to_value(&document)), Ok(document));
    }
}
