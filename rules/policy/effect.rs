use crate::lint::prelude::*;

const DOCS: &str = "\
## What it finds

A statement without `Effect`, or with one that is neither `Allow` nor `Deny`, letter by letter.

## Why it matters

AWS refuses the policy; there is no effect by default.

## How to fix it

Write `\"Effect\": \"Allow\"` or `\"Effect\": \"Deny\"`.";

/// All that this file reports.
pub static FAMILY: Family = Family {
    name: "effect",
    docs: DOCS,
    note: "iam-policies#structure",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_effect.html"],
    since: "0.1.0",
    lints: &[&INVALID, &MISSING],
    check,
};

static INVALID: Lint = Lint::aws(
    "INVALID_EFFECT",
    "Effect is neither Allow nor Deny",
    Level::Error,
    &[
        Example::bad("the wrong case", r#"{"Effect": "allow", "Action": "s3:*", "Resource": "*"}"#, &[r#""allow""#]),
        Example::good("Deny", r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}"#),
    ],
);

static MISSING: Lint = Lint::aws(
    "MISSING_EFFECT",
    "Statement has no Effect",
    Level::Error,
    &[
        Example::bad(
            "none",
            r#"{"Version": "2012-10-17", "Statement": [{"Action": "s3:*", "Resource": "*"}]}"#,
            &[r#"{"Action": "s3:*", "Resource": "*"}"#],
        ),
        Example::good("Allow", r#"{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}"#),
    ],
);

fn check(subject: &Subject<'_>, findings: &mut Findings<'_>) {
    for statement in &subject.policy.statements {
        let Some(member) = statement.effect_member else {
            findings
                .report(&MISSING, statement, statement, format!("{} has no Effect", statement.label()))
                .help("add \"Effect\": \"Allow\" or \"Effect\": \"Deny\"");
            continue;
        };
        let Some(text) = member.value.text().filter(|text| statement.effect.is_none() && !text.has_holes()) else {
            continue;
        };
        let draft = findings.report(
            &INVALID,
            statement,
            &(statement, member),
            format!("{:?} is no effect; it is \"Allow\" or \"Deny\"", text.as_str()),
        );
        if let Some(effect) = ["Allow", "Deny"].into_iter().find(|effect| effect.eq_ignore_ascii_case(text.as_str())) {
            draft.fix(Fix::string(format!("write {effect}"), text.span, effect));
        }
    }
}
