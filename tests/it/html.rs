//! The HTML report in a real browser, and what it holds beside the JSON report of the same scan.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{Run, browser};

/// A page in a folder that goes with it.
struct Page {
    _folder: TempDir,
    path: PathBuf,
}

impl Page {
    fn of(source: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("report.html");
        let output = path.to_str().expect("UTF-8");
        let run = Run::with(&[&["scan", "--format", "html", "-o", output], source].concat());
        assert!(run.stdout.is_empty(), "{run:?}");
        assert!(path.exists(), "{run:?}");
        Self { _folder: folder, path }
    }

    fn demo() -> Self {
        Self::of(&["--demo"])
    }

    /// Volumes whose names would like to be more than names: three findings each, a rule that breaks, and all else unread.
    fn of_volumes(number: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let snapshot = folder.path().join("snapshot.json");
        std::fs::write(&snapshot, volumes(number).to_string()).expect("the snapshot");
        let page = Self::of(&["--snapshot", snapshot.to_str().expect("UTF-8")]);
        drop(folder);
        page
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.path).expect("the page")
    }

    fn holds(&self, check: &str) {
        browser::check(check, &self.path);
    }
}

const HOSTILE: &str = "</script><img src=x onerror=window.hacked=1>{{7*7}}\u{2028}\u{202e}\"'&";

fn volumes(number: usize) -> Value {
    let regions = ["us-east-1", "eu-west-1", "ap-south-1"];
    let volume = |place: usize| {
        json!({
            "id": format!("vol-{place}"),
            "name": format!("{HOSTILE} volume-{place}"),
            "region": regions[place % regions.len()],
            "created": "2026-10-01T00:00:00Z",
            "properties": {
                "VolumeId": format!("vol-{place}"), "State": "available", "Size": 20 + place % 100,
                "VolumeType": "gp2", "Encrypted": false, "Attachments": []
            }
        })
    };
    // A policy that is none, of which a rule can only say that it broke.
    let bucket = json!({ "Name": "lab-data", "BucketRegion": "us-east-1", "Policy": "{" });
    json!({
        "afterlab_snapshot": 1,
        "account": { "Id": "111122223333" },
        "collected_at": "2026-11-22T12:00:00Z",
        "s3": { "Buckets": [bucket] },
        "resources": { "AWS::EC2::Volume": (0..number).map(volume).collect::<Vec<_>>() }
    })
}

#[test]
fn it_holds_what_the_json_report_holds() {
    let page = Page::of_volumes(3).text();
    let folder = tempfile::tempdir().expect("a folder");
    let snapshot = folder.path().join("snapshot.json");
    std::fs::write(&snapshot, volumes(3).to_string()).expect("the snapshot");
    let run = Run::with(&["scan", "--format", "json", "--snapshot", snapshot.to_str().expect("UTF-8")]);
    let report: Value = serde_json::from_str(&run.stdout).expect("a report");
    let count = |list: &str| report[list].as_array().expect("a list").len();
    for finding in report["findings"].as_array().expect("findings") {
        let id = format!("id=\"fail-{}\"", finding["fingerprint"].as_str().expect("a fingerprint"));
        assert!(page.contains(&id), "{finding:#}");
    }
    let rows = |status: &str| page.matches(&format!("<li id=\"{status}-")).count();
    assert!(count("findings") > 0 && count("unknown") > 0 && count("errors") > 0);
    assert_eq!((rows("fail"), rows("unknown"), rows("error")), (count("findings"), count("unknown"), count("errors")));
}

#[test]
fn each_note_stands_there_once_and_only_those_that_are_used() {
    let page = Page::demo().text();
    let run = Run::with(&["scan", "--demo", "--format", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).expect("a report");
    let findings = report["findings"].as_array().expect("findings").iter();
    let used: BTreeSet<&str> = findings.filter_map(|finding| finding["note"].as_str()).collect();
    for address in &used {
        let id = format!("id=\"note-{}\"", address.replace('#', "."));
        assert_eq!(page.matches(&id).count(), 1, "{address}");
    }
    assert_eq!(page.matches("id=\"note-").count(), used.len());
}

#[test]
fn it_goes_to_standard_output_where_that_is_no_terminal() {
    let run = Run::with(&["scan", "--demo", "--format", "html"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stdout.starts_with("<!DOCTYPE html>") && run.stdout.trim_end().ends_with("</html>"));
    assert!(run.stderr.is_empty(), "{}", run.stderr);
}

/// Runs a program with a terminal as its standard output; prints its exit code and what it wrote.
const ON_A_TERMINAL: &str = "
import os, pty, sys
child, terminal = pty.fork()
if child == 0:
    os.execv(sys.argv[1], sys.argv[1:])
written = b''
try:
    while part := os.read(terminal, 65536):
        written += part
except OSError:
    pass
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), written.decode())
";

#[test]
fn a_terminal_is_spared_the_page_unless_it_is_asked_for() {
    let on_a_terminal = |args: &[&str]| {
        let mut command = std::process::Command::new("python3");
        command.args(["-c", ON_A_TERMINAL, env!("CARGO_BIN_EXE_afterlab"), "scan", "--demo", "--format", "html"]);
        command.args(args).arg("--no-pager").env("NO_COLOR", "1");
        Run::of(command).stdout
    };
    let refused = on_a_terminal(&[]);
    assert!(refused.starts_with("2 error: an HTML report is for a browser"), "{refused}");
    assert!(refused.contains("-o report.html") && !refused.contains("<html"), "{refused}");
    assert!(on_a_terminal(&["-o", "-"]).starts_with("1 <!DOCTYPE html>"));
}

#[test]
fn a_control_does_not_hold_by_some_of_its_rules() {
    // Control 1.5 of CIS has two rules, and 1.4 has only the other kind: what did not run has not passed.
    let page = Page::of(&["--demo", "--rule", "iam-root-no-mfa"]).text();
    let status = |page: &str, control: &str| {
        let row = page.split_once(&format!("<th scope=\"row\">{control}</th>")).map(|(_, rest)| rest.to_owned());
        row.and_then(|row| Some(row.split_once("</tr>")?.0.to_owned())).unwrap_or_else(|| panic!("no row {control}"))
    };
    assert!(status(&page, "1.4").contains("holds"), "{}", status(&page, "1.4"));
    assert!(status(&page, "1.5").contains("not all of its rules ran"), "{}", status(&page, "1.5"));
}

macro_rules! in_the_browser {
    ($($name:ident: $check:literal of $page:expr;)+) => {$(
        #[test]
        fn $name() {
            $page.holds($check);
        }
    )+};
}

in_the_browser! {
    it_opens_and_loads_nothing: "opens" of Page::demo();
    its_policy_is_in_force: "forbids" of Page::demo();
    it_filters_and_searches: "filters" of Page::demo();
    it_sorts: "sorts" of Page::demo();
    a_finding_opens_with_its_note: "explains" of Page::demo();
    commands_are_copied: "copies" of Page::demo();
    it_prints: "prints" of Page::demo();
    it_is_light_and_dark: "themes" of Page::demo();
    it_fits_a_phone: "fits" of Page::demo();
    it_is_accessible: "accessible" of Page::demo();
    it_works_by_keyboard: "keyboard" of Page::demo();
    it_shows_all_without_its_script: "scriptless" of Page::demo();
    gaps_are_accessible: "accessible" of Page::of_volumes(20);
    gaps_fit_a_phone: "fits" of Page::of_volumes(20);
    hostile_names_stay_text: "hostile" of Page::of_volumes(20);
    five_thousand_findings_stay_responsive: "large" of Page::of_volumes(1700);
    five_thousand_findings_print: "prints" of Page::of_volumes(1700);
}

/// `cargo test --test it -- --ignored --nocapture figures` prints what the README of the benches states.
#[test]
#[ignore = "measures, and asserts nothing"]
fn figures_of_five_thousand_findings() {
    let page = Page::of_volumes(1700);
    let size = std::fs::metadata(&page.path).expect("the page").len();
    println!("{size} bytes\n{}", browser::check("figures", Path::new(&page.path)));
}
