//! Compares the lints with verdicts that IAM Access Analyzer itself gave. Opt-in, as the verdicts are no part of the
//! project: `AFTERLAB_ORACLE=FOLDER cargo nextest run --test it --run-ignored all -E 'test(oracle::)'`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use afterlab::lint::{CheckOrigin, LintSelection, Selected, check};
use afterlab::policy::PolicyKind;
use afterlab::policy::syntax::{Origin, parse};
use serde::Deserialize;

#[derive(Deserialize)]
struct Verdict {
    name: String,
    policy: serde_json::Value,
    findings: Vec<Finding>,
}

#[derive(Deserialize)]
struct Finding {
    code: String,
    paths: Vec<String>,
}

/// A difference that is known, and why it is there.
#[derive(Deserialize)]
struct Difference {
    policy: String,
    code: String,
    cause: String,
}

/// `Statement/2/Action/0` is in statement 2; what is in none is about the document.
fn statement(finding: &Finding) -> Option<usize> {
    let mut parts = finding.paths.first()?.split('/');
    (parts.next() == Some("Statement")).then(|| parts.next().and_then(|number| number.parse().ok()).unwrap_or(0))
}

#[test]
#[ignore = "needs AFTERLAB_ORACLE, a folder with access-analyzer-verdicts.json"]
fn says_what_access_analyzer_says() {
    let folder = PathBuf::from(std::env::var_os("AFTERLAB_ORACLE").expect("AFTERLAB_ORACLE names a folder"));
    let text = std::fs::read(folder.join("access-analyzer-verdicts.json")).expect("access-analyzer-verdicts.json");
    let verdicts: Vec<Verdict> = serde_json::from_slice(&text).expect("verdicts");
    let known = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/access-analyzer-differences.json");
    let known: Vec<Difference> = serde_json::from_slice(&std::fs::read(known).expect("differences")).expect("JSON");
    assert!(known.iter().all(|difference| !difference.cause.is_empty()));
    let lints = LintSelection::default().resolve().expect("lints");
    let is_known = |policy: &str, code: &str| {
        known
            .iter()
            .any(|difference| (difference.policy == "*" || difference.policy == policy) && difference.code == code)
    };
    let (mut wrong, mut sums) = (Vec::new(), BTreeMap::new());
    for verdict in &verdicts {
        let source = serde_json::to_string(&verdict.policy).expect("JSON");
        let found = check(&parse(&source, &Origin::file()), PolicyKind::Identity, &lints as &dyn Selected);
        let of_aws = found.iter().filter(|finding| finding.lint.origin == CheckOrigin::AccessAnalyzer);
        let ours: BTreeSet<_> = of_aws.map(|finding| (finding.lint.code.to_owned(), finding.statement)).collect();
        let theirs: BTreeSet<_> =
            verdict.findings.iter().map(|finding| (finding.code.clone(), statement(finding))).collect();
        for (sign, set) in [("+", ours.difference(&theirs)), ("-", theirs.difference(&ours))] {
            for (code, statement) in set.filter(|(code, _)| !is_known(&verdict.name, code)) {
                *sums.entry(format!("{sign}{code}")).or_insert(0) += 1;
                wrong.push(format!("{sign} {} {code} in statement {statement:?}", verdict.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{sums:#?}", wrong.join("\n"));
}
