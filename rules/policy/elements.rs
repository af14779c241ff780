use crate::lint::prelude::*;
use crate::policy::syntax::Member;

const DOCS: &str = "\
## What it finds

Elements that a policy of this kind must have and lacks, elements that policies do not have, and two in one statement
of which only one can be, such as `Action` and `NotAction`. Names of elements are exact: `effect` is none.

## Why it matters

AWS refuses the policy. A misspelt element that were read over would turn a narrow statement into a wide one.

## How to fix it

Add, rename or remove the element that is named.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "elements",
    docs: DOCS,
    note: "iam-policies#structure",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html",
    ],
    since: "0.1.0",
    lints: &[&INVALID, &COMBINATION, &NO_STATEMENT, &NO_ACTION, &NO_RESOURCE, &NO_PRINCIPAL, &PRINCIPAL],
    check,
};

static INVALID: Lint = Lint::aws(
    "INVALID_POLICY_ELEMENT",
    "An element that policies do not have",
    Level::Error,
    &[
        Example::bad(
            "in lower case",
            r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "action": "s3:*", "Resource": "*"}]}"#,
            &[r#""action""#],
        ),
        Example::bad(
            "of the document",
            r#"{"Version": "2012-10-17", "Statements": [], "Statement": []}"#,
            &[r#""Statements""#],
        ),
        Example::good("all known", r#"{"Version": "2012-10-17", "Id": "x", "Statement": []}"#),
    ],
);

static COMBINATION: Lint = Lint::aws(
    "UNSUPPORTED_ELEMENT_COMBINATION",
    "Two elements of which a statement can have one",
    Level::Error,
    &[
        Example::bad(
            "Action and NotAction",
            r#"{"Effect": "Allow", "Action": "s3:*", "NotAction": "s3:Get*", "Resource": "*"}"#,
            &[r#""NotAction""#],
        ),
        Example::good("one of them", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#),
    ],
);

static NO_STATEMENT: Lint = Lint::aws(
    "MISSING_STATEMENT",
    "Document has no statement",
    Level::Error,
    &[
        Example::bad("no element", r#"{"Version": "2012-10-17"}"#, &[r#"{"Version": "2012-10-17"}"#]),
        Example::bad("an empty list", r#"{"Version": "2012-10-17", "Statement": []}"#, &["[]"]),
        Example::good("one", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#),
    ],
);

static NO_ACTION: Lint = Lint::aws(
    "MISSING_ACTION",
    "Statement has no Action",
    Level::Error,
    &[
        Example::bad("none", r#"{"Effect": "Allow", "Resource": "*"}"#, &[r#"{"Effect": "Allow", "Resource": "*"}"#]),
        Example::good("NotAction", r#"{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}"#),
    ],
);

static NO_RESOURCE: Lint = Lint::aws(
    "MISSING_RESOURCE",
    "Statement has no Resource",
    Level::Error,
    &[
        Example::bad("none", r#"{"Effect": "Allow", "Action": "s3:*"}"#, &[r#"{"Effect": "Allow", "Action": "s3:*"}"#]),
        Example::good(
            "a trust policy has none",
            r#"{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}"#,
        )
        .of(PolicyKind::Trust),
        Example::good("there", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#),
    ],
);

static NO_PRINCIPAL: Lint = Lint::aws(
    "MISSING_PRINCIPAL",
    "Statement of a resource policy has no Principal",
    Level::Error,
    &[
        Example::bad(
            "a bucket policy",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#,
            &[r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#],
        )
        .of(PolicyKind::Resource(None)),
        Example::good(
            "an identity policy has none",
            r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#,
        ),
    ],
);

static PRINCIPAL: Lint = Lint::aws(
    "UNSUPPORTED_PRINCIPAL",
    "Identity policy names a principal",
    Level::Error,
    &[
        Example::bad(
            "everyone",
            r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#,
            &[r#""Principal""#],
        ),
        Example::good(
            "a resource policy",
            r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#,
        )
        .of(PolicyKind::Resource(None)),
    ],
);

const OF_DOCUMENT: &[&str] = &["Version", "Id", "Statement"];
const OF_STATEMENT: &[&str] =
    &["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"];
const EITHER: &[(&str, &str)] = &[("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let policy = subject.policy;
    unknown(policy.members, OF_DOCUMENT, "", None, findings);
    for statement in &policy.statements {
        unknown(statement.members, OF_STATEMENT, &statement.path, Some(statement), findings);
        combinations(statement, findings);
        missing(subject.kind, statement, findings);
    }
    if policy.node.object().is_none() {
        return;
    }
    let empty = policy.statement.filter(|member| member.value.array().is_some_and(<[_]>::is_empty));
    match (policy.statement, empty) {
        (None, _) => {
            let place = (String::new(), policy.node.span);
            findings.report_document(&NO_STATEMENT, &place, "the document has no Statement");
        }
        (_, Some(member)) => {
            let place = ("Statement".to_owned(), member.value.span);
            findings.report_document(&NO_STATEMENT, &place, "the list of statements is empty");
        }
        _ => {}
    }
}

fn unknown(
    members: &[Member],
    known: &[&str],
    path: &str,
    statement: Option<&Statement<'_>>,
    findings: &mut Findings<'_>,
) {
    for member in members {
        let name = member.key.as_str();
        if known.contains(&name) || member.key.has_holes() {
            continue;
        }
        let path = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        let place = (path, member.key.span);
        let message = format!("policies have no element {name:?}");
        let draft = match statement {
            Some(statement) => findings.report(&INVALID, statement, &place, message),
            None => findings.report_document(&INVALID, &place, message),
        };
        let meant = known.iter().find(|known| known.eq_ignore_ascii_case(name));
        let is_there = |meant: &str| members.iter().any(|member| member.key.as_str() == meant);
        match meant {
            Some(meant) if !is_there(meant) => {
                draft.help(format!("names of elements are exact: {meant}")).fix(Fix::string(
                    format!("write {meant}"),
                    member.key.span,
                    meant,
                ));
            }
            _ => {
                if let Some(meant) = crate::text::closest(name, known.iter().copied()) {
                    draft.help(format!("did you mean {meant}?"));
                }
            }
        }
    }
}

fn combinations(statement: &Statement<'_>, findings: &mut Findings<'_>) {
    let find = |name: &str| statement.members.iter().find(|member| member.key.as_str() == name);
    for (plain, negated) in EITHER {
        if let (Some(plain), Some(negated)) = (find(plain), find(negated)) {
            let (one, other) = (plain.key.as_str(), negated.key.as_str());
            let place = (format!("{}.{other}", statement.path), negated.key.span);
            findings
                .report(&COMBINATION, statement, &place, format!("{other} and {one} cannot stand in one statement"))
                .also(plain.key.span)
                .help("keep one of them, or make two statements");
        }
    }
}

fn missing(kind: PolicyKind, statement: &Statement<'_>, findings: &mut Findings<'_>) {
    let mut report = |lint, what: &str, help: &str| {
        findings.report(lint, statement, statement, format!("{} {what}", statement.label())).help(help);
    };
    if statement.action.is_none() {
        report(&NO_ACTION, "has neither Action nor NotAction", "say what it is about: \"Action\": \"s3:GetObject\"");
    }
    // Services differ: in a key's or a repository's policy the resource may be left out, in a bucket's it may not.
    let of_bucket = matches!(kind, PolicyKind::Resource(Some(of)) if of.service == "s3");
    let needs_resource = kind.is_identity() || matches!(kind, PolicyKind::Scp | PolicyKind::Rcp) || of_bucket;
    if statement.resource.is_none() && needs_resource {
        report(&NO_RESOURCE, "has neither Resource nor NotResource", "add \"Resource\" with the ARNs it is about");
    }
    let of_iot = matches!(kind, PolicyKind::Resource(Some(of)) if of.service == "iot");
    let needs_principal = (kind.is_resource() && !of_iot) || kind == PolicyKind::Rcp;
    match &statement.principal {
        None if needs_principal => {
            let help = "add \"Principal\", such as {\"AWS\": \"111122223333\"}";
            report(&NO_PRINCIPAL, &format!("has no Principal, which a {kind} needs"), help);
        }
        Some(principal) if kind.is_identity() => {
            let name = principal.member.key.as_str();
            let place = (format!("{}.{name}", statement.path), principal.member.key.span);
            let message = format!("{name} cannot stand in an identity policy: whoever it is attached to is meant");
            findings.report(&PRINCIPAL, statement, &place, message).help("remove it, or check with --type resource");
        }
        _ => {}
    }
}
