//! The commands that decide what policies grant, on what is no policy: each says so, and nothing of it passes.

use crate::grants::{READ, WRITE};
use crate::policy::{folder, run};

#[test]
fn what_is_no_policy_never_passes() {
    let deep = "[".repeat(100_000);
    let utf16: Vec<u8> = READ.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cut = &READ[..READ.len() / 2];
    let folder = folder(&[
        ("read.json", READ.as_bytes()),
        ("empty.json", b""),
        ("binary.json", b"\x7fELF\0\x01\x02"),
        ("utf16.json", &utf16),
        ("latin.json", b"{\"Statement\": \"\xe9\"}"),
        ("page.json", b"<html></html>"),
        ("deep.json", deep.as_bytes()),
        ("cut.json", cut.as_bytes()),
        ("conflict.json", b"<<<<<<< HEAD\n{}\n=======\n[]\n>>>>>>> other\n"),
        ("null.json", b"null"),
        ("list.json", b"[]"),
        ("other.json", b"{\"a\": 1}"),
        ("folder/other.json", b"{\"a\": 1}"),
        ("bare/readme.md", b"nothing here"),
    ]);
    let bad = [
        ("empty.json", "is empty"),
        ("binary.json", "is a binary file"),
        ("utf16.json", "is UTF-16"),
        ("latin.json", "is not UTF-8"),
        ("page.json", "is HTML"),
        ("deep.json", "more than 128 levels deep"),
        ("cut.json", "never closed"),
        ("conflict.json", "holds a merge conflict"),
        ("null.json", "holds no policy"),
        ("list.json", "holds no policy"),
        ("other.json", "holds no policy"),
    ];
    let nothing = [("folder", "no file holds a policy to judge"), ("bare", "no file holds a policy to judge")];
    let checks: [&[&str]; 3] = [
        &["policy", "check-access-not-granted", "--action", "s3:PutObject"],
        &["policy", "check-guardrails", "--guardrail", "no-iam-write"],
        &["policy", "check-no-public-access"],
    ];
    for (name, expected) in bad.iter().chain(&nothing) {
        for check in checks {
            let found = run(folder.path(), &[check, &[name]].concat());
            assert_eq!(found.code, Some(2), "{check:?} {name}: {}", found.stdout);
            assert!(found.stdout.contains(expected), "{check:?} {name}: {}", found.stdout);
        }
    }
    for (name, expected) in bad {
        for pair in [[name, "read.json"], ["read.json", name]] {
            let changed = run(folder.path(), &[&["policy", "diff"], &pair[..]].concat());
            assert_eq!(changed.code, Some(2), "{name}: {}", changed.stdout);
            assert!(changed.stdout.contains(expected), "{name}: {}", changed.stdout);
            let access = ["policy", "check-no-new-access", "--existing", pair[0], "--new", pair[1]];
            assert_eq!(run(folder.path(), &access).code, Some(2), "{name}");
        }
    }
    let none = run(folder.path(), &["policy", "diff", "folder", "bare"]);
    assert_eq!(none.code, Some(2), "{}", none.stdout);
    assert!(none.stdout.contains("neither folder nor bare holds a policy"), "{}", none.stdout);
}

#[test]
fn a_mark_and_other_ends_of_lines_change_nothing() {
    let marked = format!("\u{feff}{}", READ.replace('\n', "\r\n"));
    let folder =
        folder(&[("read.json", READ.as_bytes()), ("marked.json", marked.as_bytes()), ("write.json", WRITE.as_bytes())]);
    let same = run(folder.path(), &["policy", "diff", "read.json", "marked.json"]);
    assert_eq!((same.stdout.as_str(), same.code), ("changes: no policy changed\n", Some(0)));
    let more =
        run(folder.path(), &["policy", "check-no-new-access", "--existing", "marked.json", "--new", "write.json"]);
    assert_eq!(more.code, Some(1), "{}", more.stdout);
    assert!(more.stdout.contains("line 2): its principals can now s3:PutObject"), "{}", more.stdout);
}

#[test]
fn folders_are_compared_whole() {
    let folder = folder(&[
        (".gitignore", b"*.json\n"),
        ("before/.hidden/a.json", READ.as_bytes()),
        ("after/.hidden/a.json", WRITE.as_bytes()),
        ("before/b.json", READ.as_bytes()),
        ("after/b.json", WRITE.as_bytes()),
    ]);
    let found = run(folder.path(), &["policy", "diff", "before", "after"]);
    assert_eq!(found.code, Some(1), "{}", found.stdout);
    assert!(found.stdout.ends_with("changes: 2 policies: 2 fail\n"), "{}", found.stdout);
}

#[cfg(target_os = "linux")]
#[test]
fn what_never_ends_is_not_read_to_its_end() {
    let endless = run(std::path::Path::new("/"), &["policy", "check-no-public-access", "/dev/zero"]);
    assert_eq!(endless.code, Some(2), "{}", endless.stdout);
    assert!(endless.stdout.contains("/dev/zero is larger than 64 MiB"), "{}", endless.stdout);
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_a_file_is_read() {
    let folder = folder(&[
        ("before/a.json", WRITE.as_bytes()),
        ("before/b.json", READ.as_bytes()),
        ("after/a.json", WRITE.as_bytes()),
    ]);
    std::os::unix::fs::symlink("a.json", folder.path().join("after/b.json")).expect("a link");
    std::os::unix::fs::symlink("none.json", folder.path().join("broken.json")).expect("a link");
    let found = run(folder.path(), &["policy", "diff", "before", "after"]);
    assert_eq!(found.code, Some(1), "{}", found.stdout);
    assert!(found.stdout.starts_with("FAIL     after/b.json"), "{}", found.stdout);
    let broken = run(folder.path(), &["policy", "diff", "before/a.json", "broken.json"]);
    assert_eq!(broken.code, Some(2));
    assert!(broken.stderr.contains("it is a link to none.json, which is not there"), "{}", broken.stderr);
}
