use std::collections::HashMap;

use crate::lint::prelude::*;
use crate::policy::outline::ConditionValue;
use crate::policy::pattern::{Dialect, covers, covers_field, is_star};

const DOCS: &str = "\
## What it finds

Actions, resources and numbers that another pattern of the same list takes in, and statements that another statement
of the same effect takes in.

## Why it matters

They do nothing, but a reader must find that out, and whoever narrows the wide pattern later does not notice that the
narrow one stays.

## How to fix it

Remove what is taken in; or, if only that was meant, remove the wide pattern.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "redundant",
    docs: DOCS,
    note: "iam-policies#wildcards",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html",
    ],
    since: "0.1.0",
    lints: &[&ACTION, &RESOURCE, &STATEMENT, &NUMBER, &WILDCARD_KEY, &WILDCARD_STATEMENT],
    check,
};

static ACTION: Lint = Lint::aws(
    "REDUNDANT_ACTION",
    "An action is taken in by another",
    Level::Suggestion,
    &[
        Example::bad(
            "by a wildcard",
            r#"{"Effect": "Allow", "Action": ["s3:Get*", "s3:GetObject", "s3:ListBucket"], "Resource": "*"}"#,
            &[r#""s3:GetObject""#],
        ),
        Example::bad(
            "twice",
            r#"{"Effect": "Allow", "Action": ["s3:GetObject", "S3:getobject"], "Resource": "*"}"#,
            &[r#""S3:getobject""#],
        ),
        Example::good("none", r#"{"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"}"#),
    ],
);

static RESOURCE: Lint = Lint::aws(
    "REDUNDANT_RESOURCE",
    "A resource is taken in by another",
    Level::Suggestion,
    &[
        Example::bad(
            "by a wildcard",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::lab/*", "arn:aws:s3:::lab/a/*"]}"#,
            &[r#""arn:aws:s3:::lab/a/*""#],
        ),
        Example::good(
            "a bucket and its objects",
            r#"{"Effect": "Allow", "Action": "s3:*", "Resource": ["arn:aws:s3:::lab", "arn:aws:s3:::lab/*"]}"#,
        ),
    ],
);

static STATEMENT: Lint = Lint::aws(
    "REDUNDANT_STATEMENT",
    "A statement says the same as another",
    Level::Suggestion,
    &[
        Example::bad(
            "twice",
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, {"Sid": "Again", "Action": "s3:*", "Effect": "Allow", "Resource": "*"}]}"#,
            &[r#"{"Sid": "Again", "Action": "s3:*", "Effect": "Allow", "Resource": "*"}"#],
        ),
        Example::good(
            "a condition makes the difference",
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::lab/*"}]}"#,
        ),
    ],
);

static NUMBER: Lint = Lint::aws(
    "REDUNDANT_CONDITION_VALUE_NUM",
    "A number is taken in by another",
    Level::Suggestion,
    &[
        Example::bad(
            "less than both",
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"NumericLessThan": {"s3:max-keys": ["10", "20"]}}}"#,
            &[r#""10""#],
        ),
        Example::good(
            "one",
            r#"{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*", "Condition": {"NumericLessThan": {"s3:max-keys": "10"}}}"#,
        ),
    ],
);

static WILDCARD_KEY: Lint = Lint::aws(
    "REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION",
    "A condition that a * makes always true when its key is there twice",
    Level::Suggestion,
    &[
        Example::bad(
            "a star beside a narrower value",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalTag/team": ["*", "lab-*"]}}}"#,
            &[r#""aws:PrincipalTag/team""#],
        ),
        Example::good(
            "only the star",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringLike": {"aws:PrincipalTag/team": "*"}}}"#,
        ),
    ],
);

static WILDCARD_STATEMENT: Lint = Lint::aws(
    "REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION",
    "A condition that can never hold because of a *",
    Level::Suggestion,
    &[
        Example::bad(
            "StringNotLike with a star among its values",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringNotLike": {"aws:PrincipalTag/team": ["*", "lab"]}}}"#,
            &[r#""aws:PrincipalTag/team""#],
        ),
        Example::good(
            "without",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringNotLike": {"aws:PrincipalTag/team": ["lab"]}}}"#,
        ),
    ],
);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        list(&ACTION, Dialect::Action, statement, statement.action.as_ref(), findings);
        list(&RESOURCE, Dialect::Arn, statement, statement.resource.as_ref(), findings);
        for line in &statement.conditions {
            numbers(statement, line, findings);
            wildcards(statement, line, findings);
        }
    }
    statements(subject, findings);
}

/// One finding for each wide pattern, with all that it takes in, and one for what stands twice.
fn list(
    lint: &'static Lint,
    dialect: Dialect,
    statement: &Statement<'_>,
    list: Option<&ListElement<'_>>,
    findings: &mut Findings<'_>,
) {
    let Some(list) = list.filter(|list| list.items.len() > 1) else { return };
    let mut taken = vec![false; list.items.len()];
    let mut report = |wide: &Item<'_>, narrow: &[usize]| {
        let Some(first) = narrow.first().and_then(|place| list.items.get(*place)) else { return };
        let message = match narrow.len() {
            1 => format!("{:?} is taken in by {:?}", first.text.as_str(), wide.text.as_str()),
            n => format!("{:?} and {} more are taken in by {:?}", first.text.as_str(), n - 1, wide.text.as_str()),
        };
        let mut draft = findings.report(lint, statement, first, message);
        for place in &narrow[1..] {
            draft = draft.also(list.items[*place].text.span);
        }
        draft.also(wide.text.span).help("remove what is taken in, or the wide pattern if it was not meant");
    };
    for (i, wide) in list.items.iter().enumerate() {
        if taken[i] || !wide.text.as_str().contains(['*', '?']) {
            continue;
        }
        let narrow: Vec<usize> = (0..list.items.len())
            .filter(|j| *j != i && !taken[*j])
            .filter(|j| takes_in(dialect, wide.text.as_str(), list.items[*j].text.as_str(), *j > i))
            .collect();
        for j in &narrow {
            taken[*j] = true;
        }
        report(wide, &narrow);
    }
    let mut seen: HashMap<String, (usize, Vec<usize>)> = HashMap::new();
    for (i, item) in list.items.iter().enumerate().filter(|(i, _)| !taken[*i]) {
        let text = item.text.as_str();
        let key = if dialect == Dialect::Action { text.to_ascii_lowercase() } else { text.to_owned() };
        match seen.get_mut(&key) {
            Some((_, twins)) => twins.push(i),
            None => {
                seen.insert(key, (i, Vec::new()));
            }
        }
    }
    let mut twins: Vec<_> = seen.into_values().filter(|(_, twins)| !twins.is_empty()).collect();
    twins.sort_unstable();
    for (first, twins) in &twins {
        report(&list.items[*first], twins);
    }
}

/// Of two patterns that take each other in, the first one counts.
fn takes_in(dialect: Dialect, wide: &str, narrow: &str, behind: bool) -> bool {
    let first = |text: &str| text.split_once(':').map(|(service, _)| service.to_ascii_lowercase());
    if dialect == Dialect::Action
        && let (Some(a), Some(b)) = (first(wide), first(narrow))
        && !a.contains(['*', '?'])
        && a != b
    {
        return false;
    }
    let covers = |a, b| match dialect {
        Dialect::Action => covers(dialect, a, b),
        // AWS matches the whole text of an ARN here, so that a * runs across colons.
        Dialect::Arn => covers_field(a, b),
    };
    covers(wide, narrow) && (behind || !covers(narrow, wide))
}

fn numbers(statement: &Statement<'_>, line: &ConditionLine<'_>, findings: &mut Findings<'_>) {
    let base = line.operator.base.to_ascii_lowercase();
    let (less, greater) = (base.starts_with("numericlessthan"), base.starts_with("numericgreaterthan"));
    if !(less || greater) || line.values.len() < 2 {
        return;
    }
    let number = |value: &ConditionValue<'_>| value.text.parse::<f64>().ok();
    let all: Option<Vec<f64>> = line.values.iter().map(number).collect();
    let Some(all) = all else { return };
    let widest =
        if less { all.iter().copied().fold(f64::MIN, f64::max) } else { all.iter().copied().fold(f64::MAX, f64::min) };
    let mut narrow = line.values.iter().zip(&all).filter(|(_, number)| (**number - widest).abs() > f64::EPSILON);
    if let Some((value, _)) = narrow.next() {
        let message = format!("{:?} says nothing beside {widest}", value.text);
        narrow
            .fold(findings.report(&NUMBER, statement, value, message), |draft, (other, _)| draft.also(other.node.span));
    }
}

fn wildcards(statement: &Statement<'_>, line: &ConditionLine<'_>, findings: &mut Findings<'_>) {
    if line.values.len() < 2
        || line.operator.quantifier.is_some()
        || !line.values.iter().any(|value| is_star(value.text))
    {
        return;
    }
    if line.operator.is("StringLike") {
        let message = format!("\"*\" among the values of {:?} makes the others say nothing", line.key());
        findings.report(&WILDCARD_KEY, statement, line, message).help("remove \"*\", or the others");
    } else if line.operator.is("StringNotLike") {
        let message = format!("\"*\" among the values of {:?} makes the others say nothing", line.key());
        findings.report(&WILDCARD_STATEMENT, statement, line, message).help("remove \"*\", or the others");
    }
}

fn statements(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let all = &subject.policy.statements;
    for (i, later) in all.iter().enumerate() {
        let sizes = |a: &Statement<'_>, b: &Statement<'_>| {
            let count = |statement: &Statement<'_>| statement.action.as_ref().map(|list| list.items.len());
            count(a) == count(b)
        };
        if let Some(first) = all[..i].iter().find(|first| sizes(first, later) && says_the_same(first, later)) {
            let message = format!("{} says the same as {}", later.label(), first.label());
            findings.report(&STATEMENT, later, later, message).also(first.node.span).help("remove it");
        }
    }
}

/// Whether two statements say the same but for their Sid. A wider one beside a narrower one is not reported: they mostly
/// come from different templates, and each is right by itself.
fn says_the_same(a: &Statement<'_>, b: &Statement<'_>) -> bool {
    let said = |statement: &Statement<'_>| {
        let members = statement.members.iter().filter(|member| member.key.as_str() != "Sid");
        let mut said: Vec<_> = members.map(|member| (member.key.as_str().to_owned(), member.value.to_json())).collect();
        said.sort_by(|a, b| a.0.cmp(&b.0));
        said
    };
    let certain = |statement: &Statement<'_>| {
        let lists = [&statement.action, &statement.resource];
        lists.iter().all(|list| list.as_ref().is_none_or(|list| !list.partly_unknown))
            && statement.conditions.iter().all(|line| !line.partly_unknown)
            && statement.principal.as_ref().is_none_or(|principal| !principal.partly_unknown)
    };
    a.effect.is_some() && a.effect == b.effect && certain(a) && said(a) == said(b)
}
