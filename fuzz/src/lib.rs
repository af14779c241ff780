//! What must hold for any bytes.

use std::path::Path;
use std::sync::LazyLock;

use afterlab::lint::{self, FileProblem, FileReport, LintReport, LintSelection, PolicyReport, Reported, SelectedLints};
use afterlab::policy::format::format;
use afterlab::policy::input;
use afterlab::policy::matching;
use afterlab::policy::pattern::{Dialect, covers, overlaps};
use afterlab::policy::syntax::{Member, Node, Origin, Value, parse};
use afterlab::report::lint::{Format, Options, write};

static LINTS: LazyLock<SelectedLints> = LazyLock::new(|| {
    let select = vec!["*".to_owned()];
    LintSelection { select, ..LintSelection::default() }.resolve().expect("all lints")
});

/// The parser and `fmt`.
pub fn parser(data: &[u8]) {
    let Ok(source) = std::str::from_utf8(data) else { return };
    let parsed = parse(source, &Origin::file());
    for error in &parsed.errors {
        assert!(source.get(error.span.start as usize..error.span.end as usize).is_some(), "{error:?}");
    }
    let Some(root) = &parsed.root else { return };
    assert_places(root, source);
    if parsed.errors.is_empty() {
        let formatted = format(root);
        let again = parse(&formatted, &Origin::file());
        assert_eq!(again.errors, [], "{formatted}");
        let again = again.root.expect("JSON");
        assert_eq!(again.to_json(), root.to_json());
        assert_eq!(format(&again), formatted);
    }
}

/// Every place lies on character boundaries, and what is verbatim is what it says.
fn assert_places(node: &Node, source: &str) {
    assert!(source.get(node.span.start as usize..node.span.end as usize).is_some(), "{node:?}");
    match &node.value {
        Value::String(text) if text.is_verbatim() => {
            assert_eq!(text.part(0, text.text.len()).slice(source), text.text);
        }
        Value::Array(items) => items.iter().for_each(|item| assert_places(item, source)),
        Value::Object(members) => {
            for Member { key, value } in members {
                assert!(source.get(key.span.start as usize..key.span.end as usize).is_some(), "{key:?}");
                assert_places(value, source);
            }
        }
        _ => {}
    }
}

/// Wildcards, against their plain definition. The data is patterns and texts, one a line.
pub fn matcher(data: &[u8]) {
    let Ok(source) = std::str::from_utf8(data) else { return };
    let words: Vec<&str> = source.lines().filter(|line| line.len() <= 24).take(4).collect();
    for pattern in &words {
        for text in &words {
            assert_eq!(matching::glob(pattern, text), plainly(pattern, text), "{pattern:?} {text:?}");
            for dialect in [Dialect::Action, Dialect::Arn] {
                let matches = |pattern: &str, text: &str| match dialect {
                    Dialect::Action => matching::action(pattern, text),
                    Dialect::Arn => matching::arn(pattern, text),
                };
                for other in words.iter().filter(|_| !source.contains("${")) {
                    let (one, both) = (matches(pattern, text), matches(other, text));
                    let is_action = dialect == Dialect::Arn || text.contains(':');
                    let is_text = is_action && !text.contains(['*', '?']);
                    let said = format!("{dialect:?} {pattern:?} {other:?} {text:?}");
                    assert!(!(is_text && both && !one && covers(dialect, pattern, other)), "covers {said}");
                    assert!(!(is_text && one && both && !overlaps(dialect, pattern, other)), "overlaps {said}");
                }
            }
        }
    }
}

/// `*` is any run of characters, `?` any one of them: a table of which beginnings match which.
fn plainly(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut row: Vec<bool> = (0..=text.len()).map(|at| at == 0).collect();
    for c in pattern.chars() {
        let mut next = vec![c == '*' && row[0]];
        for at in 1..=text.len() {
            let one = row[at - 1] && (c == '?' || c == text[at - 1]);
            next.push(if c == '*' { row[at] || next[at - 1] } else { one });
        }
        row = next;
    }
    row[text.len()]
}

/// Everything that is JSON.
pub fn json(data: &[u8]) {
    read("x.json", data);
}

/// Everything that is YAML.
pub fn yaml(data: &[u8]) {
    read("x.yaml", data);
}

/// Terraform's own language.
pub fn terraform(data: &[u8]) {
    read("x.tf", data);
}

/// Its JSON form.
pub fn terraform_json(data: &[u8]) {
    read("x.tf.json", data);
}

/// Reads a file, checks what is in it, and writes every report.
fn read(name: &str, data: &[u8]) {
    let input = input::read(Path::new(name), data, None);
    let mut file = FileReport { path: name.to_owned(), ..FileReport::default() };
    for policy in &input.policies {
        if let Some(root) = &policy.parsed.root {
            assert_places(root, &input.source);
        }
        let found = lint::check(&policy.parsed, policy.kind, &*LINTS);
        let places = found.iter().flat_map(|finding| &finding.spans);
        for span in places.chain(policy.unknowns.iter().map(|part| &part.span)) {
            assert!(input.source.get(span.start as usize..span.end as usize).is_some(), "{span:?}");
        }
        let report = |finding| Reported::new(finding, name, &policy.name, None, &input.source);
        file.policies.push(PolicyReport {
            name: policy.name.clone(),
            kind: policy.kind,
            findings: found.into_iter().map(report).collect(),
            suppressed: Vec::new(),
            unknowns: policy.unknowns.clone(),
        });
    }
    let problem = |problem: &input::InputProblem| FileProblem { span: problem.span, message: problem.message.clone() };
    file.problems = input.problems.iter().map(problem).collect();
    assert!(!file.policies.is_empty() || !file.problems.is_empty(), "nothing is said");
    file.source = input.source;
    let report = LintReport { files: vec![file], ..LintReport::default() };
    for format in [Format::Table, Format::Sarif, Format::Junit, Format::Markdown, Format::Github] {
        write(&report, format, Options { width: 80 }, &mut Vec::new()).expect("written");
    }
}
