use crate::lint::on_anything::OnAnything;
use crate::lint::prelude::*;

const DOCS: &str = "\
## What it finds

A statement that allows `iam:PassRole` on every role: by its name or by a wildcard such as `iam:*`, on `Resource` `*`, or
through `NotAction` or `NotResource`. A condition on `iam:PassedToService` bounds it and is not reported, unless its
operator ends in `IfExists`.

## Why it matters

Who may pass any role to a service can start a function or an instance with an administrator's role and so become one.

## How to fix it

Name the roles: `\"Resource\": \"arn:aws:iam::111122223333:role/lab-*\"`. Where they cannot be known, allow only the
service that needs them: `\"Condition\": {\"StringEquals\": {\"iam:PassedToService\": \"lambda.amazonaws.com\"}}`.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "pass_role",
    docs: DOCS,
    note: "iam-policies#pass-role",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html"],
    since: "0.1.0",
    lints: &[
        &STAR_RESOURCE,
        &STAR_ACTION_STAR_RESOURCE,
        &NOT_ACTION_STAR_RESOURCE,
        &NOT_RESOURCE,
        &STAR_ACTION_NOT_RESOURCE,
        &NOT_ACTION_NOT_RESOURCE,
    ],
    check: |subject, findings| PASS_ROLE.check(subject, findings),
};

static PASS_ROLE: OnAnything = OnAnything {
    action: "iam:PassRole",
    bounded_by: &["iam:PassedToService", "iam:AssociatedResourceArn"],
    star_resource: &STAR_RESOURCE,
    star_action_star_resource: &STAR_ACTION_STAR_RESOURCE,
    not_action_star_resource: &NOT_ACTION_STAR_RESOURCE,
    not_resource: &NOT_RESOURCE,
    star_action_not_resource: &STAR_ACTION_NOT_RESOURCE,
    not_action_not_resource: &NOT_ACTION_NOT_RESOURCE,
};

const fn lint(code: &'static str, title: &'static str, examples: &'static [Example]) -> Lint {
    Lint::aws(code, title, Level::SecurityWarning, examples)
}

static STAR_RESOURCE: Lint = lint(
    "PASS_ROLE_WITH_STAR_IN_RESOURCE",
    "iam:PassRole is allowed on every role",
    &[
        Example::bad(
            "by its name",
            r#"{"Effect": "Allow", "Action": ["s3:GetObject", "iam:passrole"], "Resource": "*"}"#,
            &["\"iam:passrole\""],
        ),
        Example::bad(
            "a condition that a request without the key passes",
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": ["*"],
                "Condition": {"StringEqualsIfExists": {"iam:PassedToService": "lambda.amazonaws.com"}}}"#,
            &["\"iam:PassRole\""],
        ),
        Example::good(
            "roles by a pattern",
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111122223333:role/lab-*"}"#,
        ),
        Example::good(
            "only to one service",
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*",
                "Condition": {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}}"#,
        ),
        Example::good("denied", r#"{"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*"}"#),
    ],
);

static STAR_ACTION_STAR_RESOURCE: Lint = lint(
    "PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE",
    "A wildcard takes in iam:PassRole, on every role",
    &[
        Example::bad(
            "a part of IAM",
            r#"{"Effect": "Allow", "Action": "iam:Pass*", "Resource": "*"}"#,
            &["\"iam:Pass*\""],
        ),
        Example::good("another service", r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#),
    ],
);

static NOT_ACTION_STAR_RESOURCE: Lint = lint(
    "PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION",
    "NotAction leaves iam:PassRole allowed on every role",
    &[
        Example::bad("all but S3", r#"{"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}"#, &["\"s3:*\""]),
        Example::good("all but IAM", r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#),
    ],
);

static NOT_RESOURCE: Lint = lint(
    "PASS_ROLE_WITH_NOT_RESOURCE",
    "NotResource leaves iam:PassRole allowed on most roles",
    &[
        Example::bad(
            "all roles but one",
            r#"{"Effect": "Allow", "Action": "iam:PassRole", "NotResource": "arn:aws:iam::111122223333:role/admin"}"#,
            &["\"iam:PassRole\""],
        ),
        Example::good(
            "denied outside of a path",
            r#"{"Effect": "Deny", "Action": "iam:PassRole", "NotResource": "arn:aws:iam::111122223333:role/lab/*"}"#,
        ),
    ],
);

static STAR_ACTION_NOT_RESOURCE: Lint = lint(
    "PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE",
    "A wildcard takes in iam:PassRole, on most roles",
    &[
        Example::bad(
            "everything on everything but a bucket",
            r#"{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::amzn-s3-demo-bucket"}"#,
            &["\"*\""],
        ),
        Example::good(
            "another service",
            r#"{"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::amzn-s3-demo-bucket"}"#,
        ),
    ],
);

static NOT_ACTION_NOT_RESOURCE: Lint = lint(
    "PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE",
    "NotAction and NotResource leave iam:PassRole allowed on most roles",
    &[
        Example::bad(
            "all but S3 on all but a bucket",
            r#"{"Effect": "Allow", "NotAction": "s3:*", "NotResource": "arn:aws:s3:::amzn-s3-demo-bucket"}"#,
            &["\"s3:*\""],
        ),
        Example::good(
            "all but IAM",
            r#"{"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::amzn-s3-demo-bucket"}"#,
        ),
    ],
);
