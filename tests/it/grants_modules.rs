//! Terraform modules: what one file defines, the policies of the others depend on.

use crate::grants::{diff, write};
use crate::grants_git::repository;
use crate::policy::{folder, git, run};

const POLICY: &str = r#"
resource "aws_iam_role_policy" "p" {
  role = "reader"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::${var.bucket}/*" }]
  })
}
resource "aws_iam_role_policy" "q" {
  role   = "writer"
  policy = data.aws_iam_policy_document.d.json
}
"#;

const DOCUMENT: &str = r#"
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["*"]
  }
}
"#;

const VARIABLES: &str = "variable \"bucket\" { default = \"lab\" }\nvariable \"other\" { default = \"lab-2\" }\n";

/// A change of one file, and what is said of the policy that depends on it.
const CHANGES: &[(&str, &str, bool)] = &[
    ("variables.tf", "variable \"bucket\" { default = \"*\" }\n", true),
    ("variables.tf", "variable \"bucket\" { default = \"lab\" }\nvariable \"other\" { default = \"*\" }\n", false),
    ("variables.tf", "variable \"bucket\" {", true),
    ("terraform.tfvars", "bucket = \"*\"\n", true),
    ("terraform.tfvars", "other = \"*\"\n", false),
    ("values.auto.tfvars.json", "{\"bucket\": \"*\"}", true),
];

#[test]
fn a_definition_in_another_file_of_the_module_counts() {
    let files = [
        ("infra/main.tf", POLICY),
        ("infra/documents.tf", DOCUMENT),
        ("infra/variables.tf", VARIABLES),
        ("variables.tf", "variable \"bucket\" {}"),
    ];
    let (repository, before) = (repository(&files), folder(&files.map(|(name, text)| (name, text.as_bytes()))));
    let old = before.path().join("infra").display().to_string();
    for (name, text, is_open) in CHANGES {
        write(&repository, &format!("infra/{name}"), text);
        for arguments in [&["--git", "HEAD"][..], &["--git", "HEAD", "infra/main.tf"], &[&old, "infra"]] {
            let (policies, _) = diff(repository.path(), arguments);
            let open = policies.iter().any(|(file, _, outcome)| file.ends_with("main.tf") && outcome == "unknown");
            assert_eq!(open, *is_open, "{name} {text:?} {arguments:?}: {policies:?}");
        }
        git(repository.path(), &["checkout", "-q", "."]);
        git(repository.path(), &["clean", "-qf"]);
    }
    write(&repository, "variables.tf", "variable \"bucket\" { default = \"*\" }");
    assert_eq!(diff(repository.path(), &["--git", "HEAD"]), (Vec::new(), Some(0)), "that is another module");
}

#[test]
fn a_document_is_judged_in_its_own_file_alone() {
    let repository = repository(&[("main.tf", POLICY), ("documents.tf", DOCUMENT)]);
    write(&repository, "documents.tf", &DOCUMENT.replace(", \"s3:PutObject\"", ""));
    let less = run(repository.path(), &["policy", "diff", "--git", "HEAD"]);
    assert_eq!(less.code, Some(0), "{}", less.stdout);
    assert!(less.stdout.starts_with("pass     documents.tf: data.aws_iam_policy_document.d"), "{}", less.stdout);
}
