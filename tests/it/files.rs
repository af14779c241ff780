//! Snapshots that are broken, hostile or not snapshots, and places that cannot be written.

use std::io::Read as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::Run;

fn scan(path: &Path) -> Run {
    Run::with(&["scan", "--snapshot", path.to_str().expect("a path")])
}

/// Scans a file with this content.
fn scan_text(name: &str, content: &[u8]) -> Run {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, content).expect("a file");
    scan(&path)
}

/// A snapshot of nothing but one bucket of which nothing was read, with other members besides.
fn snapshot(members: Value) -> Vec<u8> {
    let mut snapshot = json!({
        "afterlab_snapshot": 1,
        "account": {"Id": "111122223333"},
        "collected_at": "2026-11-22T12:00:00Z",
        "s3": {"AccountPublicAccessBlock": null, "Buckets": [{"Name": "lab"}]},
    });
    if let (Some(all), Value::Object(members)) = (snapshot.as_object_mut(), members) {
        all.extend(members);
    }
    serde_json::to_vec_pretty(&snapshot).expect("JSON")
}

#[test]
fn what_is_no_snapshot_is_refused_with_the_place() {
    let whole = snapshot(json!({}));
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", Vec::new(), "line 1"),
        ("html", b"<html></html>".to_vec(), "line 1"),
        ("truncated", whole[..whole.len() / 2].to_vec(), "line"),
        ("not UTF-8", vec![0xff, 0xfe, 0x00], "line 1"),
        ("an array", b"[]".to_vec(), "line 1"),
        ("no version", b"{}".to_vec(), "no snapshot"),
        ("old version", snapshot(json!({"afterlab_snapshot": 0})), "version 0"),
        ("new version", snapshot(json!({"afterlab_snapshot": 2})), "version 2"),
        ("version as text", snapshot(json!({"afterlab_snapshot": "1"})), "version \"1\""),
        ("wrong type", snapshot(json!({"s3": {"Buckets": [{"Name": 7}]}})), "s3.Buckets[0].Name"),
        ("unknown member", snapshot(json!({"s4": {}})), "s4"),
        ("no account", snapshot(json!({"account": null})), "account"),
        ("bad account", snapshot(json!({"account": {"Id": "12"}})), "12 digits"),
        ("bad time", snapshot(json!({"collected_at": "yesterday"})), "collected_at"),
        ("bad region", snapshot(json!({"regions": ["here"]})), "regions"),
        ("twice", snapshot(json!({"s3": {"Buckets": [{"Name": "a"}, {"Name": "a"}]}})), "twice"),
        ("trailing", [whole.clone(), b"{}".to_vec()].concat(), "trailing"),
        ("null list", snapshot(json!({"s3": {"Buckets": null}})), "s3.Buckets"),
        (
            "misnumbered gap",
            snapshot(json!({"gaps": [{"id": 7, "kind": "denied", "operation": "s3:X", "message": "m"}]})),
            "numbered",
        ),
    ];
    for (name, content, what) in cases {
        let run = scan_text("lab.json", &content);
        assert!(run.stderr.contains(what), "{name}: {what:?} is missing: {run:#?}");
        run.assert_refused("lab.json");
    }
}

#[test]
fn two_hundred_levels_are_refused_not_followed() {
    let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
    let policy = format!("{{\"Version\":\"2012-10-17\",\"Statement\":{deep}}}");
    let text = String::from_utf8(snapshot(json!({"s3": {"Buckets": [{"Name": "a", "Policy": "POLICY"}]}})));
    let text = text.expect("UTF-8").replace("\"POLICY\"", &policy);
    scan_text("lab.json", text.as_bytes()).assert_refused("recursion limit");
}

#[test]
fn a_compressed_bomb_and_a_false_ending_are_refused() {
    scan_text("lab.json.zst", b"not zstd at all").assert_refused("lab.json.zst");
    let bomb = zstd::encode_all(std::io::repeat(b' ').take(600_000_000), 1).expect("zstd");
    scan_text("lab.json.zst", &bomb).assert_refused("larger than 512 MiB");
}

#[test]
fn a_file_that_is_not_there_or_is_a_folder_is_refused() {
    scan(Path::new("/nonexistent/lab.json")).assert_refused("/nonexistent/lab.json");
    scan(&std::env::temp_dir()).assert_refused("cannot be scanned");
}

#[test]
fn hostile_names_stay_text() {
    let name = "\u{1b}[2J\u{1b}]0;owned\u{7}<script>alert(1)</script>\u{202e}'; rm -rf /;'";
    let mut bucket = json!({"Name": name, "BucketRegion": "us-east-1", "Versioning": {}});
    bucket["PublicAccessBlock"] = Value::Null;
    let content = snapshot(json!({"s3": {"AccountPublicAccessBlock": null, "Buckets": [bucket]}}));
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lab.json");
    std::fs::write(&path, &content).expect("a file");
    let path = path.to_str().expect("a path");
    let table = Run::with(&["scan", "--snapshot", path, "--rule", "s3-bucket-public-access-not-blocked", "--fix"]);
    let hostile = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    assert!(!table.stdout.contains(hostile), "{}", table.stdout.escape_debug());
    assert!(table.stdout.contains("\\u{1b}"), "the name is shown: {}", table.stdout);
    let json = Run::with(&["scan", "--snapshot", path, "--format", "json"]);
    assert!(!json.stdout.contains(|c: char| c.is_control() && c != '\n'), "control characters are escaped");
    let report: Value = serde_json::from_str(&json.stdout).expect("JSON");
    let findings = report["findings"].as_array().expect("findings");
    let found = findings.iter().find(|finding| finding["rule"] == "s3-bucket-public-access-not-blocked");
    assert_eq!(found.expect("the finding")["resource"]["name"], name, "JSON keeps the name as it is");
}

#[test]
fn unread_members_are_unknown_and_a_new_snapshot_is_advised() {
    let run = scan_text("lab.json", &snapshot(json!({})));
    assert_eq!(run.code, Some(2), "{run:#?}");
    assert!(run.stdout.contains("take a new snapshot"), "{}", run.stdout);
}

#[test]
fn a_place_that_cannot_be_written_is_refused_before_the_work() {
    for path in ["/nonexistent/report.json", "/"] {
        let run = Run::with(&["scan", "--demo", "--format", "json", "-o", path]);
        run.assert_refused(path);
        // The endpoint is dead: had the scan begun, this would say so.
        let run = Run::with(&["snapshot", "--endpoint-url", "http://127.0.0.1:9", "-o", path]);
        run.assert_refused(path);
    }
}

#[test]
fn a_report_file_is_whole_and_without_colours() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("report.txt");
    let run = Run::with(&["scan", "--demo", "-o", path.to_str().expect("a path")]);
    assert_eq!(run.code, Some(1), "{run:#?}");
    assert!(run.stdout.is_empty());
    let text = std::fs::read_to_string(&path).expect("the report");
    assert!(text.contains("findings") && !text.contains('\u{1b}'));
}
