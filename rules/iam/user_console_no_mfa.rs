use crate::inventory::iam::User;
use crate::rule::prelude::*;
use crate::text::shell_quote;

const DOCS: &str = "\
## What it finds
A user who can sign in to the console with a password and has no MFA device. Users without a password are not judged:
the console's MFA prompt does not concern them.

## Why it matters
Passwords get reused, guessed and typed into false pages. Without a second factor one leak is enough to sign in as the
user, with everything that its groups allow.

## How to fix it
Best, the user registers a passkey or an authenticator app under *Security credentials*. An administrator can also make
a virtual device, hand over the QR code and confirm it with two codes in a row, as the commands below do. Or give people
IAM Identity Center instead of IAM users, and demand MFA there once for all.
";

pub static RULE: Rule = Rule {
    id: "iam-user-console-no-mfa",
    title: "User signs in to the console without MFA",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::High,
    confidence: Confidence::High,
    note: "iam#users-and-mfa",
    references: &["https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html"],
    needs: &[Need::IamPrincipals, Need::IamCredentials],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::User(check),
    examples: EXAMPLES,
};

fn check(user: &User, cx: &Context<'_>) -> Verdict {
    let credentials = user.credentials.known()?;
    if !credentials.password_enabled {
        return not_applicable("the user has no console password");
    }
    if credentials.mfa_active {
        return pass();
    }
    let account = &cx.inventory.account;
    let name = shell_quote(&user.user_name);
    let device = shell_quote(&format!("arn:{}:iam::{}:mfa/{}", account.partition, account.id, user.user_name));
    let picture = shell_quote(&format!("{}-mfa.png", user.user_name));
    fail(format!("User {} has a console password and no MFA", user.user_name))
        .evidence("password_enabled", true)
        .evidence("mfa_active", false)
        .fix(format!(
            "aws iam create-virtual-mfa-device --virtual-mfa-device-name {name} --bootstrap-method QRCodePNG \
             --outfile {picture}"
        ))
        .fix(format!(
            "aws iam enable-mfa-device --user-name {name} --serial-number {device} --authentication-code1 CODE1 \
             --authentication-code2 CODE2"
        ))
        .verdict()
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "password without MFA",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ben", "Arn": "arn:aws:iam::111122223333:user/ben",
            "credentials": {"password_enabled": true, "mfa_active": false}}]}}"#,
    },
    Example {
        name: "password with MFA",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ana", "Arn": "arn:aws:iam::111122223333:user/ana",
            "credentials": {"password_enabled": true, "mfa_active": true}}]}}"#,
    },
    Example {
        name: "a machine's user, with keys and no password",
        expected: Expected::NotApplicable,
        snapshot: r#"{"iam": {"Users": [{"UserName": "ci", "Arn": "arn:aws:iam::111122223333:user/ci",
            "credentials": {"password_enabled": false, "mfa_active": false,
                "access_keys": [{"slot": 1, "active": true, "last_rotated": "2026-11-01T00:00:00Z"}]}}]}}"#,
    },
    Example {
        name: "the credential report has no row for the user",
        expected: Expected::Unknown,
        snapshot: r#"{"iam": {"Users": [{"UserName": "new", "Arn": "arn:aws:iam::111122223333:user/new"}]}}"#,
    },
];
