use crate::lint::prelude::*;
use crate::policy::syntax::node::is_hole;

const DOCS: &str = "\
## What it finds

Conditions of DynamoDB that leave a way around: attributes without `dynamodb:Select` or `dynamodb:ReturnValues`,
leading keys with `Scan`, operations that replace whole items, and values that DynamoDB does not have.

## Why it matters

`Select` can ask for all attributes, `ReturnValues` gives old items back, `Scan` reads all items whatever their keys,
and `PutItem` replaces attributes that were not to be touched.

## How to fix it

Add `\"StringEqualsIfExists\": {\"dynamodb:Select\": \"SPECIFIC_ATTRIBUTES\"}` and `dynamodb:ReturnValues` with `NONE`;
leave `Scan` and `PutItem` out of the statement.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "dynamodb_condition",
    docs: DOCS,
    note: "iam-policies#how-a-request-is-decided",
    references: &["https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html"],
    since: "0.1.0",
    lints: &[&SELECT_VALUE, &RETURN_VALUE, &CAPACITY_VALUE, &NO_SELECT, &NO_RETURN, &REPLACE, &SCAN, &WRONG],
    check,
};

static SELECT_VALUE: Lint = Lint::aws(
    "DYNAMODB_INVALID_SELECT_VALUE",
    "dynamodb:Select has no such value",
    Level::Error,
    &[
        Example::bad(
            "misspelt",
            r#"{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*", "Condition": {"StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTE"}}}"#,
            &[r#""SPECIFIC_ATTRIBUTE""#],
        ),
        Example::good(
            "right",
            r#"{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*", "Condition": {"StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}}"#,
        ),
    ],
);

static RETURN_VALUE: Lint = Lint::aws(
    "DYNAMODB_INVALID_RETURN_VALUES",
    "dynamodb:ReturnValues has no such value",
    Level::Error,
    &[
        Example::bad(
            "misspelt",
            r#"{"Effect": "Allow", "Action": "dynamodb:UpdateItem", "Resource": "*", "Condition": {"StringEquals": {"dynamodb:ReturnValues": "ALL"}}}"#,
            &[r#""ALL""#],
        ),
        Example::good(
            "right",
            r#"{"Effect": "Allow", "Action": "dynamodb:UpdateItem", "Resource": "*", "Condition": {"StringEquals": {"dynamodb:ReturnValues": "NONE"}}}"#,
        ),
    ],
);

static CAPACITY_VALUE: Lint = Lint::aws(
    "DYNAMODB_INVALID_RETURN_CONSUMED_CAPACITY",
    "dynamodb:ReturnConsumedCapacity has no such value",
    Level::Error,
    &[
        Example::bad(
            "misspelt",
            r#"{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*", "Condition": {"StringEquals": {"dynamodb:ReturnConsumedCapacity": "SUM"}}}"#,
            &[r#""SUM""#],
        ),
        Example::good(
            "right",
            r#"{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*", "Condition": {"StringEquals": {"dynamodb:ReturnConsumedCapacity": "TOTAL"}}}"#,
        ),
    ],
);

static NO_SELECT: Lint = Lint::aws(
    "DYNAMODB_ATTRIBUTES_WITHOUT_SELECT",
    "Attributes are bound, but all can be selected",
    Level::SecurityWarning,
    &[
        Example::bad(
            "no Select",
            r#"{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["id"]}}}"#,
            &[r#""dynamodb:Attributes""#],
        ),
        Example::good(
            "with Select",
            r#"{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["id"]}, "StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}}}"#,
        ),
    ],
);

static NO_RETURN: Lint = Lint::aws(
    "DYNAMODB_ATTRIBUTES_WITHOUT_RETURN_VALUES",
    "Attributes are bound, but an update returns others",
    Level::SecurityWarning,
    &[
        Example::bad(
            "no ReturnValues",
            r#"{"Effect": "Allow", "Action": "dynamodb:UpdateItem", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["id"]}}}"#,
            &[r#""dynamodb:Attributes""#],
        ),
        Example::good(
            "with ReturnValues",
            r#"{"Effect": "Allow", "Action": "dynamodb:UpdateItem", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["id"]}, "StringEqualsIfExists": {"dynamodb:ReturnValues": ["NONE", "UPDATED_OLD", "UPDATED_NEW"]}}}"#,
        ),
    ],
);

static REPLACE: Lint = Lint::aws(
    "DYNAMODB_REPLACE_OPERATION_WITH_ATTRIBUTES",
    "Attributes are bound, but a whole item can be replaced",
    Level::Warning,
    &[
        Example::bad(
            "PutItem",
            r#"{"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["id"]}}}"#,
            &[r#""dynamodb:PutItem""#],
        ),
        Example::good(
            "UpdateItem",
            r#"{"Effect": "Allow", "Action": "dynamodb:UpdateItem", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"dynamodb:Attributes": ["id"]}, "StringEqualsIfExists": {"dynamodb:ReturnValues": "NONE"}}}"#,
        ),
    ],
);

static SCAN: Lint = Lint::aws(
    "DYNAMODB_SCAN_BYPASSES_LEADING_KEYS",
    "Leading keys are bound, but a scan reads all items",
    Level::Warning,
    &[
        Example::bad(
            "Scan",
            r#"{"Effect": "Allow", "Action": "dynamodb:Scan", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["${aws:username}"]}}}"#,
            &[r#""dynamodb:Scan""#],
        ),
        Example::good(
            "Query",
            r#"{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*", "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["${aws:username}"]}}}"#,
        ),
    ],
);

static WRONG: Lint = Lint::aws(
    "DYNAMODB_WRONG_CONDITION_FOR_ACTION",
    "Condition that this operation of DynamoDB does not know",
    Level::Warning,
    &[
        Example::bad(
            "Select with PutItem",
            r#"{"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": "*", "Condition": {"StringEquals": {"dynamodb:Select": "COUNT"}}}"#,
            &[r#""dynamodb:Select""#],
        ),
        Example::good(
            "Select with Query",
            r#"{"Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*", "Condition": {"StringEquals": {"dynamodb:Select": "COUNT"}}}"#,
        ),
    ],
);

/// Keys with their values, by `DynamoDB`'s API.
const VALUES: &[(&str, &Lint, &[&str])] = &[
    ("dynamodb:Select", &SELECT_VALUE, &["ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "COUNT", "SPECIFIC_ATTRIBUTES"]),
    ("dynamodb:ReturnValues", &RETURN_VALUE, &["ALL_NEW", "ALL_OLD", "NONE", "UPDATED_NEW", "UPDATED_OLD"]),
    ("dynamodb:ReturnConsumedCapacity", &CAPACITY_VALUE, &["INDEXES", "NONE", "TOTAL"]),
];

/// Operations that return attributes by what the request selects.
const SELECTING: &[&str] = &["dynamodb:Query", "dynamodb:Scan"];
/// Operations that return an item's values before or after.
const RETURNING: &[&str] = &["dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"];
/// Operations that replace or delete whole items.
const REPLACING: &[&str] = &["dynamodb:BatchWriteItem", "dynamodb:DeleteItem", "dynamodb:PutItem"];

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        if !statement
            .conditions
            .iter()
            .any(|line| line.key().get(..9).is_some_and(|start| start.eq_ignore_ascii_case("dynamodb:")))
        {
            continue;
        }
        for (key, lint, values) in VALUES {
            for line in statement.conditions_on(key) {
                known_values(lint, values, statement, line, findings);
            }
        }
        wrong(statement, findings);
        if statement.allows() {
            ways_around(statement, findings);
        }
    }
}

fn known_values(
    lint: &'static Lint,
    values: &[&str],
    statement: &Statement<'_>,
    line: &ConditionLine<'_>,
    findings: &mut Findings<'_>,
) {
    for value in &line.values {
        let open = value.text.contains(['*', '?']) || value.text.contains("${") || value.text.contains(is_hole);
        if !open && !line.operator.is("Null") && !values.contains(&value.text) {
            let message = format!("{} is never {:?}", line.key(), value.text);
            findings.report(lint, statement, value, message).help(format!("it is one of {}", values.join(", ")));
        }
    }
}

/// The action of a statement that is one of these, by its name.
fn named<'s, 'a>(statement: &'s Statement<'a>, actions: &[&str]) -> Option<&'s Item<'a>> {
    statement.actions().iter().find(|item| actions.iter().any(|action| action.eq_ignore_ascii_case(item.text.as_str())))
}

fn ways_around(statement: &Statement<'_>, findings: &mut Findings<'_>) {
    let has = |key: &str| statement.conditions_on(key).next().is_some();
    if let Some(line) = statement.conditions_on("dynamodb:Attributes").next() {
        if named(statement, SELECTING).is_some() && !has("dynamodb:Select") {
            let message = "the attributes are bound, but a request can select all of them";
            let help = "add \"StringEqualsIfExists\": {\"dynamodb:Select\": \"SPECIFIC_ATTRIBUTES\"}";
            findings.report(&NO_SELECT, statement, line, message).help(help);
        }
        if named(statement, RETURNING).is_some()
            && named(statement, REPLACING).is_none()
            && !has("dynamodb:ReturnValues")
        {
            let message = "the attributes are bound, but an update can return all of them";
            let help = "add \"StringEqualsIfExists\": {\"dynamodb:ReturnValues\": [\"NONE\", \"UPDATED_OLD\", \"UPDATED_NEW\"]}";
            findings.report(&NO_RETURN, statement, line, message).help(help);
        }
        if let Some(item) = named(statement, REPLACING) {
            let message =
                format!("{} replaces or deletes whole items, whatever attributes are bound", item.text.as_str());
            findings
                .report(&REPLACE, statement, item, message)
                .also(line.member.key.span)
                .help("allow dynamodb:UpdateItem instead");
        }
    }
    if let Some(line) = statement.conditions_on("dynamodb:LeadingKeys").next()
        && let Some(item) = named(statement, &["dynamodb:Scan"])
    {
        let message = "a scan reads items of every key, whatever leading keys are bound";
        findings
            .report(&SCAN, statement, item, message)
            .also(line.member.key.span)
            .help("allow dynamodb:Query instead");
    }
}

/// Keys that only some operations know, where every action of the statement is another one.
fn wrong(statement: &Statement<'_>, findings: &mut Findings<'_>) {
    for (key, actions) in [("dynamodb:Select", SELECTING), ("dynamodb:ReturnValues", RETURNING)] {
        let all = statement.actions();
        let none = !all.is_empty()
            && all.iter().all(|item| {
                let text = item.text.as_str();
                !item.text.has_holes() && !actions.iter().any(|action| crate::policy::matching::action(text, action))
            });
        for line in statement.conditions_on(key).filter(|_| none) {
            let message = format!("{} knows no {key}", all.first().map_or("", |item| item.text.as_str()));
            findings.report(&WRONG, statement, line, message).help(format!("it goes with {}", actions.join(" and ")));
        }
    }
}
