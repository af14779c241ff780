use crate::lint::prelude::*;
use crate::policy::pattern::{Dialect, covers};

const DOCS: &str = "\
## What it finds

Statements that can never make a difference: conditions that contradict each other, an `Allow` all of which the same
document denies, a `Deny` that another one takes in, and statements that could be one.

## Why it matters

What somebody meant to allow does not work, and a reader is misled.

## How to fix it

Remove the statement, or the one that takes it in.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "never_applies",
    docs: DOCS,
    note: "iam-policies#how-a-request-is-decided",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html"],
    since: "0.1.0",
    lints: &[&CONTRADICTION, &DENIED, &SHADOWED, &SHORTER],
    check,
};

static CONTRADICTION: Lint = Lint::own(
    "STATEMENT_NEVER_APPLIES",
    "Conditions contradict each other",
    Level::Warning,
    &[
        Example::bad(
            "absent and equal",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Null": {"aws:SourceVpc": "true"}, "StringEquals": {"aws:SourceVpc": "vpc-1a2b3c4d"}}}"#,
            &[r#""aws:SourceVpc""#],
        ),
        Example::bad(
            "two values",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceVpc": "vpc-1a2b3c4d"}, "StringEqualsIgnoreCase": {"aws:SourceVpc": "vpc-11112222"}}}"#,
            &[r#""aws:SourceVpc""#],
        ),
        Example::good(
            "present and equal",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"Null": {"aws:SourceVpc": "false"}, "StringEquals": {"aws:SourceVpc": "vpc-1a2b3c4d"}}}"#,
        ),
    ],
);

static DENIED: Lint = Lint::own(
    "DENY_SHADOWS_ALLOW",
    "All that is allowed is denied in the same document",
    Level::Warning,
    &[
        Example::bad(
            "denied",
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}, {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}"#,
            &[r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#],
        ),
        Example::good(
            "a part is denied",
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, {"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}]}"#,
        ),
    ],
);

static SHADOWED: Lint = Lint::own(
    "SHADOWED_DENY",
    "A Deny is taken in by another",
    Level::Suggestion,
    &[
        Example::bad(
            "twice",
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}, {"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}]}"#,
            &[r#"{"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}"#],
        ),
        Example::good(
            "another action",
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}, {"Effect": "Deny", "Action": "sqs:*", "Resource": "*"}]}"#,
        ),
    ],
);

static SHORTER: Lint = Lint::own(
    "POLICY_CAN_BE_SHORTER",
    "Two statements could be one",
    Level::Suggestion,
    &[
        Example::bad("the same resource", r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}, {"Effect": "Allow", "Action": "s3:List*", "Resource": "*"}]}"#, &[r#"{"Effect": "Allow", "Action": "s3:List*", "Resource": "*"}"#]),
        Example::good("another resource", r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}, {"Effect": "Allow", "Action": "s3:List*", "Resource": "arn:aws:s3:::b"}]}"#),
    ],
).opt_in("two statements often say it more clearly");

/// Beyond so many statements, comparing each with each is not worth the time; no policy that AWS takes has them.
const MOST_STATEMENTS: usize = 200;

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let all = &subject.policy.statements;
    for statement in all {
        contradictions(statement, findings);
    }
    if all.len() > MOST_STATEMENTS {
        return;
    }
    for (i, statement) in all.iter().enumerate() {
        let wide =
            |deny: &&Statement<'_>| deny.denies() && deny.condition_member.is_none() && takes_in(deny, statement);
        if statement.allows() {
            if let Some(deny) = all.iter().find(wide) {
                let message = format!("{} denies all that {} allows", deny.label(), statement.label());
                findings.report(&DENIED, statement, statement, message).also(deny.node.span).help("remove one of them");
            }
        } else if statement.denies()
            && let Some((_, deny)) =
                all.iter().enumerate().find(|(j, deny)| *j != i && wide(deny) && (*j < i || !takes_in(statement, deny)))
        {
            let message = format!("{} denies all that {} denies", deny.label(), statement.label());
            findings.report(&SHADOWED, statement, statement, message).also(deny.node.span).help("remove it");
        }
        if findings.wants(&SHORTER)
            && let Some(first) = all[..i].iter().find(|first| differ_in_actions_only(first, statement))
        {
            let message = format!("{} and {} differ in their actions only", first.label(), statement.label());
            findings
                .report(&SHORTER, statement, statement, message)
                .also(first.node.span)
                .help("put the actions of both into one");
        }
    }
}

fn contradictions(statement: &Statement<'_>, findings: &mut Findings<'_>) {
    let lines: Vec<_> =
        statement.conditions.iter().filter(|line| !line.partly_unknown && line.operator.quantifier.is_none()).collect();
    for (i, line) in lines.iter().enumerate() {
        let twin =
            lines[..i].iter().find(|other| other.key().eq_ignore_ascii_case(line.key()) && contradict(other, line));
        if let Some(twin) = twin {
            let message = format!(
                "no request satisfies both conditions on {:?}, so that {} never applies",
                line.key(),
                statement.label()
            );
            findings
                .report(&CONTRADICTION, statement, *line, message)
                .also(twin.member.key.span)
                .help("remove one of them");
        }
    }
}

fn contradict(a: &ConditionLine<'_>, b: &ConditionLine<'_>) -> bool {
    let absent = |line: &ConditionLine<'_>| {
        line.operator.is("Null")
            && line.values.iter().all(|v| v.text.eq_ignore_ascii_case("true"))
            && !line.values.is_empty()
    };
    let demands = |line: &ConditionLine<'_>| {
        !line.operator.holds_without_the_key() && !line.operator.is("Null") && !line.values.is_empty()
    };
    if (absent(a) && demands(b)) || (absent(b) && demands(a)) {
        return true;
    }
    let exact = |line: &ConditionLine<'_>| {
        let equals =
            ["StringEquals", "StringEqualsIgnoreCase", "Bool"].iter().any(|operator| line.operator.is(operator));
        equals
            && !line.operator.if_exists
            && !line.values.is_empty()
            && !line.values.iter().any(|value| value.text.contains("${"))
    };
    exact(a) && exact(b) && !a.values.iter().any(|x| b.values.iter().any(|y| x.text.eq_ignore_ascii_case(y.text)))
}

/// Whether all requests of one statement are requests of another, which has no condition.
fn takes_in(wide: &Statement<'_>, narrow: &Statement<'_>) -> bool {
    let list = |dialect, wide: Option<&ListElement<'_>>, narrow: Option<&ListElement<'_>>| match (wide, narrow) {
        (Some(wide), Some(narrow)) => {
            let within =
                |item: &Item<'_>| wide.items.iter().any(|wide| covers(dialect, wide.text.as_str(), item.text.as_str()));
            !wide.negated
                && !narrow.negated
                && !narrow.partly_unknown
                && !narrow.items.is_empty()
                && narrow.items.iter().all(within)
        }
        (None, None) => true,
        _ => false,
    };
    let everyone = wide.principal.as_ref().is_some_and(|principal| {
        !principal.negated && principal.member.value.text().is_some_and(|text| text.as_str() == "*")
    });
    let same = match (&wide.principal, &narrow.principal) {
        (None, None) => true,
        (Some(a), Some(b)) => {
            a.negated == b.negated && !b.partly_unknown && a.member.value.to_json() == b.member.value.to_json()
        }
        _ => false,
    };
    list(Dialect::Action, wide.action.as_ref(), narrow.action.as_ref())
        && list(Dialect::Arn, wide.resource.as_ref(), narrow.resource.as_ref())
        && (everyone || same)
}

fn differ_in_actions_only(a: &Statement<'_>, b: &Statement<'_>) -> bool {
    let rest = |statement: &Statement<'_>| {
        let members = statement.members.iter().filter(|member| !matches!(member.key.as_str(), "Sid" | "Action"));
        let mut rest: Vec<_> = members.map(|member| (member.key.text.clone(), member.value.to_json())).collect();
        rest.sort_by(|a, b| a.0.cmp(&b.0));
        rest
    };
    let plain = |statement: &Statement<'_>| {
        statement.action.as_ref().is_some_and(|action| !action.negated) && statement.effect.is_some()
    };
    plain(a) && plain(b) && a.effect == b.effect && rest(a) == rest(b)
}
