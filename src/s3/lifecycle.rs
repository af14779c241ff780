//! The commands that change a lifecycle configuration.

use serde_json::{Value, json};

use crate::inventory::s3::Bucket;
use crate::text::shell_quote;

/// The commands that add a rule. S3 replaces the whole configuration at once, so that rules which are there, or which
/// may be there, are fetched and kept (with `jq`).
#[must_use]
pub fn add_rule(bucket: &Bucket, rule: &Value) -> Vec<String> {
    let name = shell_quote(&bucket.name);
    if bucket.lifecycle.known().is_ok_and(Vec::is_empty) {
        let configuration = shell_quote(&json!({ "Rules": [rule] }).to_string());
        return vec![format!(
            "aws s3api put-bucket-lifecycle-configuration --bucket {name} --lifecycle-configuration {configuration}"
        )];
    }
    let filter = shell_quote(&format!("{{Rules: (.Rules + [{rule}])}}"));
    vec![
        format!("aws s3api get-bucket-lifecycle-configuration --bucket {name} | jq {filter} > lifecycle.json"),
        put_file(bucket),
    ]
}

/// The commands that change rules by hand, with what is to be changed as a comment between them.
#[must_use]
pub fn edit_rules(bucket: &Bucket, what: &str) -> Vec<String> {
    let name = shell_quote(&bucket.name);
    vec![
        format!(
            "aws s3api get-bucket-lifecycle-configuration --bucket {name} --query '{{Rules: Rules}}' > lifecycle.json"
        ),
        format!("# in lifecycle.json: {}", crate::text::printable(what)),
        put_file(bucket),
    ]
}

fn put_file(bucket: &Bucket) -> String {
    format!(
        "aws s3api put-bucket-lifecycle-configuration --bucket {} --lifecycle-configuration file://lifecycle.json",
        shell_quote(&bucket.name)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commands(bucket: &str) -> Vec<String> {
        add_rule(&serde_json::from_str(bucket).expect(bucket), &json!({"ID": "tidy"}))
    }

    #[test]
    fn rules_that_are_there_are_kept() {
        assert_eq!(
            commands(r#"{"Name": "lab", "Lifecycle": []}"#),
            ["aws s3api put-bucket-lifecycle-configuration --bucket lab --lifecycle-configuration \
              '{\"Rules\":[{\"ID\":\"tidy\"}]}'"]
        );
        let kept = commands(r#"{"Name": "lab", "Lifecycle": [{"Status": "Disabled"}]}"#);
        assert!(kept[0].contains(r#"jq '{Rules: (.Rules + [{"ID":"tidy"}])}'"#), "{kept:?}");
        assert_eq!(kept.len(), 2);
    }

    #[test]
    fn a_hostile_name_stays_one_word() {
        let hostile: Bucket = serde_json::from_str(r#"{"Name": "a;b", "Lifecycle": []}"#).expect("a bucket");
        assert!(add_rule(&hostile, &json!({})).iter().all(|command| command.contains("--bucket 'a;b'")));
        let edited = edit_rules(&hostile, "let rule a\nrm -rf / wait");
        assert!(edited[1].starts_with("# ") && !edited[1].contains('\n'), "{edited:?}");
    }
}
