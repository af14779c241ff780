//! Each format on a hostile file, an empty report and a file that cannot be read.

use super::{Format, Options, write};
use crate::lint::{FileProblem, FileReport, LintReport, LintSelection, PolicyReport, Reported, check};
use crate::policy::PolicyKind;
use crate::policy::syntax::{Origin, parse};

const HOSTILE: &str = "\u{feff}{\"Version\": \"2012-10-17\",\r\n \"Statement\": {\"Effect\": \"Allow\", \"Action\": [\"iam:Pass*\", \
    \"s3:Gét|]]></script>::error\u{202e}\"], \"Resource\": \"*\"}}";

fn report() -> LintReport {
    let lints = LintSelection::default().resolve().expect("lints");
    let path = "a b/h,i:\u{1b}[31m.json";
    let found = check(&parse(HOSTILE, &Origin::file()), PolicyKind::Identity, &lints);
    let mut findings: Vec<Reported> =
        found.into_iter().map(|finding| Reported::new(finding, path, "p", None, HOSTILE)).collect();
    let suppressed = vec![(findings.remove(0), "it is \"known\"".to_owned())];
    let policy = PolicyReport {
        name: "p\n::error".to_owned(),
        kind: PolicyKind::Identity,
        findings,
        suppressed,
        unknowns: Vec::new(),
    };
    let file =
        FileReport { path: path.to_owned(), source: HOSTILE.to_owned(), policies: vec![policy], problems: Vec::new() };
    let problems = vec![FileProblem { span: None, message: "is a binary file".to_owned() }];
    let broken = FileReport { path: "x.json".to_owned(), problems, ..FileReport::default() };
    LintReport { files: vec![file, broken], stale_suppressions: vec!["gone".to_owned()], files_without_policy: 2 }
}

fn written(report: &LintReport, format: Format) -> String {
    let mut text = Vec::new();
    write(report, format, Options { width: 100 }, &mut text).expect("written");
    String::from_utf8(text).expect("UTF-8")
}

fn assert_valid(schema: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(schema);
    let mut schema: serde_json::Value = serde_json::from_slice(&std::fs::read(path).expect("a schema")).expect("JSON");
    // SARIF's official schema has one pattern that is no regular expression; afterlab does not write that property.
    for definition in ["run", "toolComponent"] {
        if let Some(language) = schema.pointer_mut(&format!("/definitions/{definition}/properties/language")) {
            language.as_object_mut().and_then(|language| language.remove("pattern")).expect("the odd pattern");
        }
    }
    let value: serde_json::Value = serde_json::from_str(text).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let errors: Vec<_> =
        validator.iter_errors(&value).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn the_table_shows_the_value_and_no_control_character() {
    let text = anstream::adapter::strip_str(&written(&report(), Format::Table)).to_string();
    assert!(text.contains("error[INVALID_ACTION]"), "{text}");
    assert!(text.contains(":2:59 (p\\u{a}::error, identity policy)"), "{text}");
    assert!(text.contains("x.json is a binary file") && text.contains("1 suppressed"), "{text}");
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'));
    let under = text.lines().find(|line| line.contains("^^^")).expect("an underline");
    assert!(under.starts_with("  | ") || under.starts_with(" |"), "{under:?}");
}

#[test]
fn sarif_and_json_are_valid() {
    for report in [report(), LintReport::default()] {
        assert_valid("tests/fixtures/sarif-2.1.0.json", &written(&report, Format::Sarif));
        assert_valid("schemas/policy-report-v1.json", &written(&report, Format::Json));
    }
    let sarif: serde_json::Value = serde_json::from_str(&written(&report(), Format::Sarif)).expect("JSON");
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().expect("results");
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
    assert_eq!(results.iter().filter(|result| result.get("suppressions").is_some()).count(), 1);
    assert_eq!(run["invocations"][0]["executionSuccessful"], false);
}

#[test]
fn annotations_are_one_line_each_and_escaped() {
    let text = written(&report(), Format::Github);
    assert!(text.lines().all(|line| line.starts_with("::error ") || line.starts_with("::warning ")), "{text}");
    assert!(text.contains("file=a b/h%2Ci%3A"), "{text}");
    assert_eq!(written(&LintReport::default(), Format::Github), "");
}

#[test]
fn gitlab_junit_and_markdown_keep_hostile_text_text() {
    let issues: serde_json::Value = serde_json::from_str(&written(&report(), Format::Gitlab)).expect("JSON");
    assert!(issues.as_array().is_some_and(|issues| issues.iter().all(|issue| issue["fingerprint"].is_string())));
    let junit = written(&report(), Format::Junit);
    assert!(junit.contains("<testsuites") && !junit.contains("</script>") && !junit.contains('\u{1b}'), "{junit}");
    let markdown = written(&report(), Format::Markdown);
    assert!(
        markdown.contains("\\|]]&gt;&lt;/script&gt;") || markdown.contains("\\|\\]\\]&gt;&lt;/script&gt;"),
        "{markdown}"
    );
}
