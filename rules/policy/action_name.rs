use crate::lint::prelude::*;
use crate::policy::catalogue::Catalogue;
use crate::policy::matching::fields;
use crate::policy::pattern::is_star;
use crate::policy::syntax::node::is_hole;
use crate::text::closest;

const DOCS: &str = "\
## What it finds

An action that its service does not have, an action of a service that AWS does not have, and a wildcard in the name of
a service.

## Why it matters

AWS takes the policy, and the statement silently does nothing for that action: access that was meant is missing, or a
`Deny` does not protect.

## How to fix it

Look the name up: `afterlab policy actions 's3:Get*'`. What is missing here is an error while the built-in facts are
younger than a year, then a warning.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "action_name",
    docs: DOCS,
    note: "iam-policies#wildcards",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html"],
    since: "0.1.0",
    lints: &[&ACTION, &SERVICE, &WILDCARD],
    check,
};

static ACTION: Lint = Lint::aws(
    "INVALID_ACTION",
    "Action does not exist",
    Level::Error,
    &[
        Example::bad(
            "misspelt",
            r#"{"Effect": "Allow", "Action": ["s3:GetObjekt", "s3:getobject"], "Resource": "*"}"#,
            &[r#""s3:GetObjekt""#],
        ),
        Example::bad(
            "no service",
            r#"{"Effect": "Allow", "Action": "GetObject", "Resource": "*"}"#,
            &[r#""GetObject""#],
        ),
        Example::good("a wildcard", r#"{"Effect": "Allow", "Action": "s3:GetObj*", "Resource": "*"}"#),
        Example::good(
            "a service that AWS has ended",
            r#"{"Effect": "Allow", "Action": "deepracer:AddLeaderboardAccessPermission", "Resource": "*"}"#,
        ),
    ],
);

static SERVICE: Lint = Lint::aws(
    "INVALID_SERVICE_IN_ACTION",
    "Service of an action does not exist",
    Level::Error,
    &[
        Example::bad(
            "misspelt",
            r#"{"Effect": "Allow", "Action": "bedrok:InvokeModel", "Resource": "*"}"#,
            &[r#""bedrok:InvokeModel""#],
        ),
        Example::good("right", r#"{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"}"#),
    ],
);

/// Of actions, and of the services of ARNs.
static WILDCARD: Lint = Lint::aws(
    "WILDCARD_IN_SERVICE_NAME",
    "Wildcard in the name of a service",
    Level::Suggestion,
    &[
        Example::bad(
            "several services",
            r#"{"Effect": "Deny", "Action": "s*:Delete*", "Resource": "*"}"#,
            &[r#""s*:Delete*""#],
        ),
        Example::bad(
            "in an ARN",
            r#"{"Effect": "Allow", "Action": "codebuild:StartBuild", "Resource": "arn:aws:*code*:*:111122223333:*"}"#,
            &[r#""arn:aws:*code*:*:111122223333:*""#],
        ),
        Example::good("everything", r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#),
    ],
);

fn in_arn(statement: &Statement<'_>, item: &Item<'_>, findings: &mut Findings<'_>) {
    let Some(service) = fields(item.text.as_str()).map(|fields| fields[2]) else { return };
    let has_letters = service.bytes().any(|b| !matches!(b, b'*' | b'?'));
    if service.contains(['*', '?']) && has_letters && !service.contains("${") && !service.contains(is_hole) {
        let message = format!("the service {service:?} of the ARN has a wildcard");
        findings.report(&WILDCARD, statement, item, message).help("name the services one by one");
    }
}

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    let level = if subject.catalogue.is_fresh() { Level::Error } else { Level::Warning };
    for statement in &subject.policy.statements {
        for item in statement.resource.iter().flat_map(|resource| &resource.items) {
            in_arn(statement, item, findings);
        }
        for item in statement.action.iter().flat_map(|action| &action.items) {
            let text = item.text.as_str();
            if is_star(text) || item.text.has_holes() {
                continue;
            }
            let Some((prefix, name)) = text.split_once(':') else {
                let message = format!("{text:?} names no service; an action is SERVICE:NAME");
                findings.report(&ACTION, statement, item, message);
                continue;
            };
            if prefix.contains(['*', '?']) {
                let message = format!("{text:?} has a wildcard in the name of its service");
                findings.report(&WILDCARD, statement, item, message).help("name the services one by one");
                continue;
            }
            let date = subject.catalogue.date();
            let Some(service) = subject.catalogue.service(prefix) else {
                if !Catalogue::is_retired(prefix) {
                    let draft = findings.report(
                        &SERVICE,
                        statement,
                        item,
                        format!("there is no service {prefix:?}, as of {date}"),
                    );
                    let draft = draft.level(level);
                    let all = subject.catalogue.services().iter().map(|service| service.prefix);
                    if let Some(near) = closest(&prefix.to_ascii_lowercase(), all) {
                        draft.help(format!("did you mean {near}:{name}?"));
                    }
                }
                continue;
            };
            if name.contains(['*', '?']) || service.action(name).is_some() || Catalogue::is_retired(prefix) {
                continue;
            }
            let message = format!("{} has no action {name:?}, as of {date}", service.prefix);
            let draft = findings.report(&ACTION, statement, item, message).level(level);
            if let Some(near) = closest(name, service.actions().iter().map(|action| action.name)) {
                draft.help(format!("did you mean {prefix}:{near}?"));
            }
        }
    }
}
