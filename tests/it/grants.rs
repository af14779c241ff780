//! What changes of policies grant, between a revision and the work tree, and between folders.

use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::policy::{folder, git, run};

pub const READ: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::lab/*"}]}"#;
pub const WRITE: &str = r#"{"Version": "2012-10-17", "Statement": [
  {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": "arn:aws:s3:::lab/*"}]}"#;
const TERRAFORM: &str = r#"
resource "aws_iam_policy" "lab" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sqs:SendMessage"], Resource = aws_sqs_queue.lab.arn }]
  })
}
"#;

/// A repository with one commit.
fn repository() -> TempDir {
    let folder = folder(&[
        ("policies/changed.json", READ.as_bytes()),
        ("policies/same.json", READ.as_bytes()),
        ("policies/laid out.json", READ.as_bytes()),
        ("policies/gone.json", WRITE.replace("lab", "other").as_bytes()),
        ("policies/moved.json", READ.replace("lab", "moved").as_bytes()),
        ("main.tf", TERRAFORM.as_bytes()),
        ("package.json", br#"{"name": "no policy"}"#),
    ]);
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "base"]);
    folder
}

pub fn write(folder: &TempDir, name: &str, text: &str) {
    std::fs::create_dir_all(folder.path().join(name).parent().expect("a folder")).expect("folders");
    std::fs::write(folder.path().join(name), text).expect("a file");
}

/// Each policy with its history and outcome, and how the run ended.
pub fn diff(folder: &Path, arguments: &[&str]) -> (Vec<(String, String, String)>, Option<i32>) {
    let found = run(folder, &[&["policy", "diff", "--format", "json"], arguments].concat());
    let report: Value = serde_json::from_str(&found.stdout).unwrap_or_else(|error| panic!("{error}: {}", found.stderr));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let policies = report["policies"].as_array().expect("policies");
    let told = policies.iter().map(|own| (text(&own["file"]), text(&own["history"]), text(&own["outcome"])));
    (told.collect(), found.code)
}

#[test]
fn a_revision_is_compared_with_the_work_tree() {
    let repository = repository();
    let folder = repository.path();
    assert_eq!(diff(folder, &["--git", "HEAD"]), (Vec::new(), Some(0)), "nothing changed");
    write(&repository, "policies/changed.json", WRITE);
    write(&repository, "policies/laid out.json", &READ.replace(' ', "\n"));
    write(&repository, "policies/added.json", WRITE);
    write(&repository, "package.json", "{}");
    write(
        &repository,
        "main.tf",
        &TERRAFORM.replace(r#"["sqs:SendMessage"]"#, r#"["sqs:SendMessage", "sqs:PurgeQueue"]"#),
    );
    std::fs::remove_file(folder.join("policies/gone.json")).expect("removed");
    std::fs::create_dir_all(folder.join("elsewhere")).expect("a folder");
    std::fs::rename(folder.join("policies/moved.json"), folder.join("elsewhere/here.json")).expect("moved");
    let own = |file: &str, history: &str, outcome: &str| (file.to_owned(), history.to_owned(), outcome.to_owned());
    let gone = own("policies/gone.json at HEAD", "removed", "pass");
    let mut expected = vec![
        own("main.tf", "changed", "fail"),
        own("policies/added.json", "added", "fail"),
        own("policies/changed.json", "changed", "fail"),
        gone.clone(),
    ];
    let (mut told, code) = diff(folder, &["--git", "HEAD"]);
    told.sort();
    expected.sort();
    assert_eq!((told, code), (expected, Some(1)));
    assert_eq!(diff(folder, &["--git", "HEAD", "policies/gone.json"]), (vec![gone], Some(0)));
    let below = diff(&folder.join("policies"), &["--git", "HEAD", "changed.json"]);
    assert_eq!(below, (vec![own("changed.json", "changed", "fail")], Some(1)), "from a folder below");
    let annotated = run(folder, &["policy", "diff", "--git", "HEAD", "--format", "github", "main.tf"]);
    let line = "::error file=main.tf,line=5,title=allows what was not allowed::its principals can now sqs:PurgeQueue on \
                ${aws_sqs_queue.lab.arn}\n";
    assert_eq!(annotated.stdout, line);
}

#[test]
fn what_cannot_be_compared_is_said() {
    let repository = repository();
    let folder = repository.path();
    let unknown = run(folder, &["policy", "diff", "--git", "no-such-branch"]);
    assert_eq!(unknown.code, Some(2), "{}", unknown.stderr);
    assert!(unknown.stderr.contains("no-such-branch") && unknown.stderr.contains("help:"), "{}", unknown.stderr);
    write(&repository, "policies/changed.json", "{\"Version\": ");
    write(&repository, "policies/same.json", WRITE);
    let broken = run(folder, &["policy", "diff", "--git", "HEAD", "policies"]);
    assert_eq!(broken.code, Some(2), "{}", broken.stdout);
    assert!(broken.stdout.contains("not read  policies/changed.json:1:"), "{}", broken.stdout);
    assert!(broken.stdout.contains("FAIL     policies/same.json"), "the rest is judged: {}", broken.stdout);
    let outside = tempfile::tempdir().expect("a folder");
    let none = run(outside.path(), &["policy", "diff", "--git", "HEAD"]);
    assert_eq!(none.code, Some(2), "{}", none.stdout);
    assert!(none.stderr.contains("in no git repository") && none.stderr.contains("help:"), "{}", none.stderr);
    for (revision, expected) in [
        ("HEAD:policies", "`--git HEAD policies`"),
        ("", "name one"),
        ("main..HEAD", "compared with one revision"),
        ("no-such-branch", "fetch the revision first"),
    ] {
        let unknown = run(folder, &["policy", "diff", "--git", revision]);
        assert_eq!(unknown.code, Some(2), "{revision}: {}", unknown.stdout);
        assert!(unknown.stderr.contains(expected), "{revision}: {}", unknown.stderr);
    }
    for (path, expected) in [
        ("policies/none.json", "is neither in the work tree nor at HEAD"),
        ("none*.json", "matches no file"),
        ("/", "is outside of the repository"),
        ("-", "is standard input"),
    ] {
        let unknown = run(folder, &["policy", "diff", "--git", "HEAD", path]);
        assert_eq!(unknown.code, Some(2), "{path}: {}", unknown.stdout);
        assert!(unknown.stdout.contains(expected), "{path}: {}", unknown.stdout);
    }
}
