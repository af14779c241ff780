//! Each format on hostile names, on every sort of answer, and on nothing.

use serde_json::{Value, json};

use super::{About, Check, Format, GrantReport, History, JudgedPolicy, Part, StatementPlace, write};
use crate::policy::semantics::{Access, Answer, Question, Told};
use crate::policy::{Document, PolicyKind};

const HOSTILE: &str = "a b/h,i:\u{1b}[31m|`<b>`\n::error::.json";

fn policy(statements: &Value) -> Document {
    Document::from_value(&json!({"Version": "2012-10-17", "Statement": statements})).expect("a policy")
}

fn part(about: About, answer: Answer<Told>) -> Part {
    let place = StatementPlace { file: HOSTILE.to_owned(), line: 7, sid: Some("Read".to_owned()) };
    Part { about, answer, statements: vec![place] }
}

fn report() -> GrantReport {
    let old = policy(&json!([
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::lab/*",
         "Condition": {"StringEquals": {"aws:PrincipalTag/a|b": ["x", "y"]}}},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
         "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]));
    let new =
        policy(&json!([{"Effect": "Allow", "Principal": "*", "Action": "s3:*Object", "Resource": "arn:aws:s3:::lab/*",
         "Condition": {"Null": {"aws:SourceVpce": "true"}}}]));
    let access = Access { actions: vec!["s3:PutObject".to_owned()], resources: Vec::new() };
    let guardrail = About::Guardrail { id: "ours".to_owned(), title: "Nothing | is <b>written</b>".to_owned() };
    let parts = vec![
        part(About::NewAccess, Question::new_access(&old, &new).tell(false)),
        part(About::NoLongerDenied, Question::no_longer_denied(&old, &new).tell(false)),
        part(About::NoLongerAllowed, Question::new_access(&new, &old).tell(false)),
        part(About::Public, Question::public(&new).tell(false)),
        part(guardrail, Question::granted(&new, access).tell(false)),
        part(About::Listed, Answer::Unknown(vec!["Resource is ${x|y}\n".to_owned(), "more".to_owned()])),
    ];
    assert!(parts[..2].iter().all(|own| matches!(own.answer, Answer::Fail(_))), "{parts:?}");
    let kind = PolicyKind::Resource(None);
    let judged = JudgedPolicy {
        file: HOSTILE.to_owned(),
        old_file: Some(HOSTILE.to_owned()),
        name: "p|\u{202e}".to_owned(),
        kind,
        history: History::Changed,
        parts,
    };
    GrantReport { check: Check::Changes, policies: vec![judged], problems: vec![format!("{HOSTILE} is a binary file")] }
}

fn empty() -> GrantReport {
    GrantReport { check: Check::NoPublicAccess, policies: Vec::new(), problems: Vec::new() }
}

fn written(report: &GrantReport, format: Format) -> String {
    let mut text = Vec::new();
    write(report, format, &mut text).expect("written");
    String::from_utf8(text).expect("UTF-8")
}

#[test]
fn json_is_as_its_schema_says() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/policy-grants-v1.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(path).expect("a schema")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for report in [report(), empty()] {
        let value: Value = serde_json::from_str(&written(&report, Format::Json)).expect("JSON");
        let errors: Vec<_> =
            validator.iter_errors(&value).map(|error| format!("{error} at {}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}\n{value:#}");
    }
}

#[test]
fn hostile_names_stay_text() {
    let table = anstream::adapter::strip_str(&written(&report(), Format::Table)).to_string();
    assert!(!table.contains('\u{1b}') && !table.contains('\u{202e}'), "{table}");
    assert!(table.contains("anyone can now") && table.contains("aws:SourceVpce is absent"), "{table}");
    let markdown = written(&report(), Format::Markdown);
    assert!(!markdown.contains("<b>"), "{markdown}");
    let rows: Vec<_> = markdown.lines().skip_while(|line| !line.starts_with("| ---")).skip(1).collect();
    assert!(rows.iter().all(|row| row.replace("\\|", "").matches('|').count() == 5), "{markdown}");
}

#[test]
fn annotations_are_one_line_each() {
    let text = written(&report(), Format::Github);
    assert!(text.lines().all(|line| line.starts_with("::error ") || line.starts_with("::warning ")), "{text}");
    assert!(
        text.contains("file=a b/h%2Ci%3A") && text.contains(",line=7,title=allows what was not allowed::"),
        "{text}"
    );
    assert!(text.contains("::warning") && text.contains("Resource is ${x|y}%0A; more"), "{text}");
    assert_eq!(written(&empty(), Format::Github), "");
}

#[test]
fn nothing_to_judge_is_said() {
    assert!(written(&empty(), Format::Table).contains("no policy of a resource to judge"));
    let changes = GrantReport { check: Check::Changes, ..empty() };
    assert!(written(&changes, Format::Markdown).contains("no policy changed"));
}
