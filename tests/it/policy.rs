//! `afterlab policy` as a user and a CI system call it.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::support::{Run, afterlab};

const BAD: &str = "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Sid\": \"A\", \"Effect\": \"Allow\", \"Action\": \"s3:GetObjekt\", \"Resource\": \"*\"}]}\n";
const GOOD: &str = "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"s3:GetObject\", \"Resource\": \"arn:aws:s3:::b/*\"}]}\n";

pub fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        std::fs::write(path, content).expect("a file");
    }
    folder
}

pub fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=t", "-c", "user.email=t@example.com"]).args(arguments);
    assert!(command.output().expect("git").status.success(), "git {arguments:?}");
}

pub fn run(folder: &Path, arguments: &[&str]) -> Run {
    let mut command = afterlab(arguments);
    command.current_dir(folder);
    Run::of(command)
}

#[test]
fn each_broken_file_has_its_line_and_the_rest_is_checked() {
    let html = b"<!doctype html><html></html>";
    let utf16: Vec<u8> = BAD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let folder = folder(&[
        ("empty.json", b""),
        ("page.json", html),
        ("tabs.yaml", b"Resources:\n\tA: 1\n"),
        ("binary.json", b"\x7fELF\x00\x01\x02"),
        ("utf16.json", &utf16),
        ("other.json", b"{\"a\": 1}"),
        ("bad.json", BAD.as_bytes()),
    ]);
    let found = run(folder.path(), &["policy", "check", "."]);
    assert_eq!(found.code, Some(2), "{}", found.stdout);
    for line in ["empty.json is empty", "page.json is HTML", "binary.json is a binary file", "utf16.json is UTF-16"] {
        assert!(found.stdout.contains(line), "{line}: {}", found.stdout);
    }
    assert!(found.stdout.contains("tabs.yaml") && found.stdout.contains("is no YAML"), "{}", found.stdout);
    assert!(found.stdout.contains("bad.json:1:83") && found.stdout.contains("s3:GetObject?"), "{}", found.stdout);
    assert!(found.stdout.contains("1 file without a policy"), "{}", found.stdout);
    let named = run(folder.path(), &["policy", "check", "other.json", "missing.json"]);
    assert_eq!(named.code, Some(2));
    assert!(
        named.stdout.contains("other.json holds no policy") && named.stdout.contains("missing.json cannot be read")
    );
}

#[test]
fn exit_codes_and_formats() {
    let folder = folder(&[("good.json", GOOD.as_bytes()), ("bad.json", BAD.as_bytes())]);
    assert_eq!(run(folder.path(), &["policy", "check", "good.json"]).code, Some(0));
    assert_eq!(run(folder.path(), &["policy", "check", "bad.json"]).code, Some(1));
    for format in ["json", "sarif", "github", "gitlab", "junit", "markdown"] {
        let found = run(folder.path(), &["policy", "check", "--format", format, "bad.json"]);
        assert_eq!(found.code, Some(1), "{format}");
        assert!(found.stdout.contains("INVALID_ACTION"), "{format}: {}", found.stdout);
    }
    let written = run(folder.path(), &["policy", "check", "-o", "out.txt", "bad.json"]);
    assert_eq!(written.stdout, "");
    let text = std::fs::read_to_string(folder.path().join("out.txt")).expect("the report");
    assert!(text.contains("INVALID_ACTION") && !text.contains('\u{1b}'), "{text}");
    assert_eq!(run(folder.path(), &["policy", "check", "--select", "NO_SUCH", "bad.json"]).code, Some(2));
    assert_eq!(run(folder.path(), &["policy", "check", "--type", "nonsense", "bad.json"]).code, Some(2));
}

#[test]
fn config_suppresses_and_says_what_is_stale() {
    let config = "[policy]\nignore = [\"EMPTY_*\"]\n[policy.severity]\nPUBLIC_PRINCIPAL = \"error\"\n\
        [[policy.suppress]]\ncode = \"INVALID_ACTION\"\nfile = \"p/*\"\nsid = \"A\"\nreason = \"known\"\n\
        [[policy.suppress]]\ncode = \"MISSING_VERSION\"\nreason = \"old\"\nuntil = 2020-01-01\n";
    let folder = folder(&[("p/bad.json", BAD.as_bytes()), ("afterlab.toml", config.as_bytes())]);
    let found = run(folder.path(), &["policy", "check", "p"]);
    assert_eq!(found.code, Some(0), "{}", found.stdout);
    assert!(found.stdout.contains("1 suppressed") && found.stdout.contains("ended on 2020-01-01"), "{}", found.stdout);
    assert_eq!(run(folder.path(), &["policy", "check", "--no-config", "p"]).code, Some(1));
    std::fs::write(folder.path().join("afterlab.toml"), "[policy]\nselekt = []\n").expect("a file");
    let refused = run(folder.path(), &["policy", "check", "p"]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("selekt") && refused.stderr.contains("afterlab.toml"), "{}", refused.stderr);
}

#[test]
fn only_what_changed_since_a_revision() {
    let two = |second: &str| format!("[{},\n{second}]\n", BAD.trim());
    let folder = folder(&[("a.json", two(GOOD.trim()).as_bytes()), ("b.json", BAD.as_bytes())]);
    git(folder.path(), &["init", "-q"]);
    git(folder.path(), &["add", "."]);
    git(folder.path(), &["commit", "-q", "-m", "base"]);
    assert_eq!(run(folder.path(), &["policy", "check", "--diff", "HEAD", "."]).code, Some(0), "nothing has changed");
    std::fs::write(folder.path().join("a.json"), two(BAD.trim())).expect("a file");
    std::fs::write(folder.path().join("new.json"), BAD).expect("a file");
    let found =
        run(folder.path(), &["policy", "check", "--diff", "HEAD", "--changed-lines-only", "--format", "github", "."]);
    let lines: Vec<_> = found.stdout.lines().map(|line| line.split(",endLine").next().unwrap_or_default()).collect();
    assert_eq!(lines, ["::error file=a.json,line=2", "::error file=new.json,line=1"], "{}", found.stdout);
    let refused = run(folder.path(), &["policy", "check", "--diff", "no-such-revision", "."]);
    assert_eq!(refused.code, Some(2));
    assert!(refused.stderr.contains("fetch the revision"), "{}", refused.stderr);
}

#[test]
fn fixes_keep_the_rest_of_the_file_as_it_was() {
    let source = "{\r\n  // which\r\n  \"Version\": \"2012-10-17\",\r\n  \"Statement\":   [ { \"effect\":\"Allow\", \"Action\":\"s3:GetObject\",\r\n \"Resource\":\"arn:aws:s3:::b/*\", } ]\r\n}\r\n";
    let folder = folder(&[("p.json", source.as_bytes())]);
    let found = run(folder.path(), &["policy", "check", "--fix", "p.json"]);
    assert_eq!(found.code, Some(0), "{}", found.stdout);
    let text = std::fs::read_to_string(folder.path().join("p.json")).expect("the file");
    let expected = source.replace("// which", "").replace("\"effect\"", "\"Effect\"").replace(", }", " }");
    assert_eq!(text, expected);
}

#[test]
fn fmt_actions_expand_catalogue_and_explain() {
    let folder = folder(&[("p.json", BAD.as_bytes()), ("broken.json", b"{\"a\": [1}")]);
    assert_eq!(run(folder.path(), &["policy", "fmt", "--check", "p.json"]).code, Some(1));
    assert_eq!(run(folder.path(), &["policy", "fmt", "p.json"]).code, Some(0));
    assert_eq!(run(folder.path(), &["policy", "fmt", "--check", "p.json"]).code, Some(0));
    assert_eq!(run(folder.path(), &["policy", "fmt", "broken.json"]).code, Some(2));
    let actions = run(folder.path(), &["policy", "actions", "--names", "iam:passr*"]);
    assert_eq!(actions.stdout, "iam:PassRole\n");
    assert_eq!(run(folder.path(), &["policy", "actions", "s4:Get*"]).code, Some(2));
    let wide = GOOD.replace("s3:GetObject", "iam:PassR*");
    std::fs::write(folder.path().join("wide.json"), wide).expect("a file");
    assert!(run(folder.path(), &["policy", "expand", "wide.json"]).stdout.contains("[\"iam:PassRole\"]"));
    assert!(run(folder.path(), &["policy", "catalogue"]).stdout.contains("Condition keys"));
    assert!(run(folder.path(), &["explain", "pass_role_with_star_in_resource"]).stdout.contains("iam:PassRole"));
    assert!(run(folder.path(), &["policy", "lints"]).stdout.contains("INVALID_ACTION"));
}

#[test]
fn the_files_for_ci_use_flags_that_exist() {
    let help = run(Path::new("."), &["policy", "check", "--help"]).stdout;
    for file in ["action.yml", ".pre-commit-hooks.yaml", "docs/guide/src/policy-check.md"] {
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).expect(file);
        let words = text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '`' | '(' | ')' | ',' | ';'));
        let flags = words.filter(|word| word.starts_with("--") && word.contains(|c: char| c.is_ascii_lowercase()));
        let of_others = ["--locked", "--path", "--root"];
        for flag in flags.filter(|flag| !of_others.contains(flag)) {
            assert!(help.contains(flag), "{file} uses {flag}");
        }
    }
}

const TERRAFORM: &str = r#"data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}
resource "aws_iam_role" "lab" {
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
resource "aws_iam_role_policy" "lab" {
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{
      Effect   = "allow"
      Action   = "s3:GetObjekt"
      Resource = "arn:aws:s3:::${var.bucket}/*"
    }]
  })
}
resource "aws_sqs_queue_policy" "lab" {
  policy = file("queue.json")
}
"#;

#[test]
fn terraform_files_are_read_as_far_as_they_are_constant() {
    let json = r#"{"resource": {"aws_iam_policy": {"x": {"policy": "${jsonencode({\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:Lst\",\"Resource\":\"*\"}]})}"}}}}"#;
    let folder = folder(&[
        ("main.tf", TERRAFORM.as_bytes()),
        ("cdk.tf.json", json.as_bytes()),
        ("broken.tf", b"resource \"x\" {\n"),
        ("empty.tf", b"variable \"bucket\" {}\n"),
    ]);
    let found = run(folder.path(), &["policy", "check", "."]);
    assert_eq!(found.code, Some(2), "{}", found.stdout);
    for line in [
        "main.tf:6:22 (data.aws_iam_policy_document.trust, trust policy)",
        "main.tf:18:18 (aws_iam_role_policy.lab.policy, identity policy)",
        "main.tf:24:12 the policy is file(\"queue.json\"), known only at deployment",
        "main.tf:19:18 Statement[0].Resource is arn:aws:s3:::${var.bucket}/*, known only at deployment",
        "cdk.tf.json:1:140 (aws_iam_policy.x.policy, identity policy)",
        "broken.tf:1:",
        "is not Terraform's language",
        "1 file without a policy",
    ] {
        assert!(found.stdout.contains(line), "{line}: {}", found.stdout);
    }
}

#[test]
fn fixes_are_made_where_they_work() {
    let template = "Resources:\n  P:\n    Type: AWS::IAM::ManagedPolicy\n    Properties:\n      PolicyDocument:\n        \
        Version: '2012-10-17' # keep\n        Statement:\n          - Effect: allow\n            Action: s3:GetObject\n            \
        Resource: !Sub 'arn:aws:s3:::${B}/*'\n";
    let folder = folder(&[("main.tf", TERRAFORM.as_bytes()), ("template.yaml", template.as_bytes())]);
    let found = run(folder.path(), &["policy", "check", "--fix", "."]);
    assert_eq!(found.code, Some(1), "{}", found.stdout);
    let text = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("the file");
    assert_eq!(text("main.tf"), TERRAFORM.replace("\"allow\"", "\"Allow\""));
    assert_eq!(text("template.yaml"), template.replace(": allow", ": \"Allow\""));
}
