//! From a policy that was found to what it means, or to the reason why that cannot be told.

use super::{FoundPolicy, duplicates};
use crate::policy::model::{Document, Match};
use crate::policy::outline::Outline;
use crate::policy::syntax::node::show_holes;
use crate::policy::syntax::{Hole, Node, Span, Value};

/// Why a policy that was found cannot be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unjudged {
    /// Where, if it is at one place.
    pub span: Option<Span>,
    /// What is wrong.
    pub message: String,
    /// Whether nothing is wrong, and too little is known before a deployment.
    pub is_unknown: bool,
}

impl Unjudged {
    fn wrong(span: Option<Span>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), is_unknown: false }
    }

    fn unknown(span: Option<Span>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), is_unknown: true }
    }
}

impl FoundPolicy {
    /// What it means. A text of it may have holes ([`super::super::syntax::node::is_hole`]).
    ///
    /// # Errors
    /// [`Unjudged`] when it is no policy, or one that IAM would not take, or when nothing can be said of it before a
    /// deployment.
    pub fn document(&self) -> Result<Document, Unjudged> {
        if let Some(error) = self.parsed.errors.first() {
            return Err(Unjudged::wrong(Some(error.span), error.message.clone()));
        }
        let Some(root) = &self.parsed.root else { return Err(Unjudged::wrong(None, "is empty")) };
        if let Some(key) = duplicates::first_duplicate(root) {
            return Err(Unjudged::wrong(Some(key.span), duplicates::message(key)));
        }
        if let Some(doubt) = &self.doubt {
            return Err(Unjudged::unknown(Some(root.span), doubt.clone()));
        }
        let root = self.meant.as_ref().unwrap_or(root);
        if let Value::Unknown(hole) = root.value {
            let expression = show_holes(&hole.expression());
            return Err(Unjudged::unknown(
                Some(root.span),
                format!("the policy is {expression}, whose value is not known here"),
            ));
        }
        let json = root.to_json_with_holes();
        if json.to_string().chars().filter_map(Hole::from_letter).any(Hole::is_shared) {
            return Err(Unjudged::unknown(
                None,
                "there are more expressions than can be told apart; judge fewer files",
            ));
        }
        let document = Document::from_value(&json).map_err(|error| match self.unknowns.first() {
            Some(part) => {
                Unjudged::unknown(Some(part.span), format!("{} is known only to a deployment", part.expression))
            }
            None => Unjudged::wrong(None, show_holes(&error.to_string())),
        })?;
        check(&document, root)?;
        Ok(document)
    }
}

impl FoundPolicy {
    /// Its text with holes, also where it cannot be told what it means: equal texts mean the same.
    #[must_use]
    pub fn text(&self) -> serde_json::Value {
        self.meant.as_ref().or(self.parsed.root.as_ref()).map(Node::to_json_with_holes).unwrap_or_default()
    }
}

/// Whether IAM would take it: what it refuses has no meaning.
fn check(document: &Document, root: &Node) -> Result<(), Unjudged> {
    let outline = Outline::of(root);
    let version_span = outline.version.map(|member| member.value.span);
    match document.version.as_deref() {
        None | Some("2012-10-17" | "2008-10-17") => {}
        Some(version) if Hole::are_in(version) => {
            let message = format!("Version is {}: it decides whether variables are any", show_holes(version));
            return Err(Unjudged::unknown(version_span, message));
        }
        Some(version) => {
            let message = format!("Version {version:?} is none that IAM knows: 2012-10-17 or 2008-10-17");
            return Err(Unjudged::wrong(version_span, message));
        }
    }
    for (index, statement) in document.statements.iter().enumerate() {
        let place = outline.statements.iter().find(|own| own.index == index);
        let of = |span: Option<Span>, problem: &str| {
            let span = span.or_else(|| place.map(|own| own.node.span));
            Err(Unjudged::wrong(span, format!("statement {} {problem}", index + 1)))
        };
        if let Some(problem) = no_list(&statement.action, "action").or_else(|| no_action(&statement.action)) {
            return of(place.and_then(|own| own.action.as_ref()).map(|own| own.member.value.span), &problem);
        }
        if let Some(problem) = statement.resource.as_ref().and_then(|list| no_list(list, "resource")) {
            return of(place.and_then(|own| own.resource.as_ref()).map(|own| own.member.value.span), &problem);
        }
        if statement.principal.as_ref().is_some_and(|element| element.principals.is_empty()) {
            return of(
                place.and_then(|own| own.principal.as_ref()).map(|own| own.member.value.span),
                "names no principal",
            );
        }
    }
    Ok(())
}

/// What is wrong with a list in which there is nothing.
fn no_list(list: &Match, of: &str) -> Option<String> {
    if list.patterns.is_empty() {
        return Some(format!("names no {of}"));
    }
    list.patterns.iter().any(String::is_empty).then(|| format!("names an empty {of}"))
}

/// What is wrong with an action that is none: `s3` without a colon.
fn no_action(list: &Match) -> Option<String> {
    let is_none = |pattern: &&String| *pattern != "*" && !pattern.contains(':') && !Hole::are_in(pattern);
    let wrong = list.patterns.iter().find(is_none)?;
    Some(format!("has the action {wrong:?}, which looks like none: s3:GetObject, s3:* or *"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::policy::input::read;

    fn judge(name: &str, source: &str) -> Result<Document, Unjudged> {
        read(Path::new(name), source.as_bytes(), None).policies[0].document()
    }

    #[test]
    fn what_iam_refuses_is_no_policy() {
        let statement = r#""Effect": "Allow", "Resource": "*""#;
        for (members, expected) in [
            (r#""Version": "2012-10-18", "Statement": []"#.to_owned(), "Version \"2012-10-18\" is none"),
            (format!(r#""Statement": [{{{statement}, "Action": "s3"}}]"#), "statement 1 has the action \"s3\""),
            (format!(r#""Statement": [{{{statement}, "Action": []}}]"#), "statement 1 names no action"),
            (format!(r#""Statement": [{{{statement}, "NotAction": []}}]"#), "statement 1 names no action"),
            (format!(r#""Statement": [{{{statement}, "Action": ["s3:*", ""]}}]"#), "statement 1 names an empty action"),
            (
                r#""Statement": [{"Effect": "Deny", "Action": "*", "Resource": []}]"#.to_owned(),
                "statement 1 names no resource",
            ),
            (format!(r#""Statement": [{{{statement}, "Action": "*", "Principal": {{}}}}]"#), "names no principal"),
            (
                format!(r#""Statement": [{{{statement}, "Action": "s3:*", "Action": "*"}}]"#),
                "the key \"Action\" stands",
            ),
        ] {
            let error = judge("p.json", &format!("{{{members}}}")).expect_err(&members);
            assert!(!error.is_unknown && error.message.contains(expected), "{members}: {error:?}");
            assert!(error.span.is_some());
        }
    }

    #[test]
    fn holes_that_decide_all_are_unknown() {
        for (name, source) in [
            ("p.tf", "resource \"aws_iam_policy\" \"a\" {\n  policy = var.policy\n}\n"),
            (
                "p.tf",
                "resource \"aws_iam_policy\" \"a\" {\n  policy = jsonencode({ Version = var.v, Statement = [] })\n}\n",
            ),
        ] {
            let error = judge(name, source).expect_err(source);
            assert!(error.is_unknown && !error.message.contains('\u{100000}'), "{error:?}");
        }
    }
}
