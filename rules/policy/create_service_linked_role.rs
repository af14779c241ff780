use crate::lint::on_anything::OnAnything;
use crate::lint::prelude::*;

const DOCS: &str = "\
## What it finds

A statement that allows `iam:CreateServiceLinkedRole` on every role, by its name or by a wildcard, on `*` or through
`NotAction` or `NotResource`. A condition on `iam:AWSServiceName` bounds it.

## Why it matters

Whoever has it can give any AWS service a role in the account, with the permissions that the service asks for.

## How to fix it

Name the role: `arn:aws:iam::*:role/aws-service-role/spot.amazonaws.com/*`, or the service in a condition on
`iam:AWSServiceName`.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "create_service_linked_role",
    docs: DOCS,
    note: "iam-roles#trusted-entities",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html"],
    since: "0.1.0",
    lints: &[
        &STAR_RESOURCE,
        &STAR_ACTION_STAR_RESOURCE,
        &NOT_ACTION_STAR_RESOURCE,
        &NOT_RESOURCE,
        &STAR_ACTION_NOT_RESOURCE,
        &NOT_ACTION_NOT_RESOURCE,
    ],
    check,
};

static STAR_RESOURCE: Lint = Lint::aws(
    "CREATE_SLR_WITH_STAR_IN_RESOURCE",
    "iam:CreateServiceLinkedRole is allowed on every role",
    Level::Warning,
    &[
        Example::bad(
            "allowed",
            r#"{"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*"}"#,
            &[r#""iam:CreateServiceLinkedRole""#],
        ),
        Example::good(
            "bounded",
            r#"{"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "Resource": "*", "Condition": {"StringEquals": {"iam:AWSServiceName": "spot.amazonaws.com"}}}"#,
        ),
    ],
);

static STAR_ACTION_STAR_RESOURCE: Lint = Lint::aws(
    "CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE",
    "A wildcard takes in iam:CreateServiceLinkedRole, on every role",
    Level::Warning,
    &[
        Example::bad(
            "allowed",
            r#"{"Effect": "Allow", "Action": "iam:Create*", "Resource": "*"}"#,
            &[r#""iam:Create*""#],
        ),
        Example::good("bounded", r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#),
    ],
);

static NOT_ACTION_STAR_RESOURCE: Lint = Lint::aws(
    "CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
    "NotAction leaves iam:CreateServiceLinkedRole allowed on every role",
    Level::Warning,
    &[
        Example::bad("allowed", r#"{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}"#, &[r#""s3:*""#]),
        Example::good("bounded", r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#),
    ],
);

static NOT_RESOURCE: Lint = Lint::aws(
    "CREATE_SLR_WITH_NOT_RESOURCE",
    "NotResource leaves iam:CreateServiceLinkedRole allowed on most roles",
    Level::Warning,
    &[
        Example::bad(
            "allowed",
            r#"{"Effect": "Allow", "Action": "iam:CreateServiceLinkedRole", "NotResource": "arn:aws:iam::111122223333:role/x"}"#,
            &[r#""iam:CreateServiceLinkedRole""#],
        ),
        Example::good(
            "bounded",
            r#"{"Effect": "Deny", "Action": "iam:CreateServiceLinkedRole", "NotResource": "arn:aws:iam::111122223333:role/x"}"#,
        ),
    ],
);

static STAR_ACTION_NOT_RESOURCE: Lint = Lint::aws(
    "CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
    "A wildcard takes in iam:CreateServiceLinkedRole, on most roles",
    Level::Warning,
    &[
        Example::bad(
            "allowed",
            r#"{"Effect": "Allow", "Action": "iam:*", "NotResource": "arn:aws:iam::111122223333:role/x"}"#,
            &[r#""iam:*""#],
        ),
        Example::good(
            "bounded",
            r#"{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:iam::111122223333:role/x"}"#,
        ),
    ],
);

static NOT_ACTION_NOT_RESOURCE: Lint = Lint::aws(
    "CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE",
    "NotAction and NotResource leave iam:CreateServiceLinkedRole allowed on most roles",
    Level::Warning,
    &[
        Example::bad(
            "allowed",
            r#"{"Effect": "Allow", "NotAction": "s3:*", "NotResource": "arn:aws:iam::111122223333:role/x"}"#,
            &[r#""s3:*""#],
        ),
        Example::good(
            "bounded",
            r#"{"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:iam::111122223333:role/x"}"#,
        ),
    ],
);

static CREATE: OnAnything = OnAnything {
    action: "iam:CreateServiceLinkedRole",
    bounded_by: &["iam:AWSServiceName"],
    star_resource: &STAR_RESOURCE,
    star_action_star_resource: &STAR_ACTION_STAR_RESOURCE,
    not_action_star_resource: &NOT_ACTION_STAR_RESOURCE,
    not_resource: &NOT_RESOURCE,
    star_action_not_resource: &STAR_ACTION_NOT_RESOURCE,
    not_action_not_resource: &NOT_ACTION_NOT_RESOURCE,
};

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    CREATE.check(subject, findings);
}
