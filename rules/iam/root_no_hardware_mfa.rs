use crate::inventory::Inventory;
use crate::inventory::iam::VirtualMfaDevice;
use crate::rule::prelude::*;

const DOCS: &str = "\
## What it finds
The root user can sign in with a virtual MFA device, that is a code from an app. Passkeys, security keys and hardware
tokens are not virtual. A root user without any MFA is the affair of `iam-root-no-mfa`.

## Why it matters
A code can be typed into a false sign-in page, and its seed lives on a phone that gets stolen, backed up and replaced.
A passkey or a security key only answers the true page. For a sandbox this is a refinement; for the account that pays
an organization's bills it is worth the price of a key. A virtual device beside a security key is reported too, since
either of them opens the account.

## How to fix it
Sign in as the root user, register a passkey or a security key under *Security credentials*, try it, and only then
remove the virtual device. No command can do this from outside.
";

pub static RULE: Rule = Rule {
    id: "iam-root-no-hardware-mfa",
    title: "The root user's MFA is an app, not hardware or a passkey",
    docs: DOCS,
    kind: Kind::Security,
    severity: Severity::Low,
    confidence: Confidence::High,
    note: "iam#root-user",
    references: &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-mfa-for-root.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html",
    ],
    needs: &[Need::IamAccountSummary, Need::IamVirtualMfaDevices],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Account(check),
    examples: EXAMPLES,
};

fn check(inventory: &Inventory, _cx: &Context<'_>) -> Verdict {
    if !inventory.iam.account_summary.known()?.account_mfa_enabled {
        return not_applicable("the root user has no MFA at all");
    }
    let devices = inventory.iam.virtual_mfa_devices.known()?;
    match devices.iter().find(|device| is_of_root(device)) {
        None => pass(),
        Some(device) => fail(format!("The root user signs in with the virtual MFA device {}", device.serial_number))
            .evidence("VirtualMFADevices.SerialNumber", device.serial_number.as_str())
            .verdict(),
    }
}

/// A device that root registers has the root user as its owner; older ones are also known by their name.
fn is_of_root(device: &VirtualMfaDevice) -> bool {
    match &device.user_arn {
        Some(owner) => owner.ends_with(":root"),
        None => device.serial_number.ends_with(":mfa/root-account-mfa-device"),
    }
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "root's MFA is an app on a phone",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {
            "AccountSummary": {"AccountMFAEnabled": true, "AccountAccessKeysPresent": false},
            "VirtualMFADevices": [{"SerialNumber": "arn:aws:iam::111122223333:mfa/my-phone",
                "UserArn": "arn:aws:iam::111122223333:root"}]}}"#,
    },
    Example {
        name: "an old device, known by its name",
        expected: Expected::Fail,
        snapshot: r#"{"iam": {
            "AccountSummary": {"AccountMFAEnabled": true, "AccountAccessKeysPresent": false},
            "VirtualMFADevices": [{"SerialNumber": "arn:aws:iam::111122223333:mfa/root-account-mfa-device"}]}}"#,
    },
    Example {
        name: "the only virtual device is a user's, so root's is not virtual",
        expected: Expected::Pass,
        snapshot: r#"{"iam": {
            "AccountSummary": {"AccountMFAEnabled": true, "AccountAccessKeysPresent": false},
            "VirtualMFADevices": [{"SerialNumber": "arn:aws:iam::111122223333:mfa/ana",
                "UserArn": "arn:aws:iam::111122223333:user/ana"}]}}"#,
    },
    Example {
        name: "no MFA at all, whatever the devices",
        expected: Expected::NotApplicable,
        snapshot: r#"{"iam": {"AccountSummary": {"AccountMFAEnabled": false, "AccountAccessKeysPresent": false}}}"#,
    },
    Example {
        name: "the devices could not be read",
        expected: Expected::Unknown,
        snapshot: r#"{"iam": {"AccountSummary": {"AccountMFAEnabled": true, "AccountAccessKeysPresent": false}}}"#,
    },
];
