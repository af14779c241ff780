//! What is given to others holds together: the package, the image, the release, the action, the role of a scan.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use afterlab::policy::input;
use afterlab::policy::scan_policy::{MANAGED_POLICY_LIMIT, POLICIES_OF_A_ROLE};
use afterlab::policy::syntax::{Node, Value};

use crate::documents::{assert_file, root};
use crate::support::{Run, afterlab};

fn text(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// All files below a folder, from the root on.
fn files(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).expect("a folder").flatten().map(|entry| entry.path()));
        } else {
            found.push(path.strip_prefix(root()).expect("a file of the project").to_string_lossy().into_owned());
        }
    }
    found
}

// ---- the package

/// What the binary is made of.
const PARTS: [&str; 8] =
    ["src", "rules", "packs", "frameworks", "docs/notes", "schemas/afterlab-toml.json", "build.rs", "Cargo.toml"];

/// Bytes that a registry takes at most, compressed: <https://doc.rust-lang.org/cargo/reference/publishing.html>.
const REGISTRY_LIMIT: u64 = 10 * 1024 * 1024;

#[test]
fn the_package_holds_what_the_binary_is_made_of_and_little_else() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let list = Command::new(cargo).args(["package", "--list", "--allow-dirty"]).current_dir(root()).output();
    let list = list.expect("cargo package");
    assert!(list.status.success(), "{}", String::from_utf8_lossy(&list.stderr));
    let list = String::from_utf8(list.stdout).expect("UTF-8");
    let packed: BTreeSet<&str> = list.lines().collect();
    for part in PARTS.iter().flat_map(|part| files(part)) {
        assert!(packed.contains(part.as_str()), "the package lacks {part}");
    }
    let bytes = |file: &&str| fs::metadata(root().join(file)).map_or(0, |found| found.len());
    let size: u64 = packed.iter().map(bytes).sum();
    assert!(size < REGISTRY_LIMIT, "{size} bytes even before they are compressed");
    for outside in ["tests/", "fuzz/", "benches/", ".github/", "docs/rules/", "docs/guide/"] {
        let strangers: Vec<_> = packed.iter().filter(|file| file.starts_with(outside)).collect();
        assert!(strangers.is_empty(), "{strangers:?}");
    }
}

// ---- the image

/// What `.dockerignore` lets into the image's build: it keeps everything out but what stands behind a `!`.
fn let_in() -> Vec<String> {
    let ignored = text(".dockerignore");
    let lines: Vec<&str> = ignored.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert_eq!(lines.first(), Some(&"*"));
    let parts = lines[1..].iter().map(|line| line.strip_prefix('!').expect("a line that lets something in").to_owned());
    parts.collect()
}

#[test]
fn the_image_is_built_of_all_that_the_binary_is_made_of() {
    let parts = let_in();
    let is_in = |file: &str| parts.iter().any(|part| file == part || file.starts_with(&format!("{part}/")));
    for file in PARTS.iter().flat_map(|part| files(part)).chain(["Cargo.lock".to_owned()]) {
        assert!(is_in(&file), ".dockerignore keeps {file} out");
    }
    for part in &parts {
        assert!(root().join(part).exists(), ".dockerignore lets in {part}, which is not there");
    }
    // Cargo reads all of the workspace's manifests and looks for their targets.
    let folder = tempfile::tempdir().expect("a folder");
    for file in parts.iter().flat_map(|part| files(part)) {
        let to = folder.path().join(&file);
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        fs::copy(root().join(&file), to).expect("a copy");
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let read = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(folder.path())
        .output()
        .expect("cargo metadata");
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
}

#[test]
fn the_image_copies_what_is_there_and_is_not_root() {
    let docker = text("Dockerfile");
    let lines: Vec<&str> = docker.lines().map(str::trim).collect();
    let parts = let_in();
    let mut copied = 0;
    for line in lines.iter().filter_map(|line| line.strip_prefix("COPY ")) {
        let mut words: Vec<&str> = line.split_whitespace().filter(|word| !word.starts_with("--")).collect();
        words.pop();
        for word in words {
            copied += 1;
            let file = word.trim_start_matches("/afterlab/");
            let is_there = file == "." || file == "target/release/afterlab" || parts.iter().any(|part| part == file);
            assert!(is_there, "the Dockerfile copies {word}");
        }
    }
    assert!(copied >= 3, "{docker}");
    let user = lines.iter().rfind(|line| line.starts_with("USER ")).expect("a user");
    assert!(user[5..].split(':').all(|id| id.parse::<u32>().is_ok_and(|id| id > 0)), "{user}");
    let last = lines.iter().rfind(|line| line.starts_with("FROM ")).expect("an image");
    assert!(last.contains("distroless") && !docker.contains(":latest"), "{last}");
}

// ---- workflows

/// Files of workflows and actions.
fn workflows() -> Vec<String> {
    let mut found = files(".github/workflows");
    found.extend(["action.yml".to_owned(), "actions/scan/action.yml".to_owned()]);
    found
}

#[test]
fn actions_of_others_are_pinned_by_commit() {
    let mut pinned = 0;
    for file in workflows() {
        for (number, line) in text(&file).lines().enumerate() {
            let Some((_, used)) = line.split_once("uses: ") else { continue };
            if used.starts_with("./") {
                continue;
            }
            let (name, rest) = used.split_once('@').unwrap_or((used, ""));
            let (commit, comment) = rest.split_once(' ').unwrap_or((rest, ""));
            let is_commit = commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit());
            assert!(is_commit && comment.starts_with("# v"), "{file}:{}: {name} is not pinned", number + 1);
            pinned += 1;
        }
    }
    assert!(pinned > 5, "{pinned}");
}

#[test]
fn workflows_begin_without_rights_and_put_nothing_into_scripts() {
    for file in workflows() {
        let text = text(&file);
        if file.starts_with(".github/") {
            assert!(text.contains("\npermissions: {}\n"), "{file} has rights at its top");
            assert_eq!(
                text.matches("actions/checkout@").count(),
                text.matches("persist-credentials: false").count(),
                "{file} leaves a token in a clone"
            );
        }
        for script in scripts(&text) {
            assert!(!script.contains("${{"), "{file} puts a value into a script, where it is run: {script}");
        }
    }
}

/// The scripts of a workflow.
fn scripts(workflow: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut within: Option<usize> = None;
    for line in workflow.lines() {
        let indent = line.len() - line.trim_start().len();
        match within {
            Some(outer) if indent > outer || line.trim().is_empty() => {
                let script = found.last_mut().expect("a script");
                script.push_str(line.get(outer + 2..).unwrap_or_default());
                script.push('\n');
                continue;
            }
            _ => within = None,
        }
        if let Some((before, run)) =
            line.split_once("run: ").filter(|(before, _)| before.trim_matches([' ', '-']).is_empty())
        {
            found.push(if run == "|" { String::new() } else { run.to_owned() });
            within = (run == "|").then_some(before.len());
        }
    }
    found
}

// ---- the action

/// A program in place of afterlab: keeps its arguments, writes a summary of so many lines, ends with a code.
fn stand_in(folder: &Path, lines: usize, code: i32) -> PathBuf {
    let path = folder.join("afterlab");
    let script = format!(
        "#!/bin/sh\nprintf '%s\\n' \"$@\" > '{0}/arguments'\nfor argument in \"$@\"; do case \"$argument\" in markdown=*)\n\
         seq {lines} > \"${{argument#markdown=}}\" ;; esac; done\nexit {code}\n",
        folder.display()
    );
    fs::write(&path, script).expect("a program");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a program");
    path
}

/// Runs the action's last script as GitHub does: `bash -e` with inputs in the environment. Code, arguments, summary, outputs.
fn act(lines: usize, code: i32, inputs: &[(&str, &str)]) -> (Option<i32>, Vec<String>, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let (summary, output) = (folder.path().join("summary"), folder.path().join("output"));
    let script = scripts(&text("actions/scan/action.yml")).pop().expect("a script");
    let mut command = Command::new("bash");
    command.args(["--noprofile", "--norc", "-e", "-o", "pipefail", "-c", &script]);
    command.env("BINARY", stand_in(folder.path(), lines, code)).env("RUNNER_TEMP", folder.path());
    command.env("GITHUB_STEP_SUMMARY", &summary).env("GITHUB_OUTPUT", &output).env("FAIL_ON", "high");
    for (key, value) in inputs {
        command.env(key, value);
    }
    let status = command.status().expect("bash");
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    let arguments = read(&folder.path().join("arguments")).lines().map(str::to_owned).collect();
    (status.code(), arguments, read(&summary), read(&output))
}

#[test]
fn the_scan_action_says_what_the_scan_said() {
    for code in [0, 1, 2] {
        let (ended, arguments, summary, output) = act(3, code, &[]);
        assert_eq!(ended, Some(code));
        assert_eq!(arguments[..3], ["scan", "--fail-on", "high"]);
        assert_eq!((summary.as_str(), output), ("1\n2\n3\n", format!("exit-code={code}\n")));
    }
}

#[test]
fn inputs_of_the_scan_action_stay_words() {
    let hostile = "$(touch /tmp/x) ; --demo *";
    let (_, arguments, ..) = act(1, 0, &[("RULES", hostile), ("SARIF", hostile), ("ALLOW_GAPS", "true")]);
    assert!(arguments.contains(&format!("--rule={hostile}")), "{arguments:?}");
    assert!(arguments.contains(&format!("sarif={hostile}")), "{arguments:?}");
    assert!(arguments.contains(&"--allow-gaps".to_owned()), "{arguments:?}");
}

#[test]
fn a_summary_that_github_would_drop_is_cut_at_a_line() {
    let (_, _, summary, _) = act(400_000, 0, &[]);
    assert!(summary.len() < 1024 * 1024 && summary.len() > 900_000, "{}", summary.len());
    let (lines, end) = summary.split_once("\n\n").expect("a last word");
    assert!(end.contains("the rest is in the report"), "{end}");
    assert!(lines.lines().enumerate().all(|(at, line)| line == (at + 1).to_string()), "a line was cut");
}

#[test]
fn the_scan_action_writes_what_it_is_asked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let snapshot = r#"{"afterlab_snapshot": 1, "account": {"Id": "111122223333"}, "collected_at": "2026-11-22T12:00:00Z",
        "s3": {"AccountPublicAccessBlock": null, "Buckets": []}}"#;
    fs::write(path("lab.json"), snapshot).expect("a snapshot");
    let (code, _, summary, _) = act(
        0,
        0,
        &[
            ("BINARY", env!("CARGO_BIN_EXE_afterlab")),
            ("SNAPSHOT", &path("lab.json")),
            ("RULES", "s3-account-public-access-not-blocked"),
            ("FAIL_ON", "low"),
            ("SARIF", &path("report.sarif")),
            ("JSON", &path("report.json")),
        ],
    );
    assert_eq!(code, Some(1));
    assert!(summary.contains("s3-account-public-access-not-blocked"), "{summary}");
    for file in ["report.sarif", "report.json"] {
        let report = fs::read_to_string(path(file)).expect(file);
        assert!(report.contains("s3-account-public-access-not-blocked"), "{file}: {report}");
    }
}

#[test]
fn the_scan_action_uses_flags_that_exist() {
    let help = Run::with(&["scan", "--help"]).stdout;
    let script = scripts(&text("actions/scan/action.yml")).pop().expect("a script");
    let words = script.split(|c: char| c.is_whitespace() || matches!(c, '"' | '(' | ')' | '='));
    for flag in words.filter(|word| word.starts_with("--")) {
        assert!(help.contains(flag), "there is no {flag}");
    }
}

// ---- the release

#[test]
fn a_release_packs_the_binary_with_all_that_belongs_to_it() {
    const TARGET: &str = "x86_64-unknown-linux-gnu";
    const VERSION: &str = "1.2.3";
    let folder = tempfile::tempdir().expect("a folder");
    let release = folder.path().join(TARGET).join("release");
    fs::create_dir_all(&release).expect("a folder");
    let binary = release.join("afterlab");
    let script = "#!/bin/sh\ncase \"$1\" in --version) echo afterlab 1.2.3 ;; completions) echo \"for $2\" ;;\n\
                  man) echo page > \"$3/afterlab.1\" ;; *) exit 2 ;; esac\n";
    fs::write(&binary, script).expect("a program");
    fs::set_permissions(&binary, fs::Permissions::from_mode(0o755)).expect("a program");
    let pack = |version: &str| {
        let mut command = Command::new(root().join(".github/pack"));
        command.args([TARGET, version]).env("CARGO_TARGET_DIR", folder.path()).env("DIST", folder.path().join("dist"));
        command.status().expect("bash").success()
    };
    assert!(!pack("1.2.4"), "a binary of another version was packed");
    assert!(pack(VERSION));
    let archive = folder.path().join(format!("dist/afterlab-{VERSION}-{TARGET}.tar.gz"));
    let list = Command::new("tar").arg("-tzf").arg(archive).output().expect("tar");
    let list = String::from_utf8(list.stdout).expect("UTF-8");
    let shells = ["bash", "elvish", "fish", "powershell", "zsh"].map(|shell| format!("completions/afterlab.{shell}"));
    let files =
        ["afterlab", "LICENSE-MIT", "LICENSE-APACHE", "NOTICE", "README.md", "man/afterlab.1", "policies/scan.json"];
    for file in files.into_iter().map(str::to_owned).chain(shells) {
        assert!(list.contains(&format!("/{file}\n")), "{file} is missing:\n{list}");
    }
}

// ---- the role

/// The actions of the scan's policies in a file, as `afterlab policy check` reads it, by policy.
fn granted(path: &str) -> Vec<BTreeSet<String>> {
    let read = input::read(Path::new(path), text(path).as_bytes(), None);
    assert!(read.problems.is_empty(), "{path}: {:?}", read.problems);
    let actions = |found: &input::FoundPolicy| {
        let mut actions = BTreeSet::new();
        found.parsed.root.iter().for_each(|root| collect_actions(root, &mut actions));
        actions
    };
    read.policies.iter().map(actions).filter(|actions| !actions.iter().all(|name| name.starts_with("sts:A"))).collect()
}

fn collect_actions(node: &Node, found: &mut BTreeSet<String>) {
    match &node.value {
        Value::String(text)
            if text.text.split_once(':').is_some_and(|(_, name)| name.starts_with(char::is_uppercase)) =>
        {
            found.insert(text.text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| collect_actions(item, found)),
        Value::Object(members) => members.iter().for_each(|member| collect_actions(&member.value, found)),
        _ => {}
    }
}

#[test]
fn the_committed_roles_are_those_of_this_build() {
    for (path, format) in [("policies/scan-role.yaml", "cloudformation"), ("policies/scan-role.tf", "terraform")] {
        let run = Run::with(&["permissions", "--format", format]);
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        assert_file(&root().join(path), &run.stdout);
        let whole = granted("policies/scan.json").concat_all();
        let parts = granted(path);
        assert!((2..=POLICIES_OF_A_ROLE).contains(&parts.len()), "{path} has {} policies", parts.len());
        assert_eq!(parts.concat_all(), whole, "{path}");
    }
}

trait ConcatAll {
    fn concat_all(&self) -> BTreeSet<String>;
}

impl ConcatAll for Vec<BTreeSet<String>> {
    fn concat_all(&self) -> BTreeSet<String> {
        self.iter().flatten().cloned().collect()
    }
}

#[test]
fn the_committed_terraform_is_terraform() {
    let body: hcl_edit::structure::Body = text("policies/scan-role.tf").parse().expect("Terraform");
    let resources = body.get_blocks("resource").count();
    assert!(resources >= 5, "{resources}");
}

#[test]
fn afterlab_finds_no_fault_in_its_own_roles() {
    let mut command = afterlab(&["policy", "check", "policies"]);
    command.current_dir(root());
    let run = Run::of(command);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(!run.stdout.contains("error[") && !run.stdout.contains("warning["), "{run:#?}");
}

#[test]
fn a_policy_that_is_too_large_comes_in_parts() {
    let whole = Run::with(&["permissions"]);
    assert!(whole.stderr.contains("--part 1 to --part 2"), "{}", whole.stderr);
    for part in ["1", "2"] {
        let run = Run::with(&["permissions", "--part", part]);
        let counted = run.stdout.split_whitespace().map(str::len).sum::<usize>();
        assert_eq!(run.code, Some(0), "{run:#?}");
        assert!(counted <= MANAGED_POLICY_LIMIT, "{counted}");
    }
    Run::with(&["permissions", "--part", "3"]).assert_refused("there is no part 3");
    Run::with(&["permissions", "--part", "1", "--format", "terraform"]).assert_refused("--part is for --format json");
    assert!(Run::with(&["permissions", "--rule", "s3-*"]).stderr.is_empty());
}
