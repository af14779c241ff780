//! What git knows and a walk of folders does not see: ignored and hidden files, links, names that changed, submodules.

use std::path::Path;

use tempfile::TempDir;

use crate::grants::{READ, WRITE, diff, write};
use crate::policy::{folder, git, run};

/// A repository with one commit of these files.
pub fn repository(files: &[(&str, &str)]) -> TempDir {
    let files: Vec<_> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let folder = folder(&files);
    git(folder.path(), &["init", "-q"]);
    commit(folder.path());
    folder
}

fn commit(folder: &Path) {
    git(folder, &["add", "--force", "."]);
    git(folder, &["commit", "-q", "-m", "more"]);
}

/// What a diff says of each file, sorted, without the names of fields.
fn told(folder: &Path, arguments: &[&str]) -> Vec<String> {
    let (policies, _) = diff(folder, &[&["--git", "HEAD"], arguments].concat());
    let mut told: Vec<_> =
        policies.into_iter().map(|(file, history, outcome)| format!("{file} {history} {outcome}")).collect();
    told.sort();
    told
}

#[test]
fn what_git_keeps_is_seen_wherever_it_lies() {
    let names = [".github/p.json", "ignored.json", "build/p.json", "target/p.json", "node_modules/p.json"];
    let files: Vec<_> =
        names.iter().map(|name| (*name, READ)).chain([(".gitignore", "ignored.json\nbuild/\n")]).collect();
    let repository = repository(&files);
    for name in names {
        write(&repository, name, WRITE);
    }
    // Git does not keep this one.
    write(&repository, "build/new.json", WRITE);
    let mut expected = names.map(|name| format!("{name} changed fail"));
    expected.sort();
    assert_eq!(told(repository.path(), &[]), expected);
    assert_eq!(told(repository.path(), &["build"]), ["build/p.json changed fail"]);
    assert_eq!(told(&repository.path().join("build"), &[]), ["p.json changed fail"], "from a folder below");
    let unknown = run(repository.path(), &["policy", "diff", "--git", "HEAD", "build/new.json"]);
    assert_eq!(unknown.code, Some(2), "{}", unknown.stdout);
    assert!(unknown.stdout.contains("build/new.json holds no file that git keeps"), "{}", unknown.stdout);
}

#[test]
fn what_is_gone_can_be_named() {
    let repository = repository(&[("gone/a.json", READ), ("gone/deep/b.json", WRITE), ("c.json", READ)]);
    std::fs::remove_dir_all(repository.path().join("gone")).expect("removed");
    let both = ["gone/a.json at HEAD removed pass", "gone/deep/b.json at HEAD removed pass"];
    assert_eq!(told(repository.path(), &["gone"]), both);
    assert_eq!(told(repository.path(), &["gone/deep"]), both[1..]);
    assert_eq!(told(repository.path(), &["gone/**/*.json"]), both);
    assert_eq!(told(repository.path(), &["c.json"]), [""; 0]);
}

#[test]
fn a_file_with_another_name_is_the_same_file() {
    let long = |text: &str| text.replace("\"lab", "\"lab\",\n\"Sid\": \"a\"").replace("  {", &"  \n".repeat(9));
    let repository = repository(&[("old name.json", &format!("{}{READ}", "\n".repeat(60))), ("b.json", &long(WRITE))]);
    git(repository.path(), &["mv", "old name.json", "new name.json"]);
    write(&repository, "new name.json", &format!("{}{WRITE}", "\n".repeat(60)));
    assert_eq!(told(repository.path(), &[]), ["new name.json changed fail"]);
    let table = run(repository.path(), &["policy", "diff", "--git", "HEAD"]);
    assert!(
        table.stdout.starts_with("FAIL     new name.json (was old name.json)  identity policy\n"),
        "{}",
        table.stdout
    );
    assert!(table.stdout.contains("can now s3:PutObject on"), "{}", table.stdout);
    assert!(!table.stdout.contains("s3:GetObject"), "it was allowed before: {}", table.stdout);
    assert_eq!(told(repository.path(), &["old name.json"]), ["new name.json changed fail"], "by its old name");
}

#[cfg(unix)]
#[test]
fn links_lead_to_other_files() {
    use std::os::unix::fs::symlink;
    let repository = repository(&[("real/a.json", READ), ("real/b.json", WRITE), ("other/a.json", WRITE)]);
    let at = |name: &str| repository.path().join(name);
    let link = |target: &str, name: &str| {
        let _ = std::fs::remove_file(at(name));
        symlink(target, at(name)).expect("a link");
    };
    std::fs::create_dir(at("links")).expect("a folder");
    link("../real/a.json", "links/file.json");
    link("../real", "links/folder");
    commit(repository.path());
    assert_eq!(told(repository.path(), &[]), [""; 0]);
    // The file behind a link changes.
    write(&repository, "real/a.json", WRITE);
    assert_eq!(told(repository.path(), &["links"]), ["real/a.json changed fail"]);
    assert_eq!(told(repository.path(), &["links/file.json"]), ["real/a.json changed fail"]);
    git(repository.path(), &["checkout", "-q", "."]);
    // The link changes.
    link("../real/b.json", "links/file.json");
    link("../other", "links/folder");
    let folders = ["links/folder/a.json changed fail", "links/folder/b.json at HEAD removed pass"];
    assert_eq!(told(repository.path(), &[]), [&["links/file.json changed fail"], &folders[..]].concat());
    assert_eq!(told(repository.path(), &["links/folder/a.json"]), folders[..1]);
    // A link that leads to nothing, or to where git keeps nothing.
    link("nothing.json", "links/file.json");
    link("/", "links/folder");
    let unknown = run(repository.path(), &["policy", "diff", "--git", "HEAD"]);
    assert_eq!(unknown.code, Some(2), "{}", unknown.stdout);
    assert!(unknown.stdout.contains("links/file.json is a link to what is not there"), "{}", unknown.stdout);
    assert!(unknown.stdout.contains("links/folder leads to a folder that git does not keep"), "{}", unknown.stdout);
}

#[test]
fn submodules_are_not_looked_into_and_that_is_said() {
    let module = repository(&[("a.json", READ)]);
    let repository = repository(&[("b.json", READ)]);
    let source = module.path().to_string_lossy().into_owned();
    git(repository.path(), &["-c", "protocol.file.allow=always", "submodule", "add", "-q", &source, "module"]);
    commit(repository.path());
    assert_eq!(told(repository.path(), &[]), [""; 0]);
    write(&repository, "module/a.json", WRITE);
    let unknown = run(repository.path(), &["policy", "diff", "--git", "HEAD"]);
    assert_eq!(unknown.code, Some(2), "{}", unknown.stdout);
    assert!(unknown.stdout.contains("module is a submodule that changed: not looked into"), "{}", unknown.stdout);
    let within = run(repository.path(), &["policy", "diff", "--git", "HEAD", "module/a.json"]);
    assert_eq!(within.code, Some(2), "{}", within.stdout);
    assert!(within.stdout.contains("is in the submodule module"), "{}", within.stdout);
    assert_eq!(told(&repository.path().join("module"), &[]), ["a.json changed fail"]);
}

#[test]
fn odd_repositories() {
    let repository = repository(&[("a.json", READ)]);
    write(&repository, "a.json", WRITE);
    commit(repository.path());
    let around = folder(&[("new/a.json", READ.as_bytes())]);
    let source = format!("file://{}", repository.path().display());
    git(around.path(), &["clone", "-q", "--bare", &source, "bare"]);
    git(around.path(), &["clone", "-q", "--depth", "1", &source, "shallow"]);
    git(&around.path().join("new"), &["init", "-q"]);
    for (name, revision, expected) in [
        ("bare", "HEAD", "has no work tree"),
        ("shallow", "HEAD~1", "a deeper checkout"),
        ("new", "HEAD", "has no commit yet"),
    ] {
        let odd = run(&around.path().join(name), &["policy", "diff", "--git", revision]);
        assert_eq!(odd.code, Some(2), "{name}: {}", odd.stdout);
        assert!(odd.stderr.contains(expected), "{name}: {}", odd.stderr);
    }
    assert_eq!(told(&around.path().join("shallow"), &[]), [""; 0]);
}

#[cfg(target_os = "linux")]
#[test]
fn odd_names_are_files_like_others() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;
    let names = [&b"a\nb\x1b[31m|`x`.json"[..], b"lat\xe9in.json", b"a[1].json", b"-x.json", b":(top)y.json"];
    let repository = repository(&[("other.json", READ)]);
    let at = |name: &[u8]| repository.path().join(OsStr::from_bytes(name));
    for name in names {
        std::fs::write(at(name), READ).expect("a file");
    }
    commit(repository.path());
    for name in names {
        std::fs::write(at(name), WRITE).expect("a file");
    }
    let (policies, code) = diff(repository.path(), &["--git", "HEAD"]);
    assert_eq!((policies.len(), code), (names.len(), Some(1)), "{policies:?}");
    assert!(policies.iter().all(|(_, history, _)| history == "changed"), "{policies:?}");
    assert_eq!(told(repository.path(), &["a[1].json"]), ["a[1].json changed fail"]);
    for format in ["table", "markdown", "github"] {
        let shown = run(repository.path(), &["policy", "diff", "--git", "HEAD", "--format", format]);
        assert!(!shown.stdout.contains('\u{1b}') && !shown.stdout.contains("\nb"), "{format}: {}", shown.stdout);
    }
}
