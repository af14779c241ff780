//! SARIF 2.1.0: the log around rules and results.

use std::io::{self, Write};

use serde_json::{Value, json};

/// One run of afterlab.
pub(in crate::report) struct Run {
    /// `reportingDescriptor` objects.
    pub(in crate::report) rules: Vec<Value>,
    /// `result` objects.
    pub(in crate::report) results: Vec<Value>,
    /// `notification` objects: what could not be read or judged.
    pub(in crate::report) notifications: Vec<Value>,
    /// Whether all of it was done.
    pub(in crate::report) successful: bool,
}

impl Run {
    /// Writes it, with a final line break.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(in crate::report) fn write(self, out: &mut dyn Write) -> io::Result<()> {
        let log = json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": {"driver": {
                    "name": "afterlab",
                    "version": env!("CARGO_PKG_VERSION"),
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "rules": self.rules,
                }},
                "columnKind": "unicodeCodePoints",
                "invocations": [{
                    "executionSuccessful": self.successful,
                    "toolExecutionNotifications": self.notifications,
                }],
                "results": self.results,
            }],
        });
        serde_json::to_writer_pretty(&mut *out, &log)?;
        out.write_all(b"\n")
    }
}

/// How a finding is told from all others in every run.
pub(in crate::report) fn fingerprints(fingerprint: &str) -> Value {
    json!({"afterlab/v1": fingerprint})
}

/// A message. Viewers make a link of `[text](target)`, which a name of the account must not become.
pub(in crate::report) fn message(text: &str) -> Value {
    json!({"text": text.replace("](", "] (")})
}

/// A path as a URI, percent-encoded where it must be.
pub(in crate::report) fn uri(path: &str) -> String {
    const KEPT: &percent_encoding::AsciiSet =
        &percent_encoding::NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');
    percent_encoding::utf8_percent_encode(path, KEPT).to_string()
}

/// `PASS_ROLE_WITH_NOT_RESOURCE` as `PassRoleWithNotResource`, `iam-user-mfa-off` as `IamUserMfaOff`.
pub(in crate::report) fn pascal_case(code: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| {
            format!("{}{}", first.to_ascii_uppercase(), letters.as_str().to_ascii_lowercase())
        })
    };
    code.split(['_', '-']).map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_messages_are_what_viewers_expect() {
        assert_eq!(pascal_case("PASS_ROLE_WITH_NOT_RESOURCE"), "PassRoleWithNotResource");
        assert_eq!(pascal_case("iam-user-mfa-off"), "IamUserMfaOff");
        assert_eq!(message("a [b](c) d"), json!({"text": "a [b] (c) d"}));
        assert_eq!(uri("a b/ü"), "a%20b/%C3%BC");
    }
}
