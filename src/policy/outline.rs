//! A policy as its text has it, right or wrong: the elements that are there, each with its place.
//!
//! [`super::Document`] is what a policy means, and refuses what is no policy; an [`Outline`] is what lints look at, and
//! takes anything.

use super::kind::{PolicyKind, ResourceType};
use super::model::{Effect, Operator};
use super::syntax::{Member, Node, Span, Text, Value};

/// A document with its elements picked out.
#[derive(Debug)]
pub struct Outline<'a> {
    /// The whole document.
    pub node: &'a Node,
    /// Its elements; empty when it is no object.
    pub members: &'a [Member],
    /// `Version`.
    pub version: Option<&'a Member>,
    /// `Id`.
    pub id: Option<&'a Member>,
    /// `Statement`.
    pub statement: Option<&'a Member>,
    /// The statements that are objects, in their order.
    pub statements: Vec<Statement<'a>>,
}

/// A statement with its elements picked out. Of an element that repeats, the last one counts.
#[derive(Debug)]
pub struct Statement<'a> {
    /// Its place from 0.
    pub index: usize,
    /// `Statement[1]`, or `Statement` when the document has one that is in no list.
    pub path: String,
    /// The whole statement.
    pub node: &'a Node,
    /// Its elements.
    pub members: &'a [Member],
    /// `Sid`.
    pub sid: Option<&'a Member>,
    /// `Effect`, whatever it holds.
    pub effect_member: Option<&'a Member>,
    /// `Effect`, when it is one.
    pub effect: Option<Effect>,
    /// `Principal` or `NotPrincipal`; of both, the former.
    pub principal: Option<PrincipalElement<'a>>,
    /// `Action` or `NotAction`; of both, the former.
    pub action: Option<ListElement<'a>>,
    /// `Resource` or `NotResource`; of both, the former.
    pub resource: Option<ListElement<'a>>,
    /// `Condition`, whatever it holds.
    pub condition_member: Option<&'a Member>,
    /// The lines of the condition block that have the form of one.
    pub conditions: Vec<ConditionLine<'a>>,
}

/// An element that is a string or a list of strings.
#[derive(Debug)]
pub struct ListElement<'a> {
    /// The key with its value.
    pub member: &'a Member,
    /// Whether it is the `Not…` form.
    pub negated: bool,
    /// The strings, in their order; what is no string is left out.
    pub items: Vec<Item<'a>>,
    /// Whether a part of the list is known only to a deployment.
    pub partly_unknown: bool,
}

/// A string of a list, or the only one.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    /// What it says.
    pub text: &'a Text,
    /// Its place in the list; `None` when it is in no list.
    pub index: Option<usize>,
    /// `Statement[1].Action[0]`.
    pub path: String,
}

/// `Principal` or `NotPrincipal`.
#[derive(Debug)]
pub struct PrincipalElement<'a> {
    /// The key with its value.
    pub member: &'a Member,
    /// Whether it is `NotPrincipal`.
    pub negated: bool,
    /// The principals, in their order, with the key they stand under (`AWS`); `None` for a string without one (`"*"`).
    pub items: Vec<(Option<&'a Text>, Item<'a>)>,
    /// Whether a part of it is known only to a deployment.
    pub partly_unknown: bool,
}

/// One key of one operator of a condition block.
#[derive(Debug)]
pub struct ConditionLine<'a> {
    /// The operator as written.
    pub operator_text: &'a Text,
    /// The operator in its parts.
    pub operator: Operator,
    /// The key and its value.
    pub member: &'a Member,
    /// The values: strings, numbers and booleans.
    pub values: Vec<ConditionValue<'a>>,
    /// Whether the values stand in a list.
    pub is_list: bool,
    /// Whether a value is known only to a deployment.
    pub partly_unknown: bool,
    /// `Statement[1].Condition.StringLike.aws:PrincipalArn`.
    pub path: String,
}

/// A value of a condition.
#[derive(Debug)]
pub struct ConditionValue<'a> {
    /// The value as the text has it.
    pub node: &'a Node,
    /// As text: AWS takes numbers and booleans for their text.
    pub text: &'a str,
    /// Its place in the list; `None` when it is in no list.
    pub index: Option<usize>,
    /// `….aws:PrincipalArn[0]`.
    pub path: String,
}

impl<'a> Outline<'a> {
    /// Picks the elements out of a document, whatever it is.
    #[must_use]
    pub fn of(node: &'a Node) -> Self {
        let members = node.object().unwrap_or_default();
        let statement = find(members, "Statement");
        let statements = match statement.map(|member| &member.value) {
            Some(Node { value: Value::Array(list), .. }) => {
                let numbered = list.iter().enumerate();
                numbered.filter_map(|(i, node)| Statement::of(node, i, format!("Statement[{i}]"))).collect()
            }
            Some(node) => Statement::of(node, 0, "Statement".to_owned()).into_iter().collect(),
            None => Vec::new(),
        };
        let (version, id) = (find(members, "Version"), find(members, "Id"));
        Self { node, members, version, id, statement, statements }
    }

    /// Whether a JSON value is meant to be a policy: an object with a `Statement`, or with a `Version` of one.
    #[must_use]
    pub fn is_policy_like(node: &Node) -> bool {
        let has = |name: &str| {
            node.object().is_some_and(|members| members.iter().any(|m| m.key.text.eq_ignore_ascii_case(name)))
        };
        has("Statement") || (has("Version") && has("Id"))
    }

    /// Whether `${…}` is a variable in it rather than plain text.
    #[must_use]
    pub fn has_variables(&self) -> bool {
        self.version.and_then(|member| member.value.text()).is_some_and(|text| text.text == "2012-10-17")
    }

    /// How many characters it has without white space, which is how AWS counts for most quotas.
    #[must_use]
    pub fn size(&self) -> usize {
        size(self.node)
    }

    /// What sort of policy the text itself shows it to be, where nobody says.
    ///
    /// Without a principal it is an identity policy; with one, a trust policy when it is only about assuming a role,
    /// or a resource policy, of the type that its actions tell.
    #[must_use]
    pub fn infer_kind(&self) -> PolicyKind {
        let named = |statement: &Statement<'_>| statement.principal.is_some();
        if !self.statements.iter().any(named) {
            return PolicyKind::Identity;
        }
        let actions = || self.statements.iter().filter_map(|s| s.action.as_ref()).flat_map(|list| &list.items);
        let trust = |action: &str| {
            let action = action.to_ascii_lowercase();
            let beside = ["sts:tagsession", "sts:setsourceidentity", "sts:setcontext", "sts:*"];
            action.starts_with("sts:assumerole") || beside.contains(&&*action)
        };
        let without_resource = self.statements.iter().all(|statement| statement.resource.is_none());
        if without_resource && actions().next().is_some() && actions().all(|item| trust(item.text.as_str())) {
            return PolicyKind::Trust;
        }
        let prefix =
            |item: &Item<'a>| item.text.as_str().split_once(':').map(|(prefix, _)| prefix.to_ascii_lowercase());
        let mut prefixes = actions().map(prefix);
        let first = prefixes.next().flatten();
        let same = first.filter(|first| prefixes.all(|other| other.as_ref() == Some(first)));
        PolicyKind::Resource(same.and_then(|prefix| ResourceType::of_service(&prefix)))
    }
}

impl<'a> Statement<'a> {
    fn of(node: &'a Node, index: usize, path: String) -> Option<Self> {
        let members = node.object()?;
        let list = |plain: &str, not: &str| {
            let (member, negated) = either(members, plain, not)?;
            let path = format!("{path}.{}", member.key.text);
            let mut items = Vec::new();
            let partly_unknown = strings(&member.value, &path, &mut |item| items.push(item));
            Some(ListElement { member, negated, items, partly_unknown })
        };
        let effect_member = find(members, "Effect");
        let effect = match effect_member.and_then(|member| member.value.text()).map(Text::as_str) {
            Some("Allow") => Some(Effect::Allow),
            Some("Deny") => Some(Effect::Deny),
            _ => None,
        };
        let condition_member = find(members, "Condition");
        Some(Self {
            index,
            node,
            members,
            sid: find(members, "Sid"),
            effect_member,
            effect,
            principal: principal(members, &path),
            action: list("Action", "NotAction"),
            resource: list("Resource", "NotResource"),
            condition_member,
            conditions: condition_member.map(|member| conditions(member, &path)).unwrap_or_default(),
            path,
        })
    }

    /// Whether it allows.
    #[must_use]
    pub fn allows(&self) -> bool {
        self.effect == Some(Effect::Allow)
    }

    /// Whether it denies.
    #[must_use]
    pub fn denies(&self) -> bool {
        self.effect == Some(Effect::Deny)
    }

    /// The patterns of `Action`; empty for `NotAction`.
    #[must_use]
    pub fn actions(&self) -> &[Item<'a>] {
        plain(self.action.as_ref())
    }

    /// The patterns of `Resource`; empty for `NotResource`.
    #[must_use]
    pub fn resources(&self) -> &[Item<'a>] {
        plain(self.resource.as_ref())
    }

    /// Its name, if it has one.
    #[must_use]
    pub fn sid_text(&self) -> Option<&'a str> {
        self.sid.and_then(|member| member.value.text()).map(Text::as_str)
    }

    /// The condition lines about a key, in upper or lower case.
    pub fn conditions_on<'s>(&'s self, key: &'s str) -> impl Iterator<Item = &'s ConditionLine<'a>> {
        self.conditions.iter().filter(move |line| line.key().eq_ignore_ascii_case(key))
    }

    /// `Statement[1]`, with its Sid where it has one, for a message.
    #[must_use]
    pub fn label(&self) -> String {
        match self.sid_text().filter(|sid| !sid.is_empty()) {
            Some(sid) => format!("statement {sid:?}"),
            None => format!("statement {}", self.index + 1),
        }
    }
}

impl<'a> ConditionLine<'a> {
    /// The key as written.
    #[must_use]
    pub fn key(&self) -> &'a str {
        self.member.key.as_str()
    }
}

impl ListElement<'_> {
    /// The element's name: `NotAction`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.member.key.as_str()
    }

    /// The place of the value.
    #[must_use]
    pub fn span(&self) -> Span {
        self.member.value.span
    }
}

fn plain<'s, 'a>(list: Option<&'s ListElement<'a>>) -> &'s [Item<'a>] {
    list.filter(|list| !list.negated).map(|list| list.items.as_slice()).unwrap_or_default()
}

fn find<'a>(members: &'a [Member], name: &str) -> Option<&'a Member> {
    members.iter().rev().find(|member| member.key.text == name)
}

fn either<'a>(members: &'a [Member], plain: &str, negated: &str) -> Option<(&'a Member, bool)> {
    find(members, plain).map(|member| (member, false)).or_else(|| Some((find(members, negated)?, true)))
}

/// Gives each string of a value, or the value when it is one; whether some of it is unknown.
fn strings<'a>(node: &'a Node, path: &str, take: &mut impl FnMut(Item<'a>)) -> bool {
    match &node.value {
        Value::String(text) => {
            take(Item { text, index: None, path: path.to_owned() });
            false
        }
        Value::Array(list) => {
            let mut unknown = false;
            for (i, node) in list.iter().enumerate() {
                match &node.value {
                    Value::String(text) => take(Item { text, index: Some(i), path: format!("{path}[{i}]") }),
                    Value::Unknown(_) => unknown = true,
                    _ => {}
                }
            }
            unknown
        }
        Value::Unknown(_) => true,
        _ => false,
    }
}

fn principal<'a>(members: &'a [Member], path: &str) -> Option<PrincipalElement<'a>> {
    let (member, negated) = either(members, "Principal", "NotPrincipal")?;
    let path = format!("{path}.{}", member.key.text);
    let mut items = Vec::new();
    let mut partly_unknown = matches!(member.value.value, Value::Unknown(_));
    if let Some(kinds) = member.value.object() {
        for kind in kinds {
            let path = format!("{path}.{}", kind.key.text);
            partly_unknown |= strings(&kind.value, &path, &mut |item| items.push((Some(&kind.key), item)));
        }
    } else {
        partly_unknown |= strings(&member.value, &path, &mut |item| items.push((None, item)));
    }
    Some(PrincipalElement { member, negated, items, partly_unknown })
}

fn conditions<'a>(member: &'a Member, path: &str) -> Vec<ConditionLine<'a>> {
    let mut lines = Vec::new();
    for operator in member.value.object().unwrap_or_default() {
        for line in operator.value.object().unwrap_or_default() {
            let path = format!("{path}.Condition.{}.{}", operator.key.text, line.key.text);
            let (values, partly_unknown) = condition_values(&line.value, &path);
            lines.push(ConditionLine {
                operator_text: &operator.key,
                operator: Operator::parse(&operator.key.text),
                member: line,
                values,
                is_list: line.value.array().is_some(),
                partly_unknown,
                path,
            });
        }
    }
    lines
}

fn condition_values<'a>(node: &'a Node, path: &str) -> (Vec<ConditionValue<'a>>, bool) {
    let (nodes, is_list) = match &node.value {
        Value::Array(list) => (list.as_slice(), true),
        _ => (std::slice::from_ref(node), false),
    };
    let mut values = Vec::with_capacity(nodes.len());
    let mut unknown = false;
    for (i, node) in nodes.iter().enumerate() {
        let text = match &node.value {
            Value::String(text) => text.as_str(),
            Value::Number(text) => text,
            Value::Bool(true) => "true",
            Value::Bool(false) => "false",
            Value::Unknown(_) => {
                unknown = true;
                continue;
            }
            _ => continue,
        };
        let path = if is_list { format!("{path}[{i}]") } else { path.to_owned() };
        values.push(ConditionValue { node, text, index: is_list.then_some(i), path });
    }
    (values, unknown)
}

/// The characters of a value as compact JSON, without any white space.
fn size(node: &Node) -> usize {
    let string = |text: &str| {
        let visible = text.chars().filter(|c| !c.is_whitespace());
        visible.map(|c| if matches!(c, '"' | '\\') { 2 } else { 1 }).sum::<usize>() + 2
    };
    let between = |count: usize| count.saturating_sub(1);
    match &node.value {
        Value::Null | Value::Bool(true) => 4,
        Value::Bool(false) => 5,
        Value::Number(text) => text.len(),
        Value::Unknown(hole) => hole.expression().len(),
        Value::String(text) => string(&text.text),
        Value::Array(items) => 2 + between(items.len()) + items.iter().map(size).sum::<usize>(),
        Value::Object(members) => {
            let each = members.iter().map(|member| string(&member.key.text) + 1 + size(&member.value));
            2 + between(members.len()) + each.sum::<usize>()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::syntax::{Origin, parse};

    fn outline(source: &str, check: impl FnOnce(&Outline<'_>)) {
        let root = parse(source, &Origin::file()).root.expect("JSON");
        check(&Outline::of(&root));
    }

    #[test]
    fn picks_out_what_is_there() {
        let source = r#"{"Version": "2012-10-17", "Statement": ["x", {"Sid": "A", "Effect": "Allow",
            "Principal": {"AWS": ["1", 2], "Service": "s"}, "NotAction": ["a:*", "b:C"], "Resource": "*",
            "Condition": {"ForAnyValue:StringLikeIfExists": {"k": ["v", 1, true, {}]}, "Bool": 1}}]}"#;
        outline(source, |policy| {
            assert!(policy.has_variables());
            let [statement] = policy.statements.as_slice() else { panic!("{policy:?}") };
            assert_eq!((statement.index, statement.sid_text()), (1, Some("A")));
            assert!(statement.allows() && statement.actions().is_empty());
            let action = statement.action.as_ref().expect("actions");
            assert!(action.negated);
            assert_eq!(action.items[1].path, "Statement[1].NotAction[1]");
            let principal = statement.principal.as_ref().expect("principals");
            let principals: Vec<_> =
                principal.items.iter().map(|(kind, item)| (kind.map(Text::as_str), item.text.as_str())).collect();
            assert_eq!(principals, [(Some("AWS"), "1"), (Some("Service"), "s")]);
            let [line] = statement.conditions.as_slice() else { panic!("{statement:?}") };
            assert_eq!(line.values.iter().map(|value| value.text).collect::<Vec<_>>(), ["v", "1", "true"]);
            assert_eq!(line.values[1].path, "Statement[1].Condition.ForAnyValue:StringLikeIfExists.k[1]");
            assert_eq!(statement.conditions_on("K").count(), 1);
        });
    }

    #[test]
    fn the_text_shows_its_kind() {
        let kind = |statement: &str| {
            let mut kind = None;
            outline(&format!("{{\"Statement\": {statement}}}"), |policy| kind = Some(policy.infer_kind().to_string()));
            kind.unwrap_or_default()
        };
        assert_eq!(kind(r#"{"Action": "s3:*"}"#), "identity policy");
        assert_eq!(kind(r#"{"Principal": "*", "Action": "sts:AssumeRoleWithSAML"}"#), "trust policy");
        assert_eq!(kind(r#"{"Principal": "*", "Action": ["sts:AssumeRole", "sts:SetContext"]}"#), "trust policy");
        assert_eq!(kind(r#"{"Principal": "*", "Action": "s3:GetObject"}"#), "policy of an AWS::S3::Bucket");
        assert_eq!(kind(r#"[{"Principal": "*", "Action": ["s3:A", "kms:B"]}]"#), "resource policy");
    }

    #[test]
    fn size_leaves_white_space_out() {
        outline("{ \"a b\" : [ 1, \"x\\\"\\n\" ],\n\"c\": true }", |policy| {
            assert_eq!(policy.size(), "{\"ab\":[1,\"x\\\"\"],\"c\":true}".len());
        });
    }
}
