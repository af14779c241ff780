use crate::inventory::iam::User;
use crate::rule::access_key::deactivate;
use crate::rule::prelude::*;

/// Different services from which on a key looks shared.
const MANY: Param = Param::new("min_services", "services", (10, 2, 1_000), "So many or more are found.");

/// Days back that count.
const RECENT: Param = Param::days("recent_days", 90, "Calls within so many days count.");

const DOCS: &str = "\
## What it finds
A user without a console password whose access keys called ten or more different AWS services in the last 90 days. Ten
is a rule of thumb, not a limit of AWS. A user that also signs in to the console is not judged, because AWS does not
tell which of its services the keys were used for.

## Why it matters
A program does one job with a handful of services. A key that is used for everything is often one that several people
or programs share: its permissions can only grow, the logs cannot say who did what, and taking it away breaks them all.
One key for one purpose is what makes least privilege possible. It may also be one busy person at a command line: look
before you act.

## How to fix it
Ask who uses the key. Give every program a role of its own with the few permissions it needs, people their own sign-in
(`aws sso login` or `aws login`), and switch the shared key off.
";

pub static RULE: Rule = Rule {
    id: "iam-access-key-used-from-many-services",
    title: "Access keys of one user call so many services that they look shared",
    docs: DOCS,
    kind: Kind::Hygiene,
    severity: Severity::Info,
    confidence: Confidence::Low,
    note: "iam#least-privilege",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
    ],
    needs: &[Need::IamPrincipals, Need::IamCredentials, Need::IamUserServicesLastAccessed],
    since: "0.1.0",
    opt_in: Some("it takes two more calls for every user, and it is a heuristic"),
    params: &[MANY, RECENT],
    check: Check::User(check),
    examples: EXAMPLES,
};

fn check(user: &User, cx: &Context<'_>) -> Verdict {
    let credentials = user.credentials.known()?;
    let days = cx.value(&RECENT);
    let recent = |used: Option<jiff::Timestamp>| used.is_some_and(|used| cx.days_since(used) < days);
    if !credentials.access_keys.iter().any(|key| key.active && recent(key.last_used)) {
        return not_applicable("no active access key of the user was used within the days that count");
    }
    if credentials.password_enabled {
        return not_applicable(
            "the user can also sign in to the console, so its services may not be those of its keys",
        );
    }
    let mut services: Vec<_> = (user.services_last_accessed.known()?.iter())
        .filter(|service| recent(service.last_authenticated))
        .map(|service| service.service_namespace.as_str())
        .collect();
    if i64::try_from(services.len()).unwrap_or(i64::MAX) < cx.value(&MANY) {
        return pass();
    }
    services.sort_unstable();
    fail(format!(
        "Access keys of user {} called {} services in the last {days} days: {}",
        user.user_name,
        services.len(),
        services.join(", ")
    ))
    .evidence("ServicesLastAccessed.ServiceNamespace", services)
    .fixes(deactivate(user))
    .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "ten services within 90 days",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Users": [{"UserName": "lab", "Arn": "arn:aws:iam::111122223333:user/lab",
            "credentials": {"access_keys": [{"slot": 1, "active": true, "last_rotated": "2026-09-01T00:00:00Z",
                "last_used": "2026-11-21T00:00:00Z"}]},
            "ServicesLastAccessed": [
                {"ServiceNamespace": "s3", "LastAuthenticated": "2026-11-21T00:00:00Z"},
                {"ServiceNamespace": "ec2", "LastAuthenticated": "2026-11-20T00:00:00Z"},
                {"ServiceNamespace": "bedrock", "LastAuthenticated": "2026-11-19T00:00:00Z"},
                {"ServiceNamespace": "lambda", "LastAuthenticated": "2026-11-18T00:00:00Z"},
                {"ServiceNamespace": "logs", "LastAuthenticated": "2026-11-17T00:00:00Z"},
                {"ServiceNamespace": "iam", "LastAuthenticated": "2026-11-16T00:00:00Z"},
                {"ServiceNamespace": "rekognition", "LastAuthenticated": "2026-11-15T00:00:00Z"},
                {"ServiceNamespace": "polly", "LastAuthenticated": "2026-11-14T00:00:00Z"},
                {"ServiceNamespace": "kendra", "LastAuthenticated": "2026-11-13T00:00:00Z"},
                {"ServiceNamespace": "dynamodb", "LastAuthenticated": "2026-08-25T00:00:00Z"},
                {"ServiceNamespace": "sqs", "LastAuthenticated": "2026-01-01T00:00:00Z"},
                {"ServiceNamespace": "sns"}]}]}}"#,
    },
    Example {
        name: "a program with one job",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ci", "Arn": "arn:aws:iam::111122223333:user/ci",
            "credentials": {"access_keys": [{"slot": 1, "active": true, "last_rotated": "2026-09-01T00:00:00Z",
                "last_used": "2026-11-21T00:00:00Z"}]},
            "ServicesLastAccessed": [
                {"ServiceNamespace": "s3", "LastAuthenticated": "2026-11-21T00:00:00Z"},
                {"ServiceNamespace": "cloudfront", "LastAuthenticated": "2026-11-21T00:00:00Z"},
                {"ServiceNamespace": "sns"}]}]}}"#,
    },
    Example {
        name: "a person at the console and the command line",
        expected: Expected::NotApplicable,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ana", "Arn": "arn:aws:iam::111122223333:user/ana",
            "credentials": {"password_enabled": true, "access_keys": [{"slot": 1, "active": true,
                "last_rotated": "2026-09-01T00:00:00Z", "last_used": "2026-11-21T00:00:00Z"}]}}]}}"#,
    },
    Example {
        name: "no key in use, so nobody need ask for the services",
        expected: Expected::NotApplicable,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ben", "Arn": "arn:aws:iam::111122223333:user/ben",
            "credentials": {"access_keys": [{"slot": 1, "active": true, "last_rotated": "2026-01-01T00:00:00Z",
                "last_used": "2026-03-01T00:00:00Z"}]}}]}}"#,
    },
    Example {
        name: "the services could not be read",
        expected: Expected::Unknown,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ci", "Arn": "arn:aws:iam::111122223333:user/ci",
            "credentials": {"access_keys": [{"slot": 1, "active": true, "last_rotated": "2026-09-01T00:00:00Z",
                "last_used": "2026-11-21T00:00:00Z"}]}}]}}"#,
    },
];
