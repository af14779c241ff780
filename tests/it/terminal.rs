//! Habits of a terminal: completions, manual pages, pager, links, colours, and what is told beside the result.

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::support::proxy::s3_error;
use crate::support::terminal::Shown;
use crate::support::{Emulator, Proxy, Run, Turn, afterlab, on_terminal};

// ---- completions and manual pages

/// What bash offers for the last word of a command.
fn offered_by_bash(words: &[&str]) -> Vec<String> {
    let folder = tempfile::tempdir().expect("a folder");
    let script = folder.path().join("afterlab.bash");
    std::fs::write(&script, Run::with(&["completions", "bash"]).stdout).expect("the script");
    let last = words.len() - 1;
    let ask = "source \"$0\"; COMP_WORDS=(\"$@\"); COMP_CWORD=$(($# - 1)); _afterlab \"$1\" \"${COMP_WORDS[COMP_CWORD]}\" \
               \"${COMP_WORDS[COMP_CWORD - 1]}\"; printf '%s\\n' \"${COMPREPLY[@]}\"";
    let output = Command::new("bash").args(["--norc", "-c", ask]).arg(&script).args(words).output().expect("bash");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let offered = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(offered.lines().all(|word| word.starts_with(words[last])), "{words:?}: {offered}");
    offered.lines().map(str::to_owned).collect()
}

#[test]
fn completions_know_what_this_version_knows() {
    for (words, expected) in [
        (&["afterlab", "poli"][..], &["policy"][..]),
        (&["afterlab", "scan", "--rule", "s3-bucket-v"], &["s3-bucket-versioning-off"]),
        (&["afterlab", "scan", "--framework", "f"], &["fsbp"]),
        (&["afterlab", "scan", "--region", "eu-central-"], &["eu-central-1", "eu-central-2"]),
        (&["afterlab", "explain", "PASS_ROLE_WITH_NOT_R"], &["PASS_ROLE_WITH_NOT_RESOURCE"]),
        (&["afterlab", "notes", "s3#block-"], &["s3#block-public-access"]),
        (&["afterlab", "quiz", "bedrock-g"], &["bedrock-guardrails"]),
        (&["afterlab", "prices", "show", "kend"], &["kendra"]),
        (&["afterlab", "man", "doc"], &["doctor"]),
    ] {
        assert_eq!(offered_by_bash(words), expected, "{words:?}");
    }
}

#[test]
fn fish_and_zsh_know_rules_too() {
    for (shell, part) in [
        ("fish", "complete -c afterlab -n \"__fish_afterlab_using_subcommand explain\" -f -a \"a2i-human-loop-open "),
        ("zsh", " s3\\#block-public-access "),
    ] {
        let run = Run::with(&["completions", shell]);
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        assert!(run.stdout.contains(part) && run.stdout.contains("kendra-index-left-running"), "{shell}");
    }
}

#[test]
fn every_command_has_a_manual_page_with_its_flags() {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("man1");
    let path = target.to_str().expect("UTF-8");
    let run = Run::with(&["man", "--dir", path]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(0), ""), "{}", run.stderr);
    let page =
        |name: &str| std::fs::read_to_string(target.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    for (name, args, parts) in [
        ("afterlab.1", &["man"][..], &[".SH ENVIRONMENT", "AFTERLAB_PAGER", "afterlab\\-scan(1)"][..]),
        ("afterlab-scan.1", &["man", "scan"], &["\\-\\-fail\\-on", ".SH EXAMPLES", ".SH \"EXIT STATUS\""]),
        ("afterlab-policy-check.1", &["man", "policy", "check"], &["\\-\\-ignore", "terraform show"]),
    ] {
        let page = page(name);
        for part in parts {
            assert!(page.contains(part), "{name} has no {part:?}:\n{page}");
        }
        assert_eq!(Run::with(args).stdout, page, "{args:?} prints another page");
    }
    assert_eq!(std::fs::read_dir(&target).expect("the folder").count(), run_count(&run.stderr));
    let run = Run::with(&["man", "--dir", path, "--quiet"]);
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    Run::with(&["man", "--dir", "/dev/null/x"]).assert_refused("/dev/null/x");
}

/// The number with which a line begins.
fn run_count(line: &str) -> usize {
    line.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or_else(|| panic!("no number in {line:?}"))
}

// ---- the pager and links

/// Marks every line, so that a test sees what went through the pager.
const MARKING: (&str, &str) = ("AFTERLAB_PAGER", "sed 's/^/PAGED /'");

const LONG: [&str; 2] = ["explain", "s3-bucket-policy-public"];

fn plain(shown: &Shown) -> String {
    anstream::adapter::strip_str(&shown.text).to_string()
}

#[test]
fn long_output_goes_through_the_pager_of_the_user() {
    let shown = on_terminal(&LONG, &[MARKING]);
    assert_eq!(shown.code, Some(0), "{}", shown.text);
    assert!(shown.text.lines().all(|line| line.starts_with("PAGED ")), "{}", shown.text);
    let paged = shown.text.replace("PAGED ", "");
    let straight = on_terminal(&LONG, &[("AFTERLAB_PAGER", "")]);
    assert_eq!(paged, straight.text, "the pager got something else");
    // The variable of this program goes before the one of all programs.
    let shown = on_terminal(&LONG, &[MARKING, ("PAGER", "false")]);
    assert!(shown.text.starts_with("PAGED "), "{}", shown.text);
    let shown = on_terminal(&LONG, &[("PAGER", MARKING.1)]);
    assert!(shown.text.starts_with("PAGED "), "{}", shown.text);
}

#[test]
fn what_fits_or_nobody_reads_goes_through_no_pager() {
    let (short, no_pager) = (["s3-name", "a-bucket-name"], ["--no-pager", LONG[0], LONG[1]]);
    for (args, environment) in [
        (&short[..], &[MARKING][..]),
        (&no_pager, &[MARKING]),
        (&LONG, &[MARKING, ("CI", "true")]),
        (&LONG, &[MARKING, ("TERM", "dumb")]),
        (&LONG, &[("AFTERLAB_PAGER", ""), ("PAGER", MARKING.1)]),
        (&LONG, &[("AFTERLAB_PAGER", "cat")]),
    ] {
        let shown = on_terminal(args, environment);
        assert_eq!(shown.code, Some(0), "{args:?} {environment:?}: {}", shown.text);
        assert!(!shown.text.is_empty() && !shown.text.contains("PAGED"), "{args:?} {environment:?}: {}", shown.text);
    }
    let mut piped = afterlab(&LONG);
    piped.env(MARKING.0, MARKING.1);
    assert!(!Run::of(piped).stdout.contains("PAGED"));
}

#[test]
fn nothing_is_lost_by_a_pager_that_is_missing_or_leaves_early() {
    let whole = plain(&on_terminal(&["scan", "--demo", "--no-pager"], &[]));
    let shown = on_terminal(&["scan", "--demo"], &[("AFTERLAB_PAGER", "no-such-pager-anywhere 2> /dev/null")]);
    assert_eq!((shown.code, plain(&shown)), (Some(1), whole), "without a pager the report is printed");
    let shown = on_terminal(&["scan", "--demo"], &[("AFTERLAB_PAGER", "head -n 1")]);
    assert_eq!(shown.code, Some(1), "the exit code is that of the scan");
    assert_eq!(shown.text.lines().count(), 1, "{}", shown.text);
}

#[test]
fn links_are_where_a_terminal_knows_them_and_change_nothing_that_is_seen() {
    const SCAN: [&str; 5] = ["scan", "--demo", "--no-pager", "--rule", "kendra-*"];
    const LINK: &str = "\u{1b}]8;;https://docs.aws.amazon.com/";
    const KNOWS: (&str, &str) = ("FORCE_HYPERLINK", "1");
    let without = on_terminal(&SCAN, &[("FORCE_HYPERLINK", "0")]);
    assert!(!without.text.contains("\u{1b}]8"), "{}", without.text);
    let with = on_terminal(&SCAN, &[KNOWS]);
    assert!(with.text.contains(LINK), "{}", with.text);
    assert_eq!(plain(&with), plain(&without));
    let notes = ("AFTERLAB_NOTES_URL", "https://example.org/notes/");
    let with = on_terminal(&SCAN, &[KNOWS, notes]);
    assert!(with.text.contains("\u{1b}]8;;https://example.org/notes/managed-ai-services.html#kendra\u{1b}\\"));
    let hostile = ("AFTERLAB_NOTES_URL", "https://example.org/\u{1b}]0;x\u{7}");
    assert!(!on_terminal(&SCAN, &[KNOWS, hostile]).text.contains("]0;x"));
    assert!(!on_terminal(&SCAN, &[KNOWS, ("NO_COLOR", "1")]).text.contains('\u{1b}'));
    let mut piped = afterlab(&SCAN);
    piped.env(KNOWS.0, KNOWS.1).env("CLICOLOR_FORCE", "1");
    assert!(!Run::of(piped).stdout.contains("\u{1b}]8"), "a link in a file");
}

// ---- colours

#[test]
fn colours_are_where_they_are_wanted() {
    const SCAN: [&str; 4] = ["scan", "--demo", "--rule", "kendra-*"];
    let colours = |args: &[&str], environment: &[(&str, &str)]| {
        let mut command = afterlab(args);
        command.envs(environment.iter().copied());
        Run::of(command).stdout.contains("\u{1b}[")
    };
    let with = |when: &'static str| [&SCAN[..], &["--color", when]].concat();
    assert!(!colours(&SCAN, &[]));
    assert!(colours(&SCAN, &[("CLICOLOR_FORCE", "1")]));
    assert!(colours(&with("always"), &[]) && colours(&with("always"), &[("NO_COLOR", "1")]));
    assert!(!colours(&with("never"), &[("CLICOLOR_FORCE", "1")]));
    assert!(colours(&["--help", "--color", "always"], &[]) && colours(&["--color=always", "scan", "--help"], &[]));
    assert!(!colours(&["--help", "--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    // Without colours the severity is still said.
    assert!(Run::with(&SCAN).stdout.contains("HIGH"));
}

// ---- the talk

/// Answers the first request for the versioning of a bucket as a throttled S3 does.
fn impatient() -> impl Fn(&crate::support::proxy::Seen<'_>) -> Turn + Send + Sync {
    let first = AtomicBool::new(true);
    move |seen| {
        let is_first = seen.operation == "s3:GetBucketVersioning" && first.swap(false, Ordering::Relaxed);
        if is_first { s3_error(503, "SlowDown") } else { Turn::Forward }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trace_tells_of_every_request_and_of_no_secret() {
    let emulator = Emulator::start();
    emulator.seed(&["lab"]);
    let proxy = Proxy::start(&emulator.url, impatient()).await;
    let url = proxy.url.clone();
    let scan = move |more: &[&str]| Run::scan(&url, &[&["--rule", "s3-bucket-versioning-off"], more].concat());
    let run = scan.clone();
    let (told, report) = tokio::task::spawn_blocking(move || run(&["--verbose"])).await.expect("the scan");
    let requests = proxy.operations();
    let is_request = |line: &&str| line.contains(" ms ") && line.as_bytes().get(2) == Some(&b':');
    let lines: Vec<&str> = told.stderr.lines().filter(is_request).collect();
    assert_eq!(lines.len(), requests.len(), "{}", told.stderr);
    assert_eq!(report["summary"]["requests"], requests.len());
    for operation in &requests {
        assert!(lines.iter().any(|line| line.contains(&format!(" {operation} "))), "{operation}: {}", told.stderr);
    }
    assert!(lines.iter().any(|line| line.contains(" 503 s3:GetBucketVersioning ") && line.ends_with(" SlowDown")));
    assert!(lines.iter().any(|line| line.contains(" 200 s3:GetBucketVersioning ") && line.ends_with(" (attempt 2)")));
    assert!(told.stderr.contains("Throttled") && told.stderr.contains(" all "), "{}", told.stderr);
    for secret in ["AKIAIOSFODNN7EXAMPLE", "Signature", "Credential=", "amz-", "<?xml"] {
        assert!(!told.stderr.contains(secret), "{secret:?} in {}", told.stderr);
    }
    let (quiet, again) = tokio::task::spawn_blocking(move || scan(&["--quiet"])).await.expect("the scan");
    assert_eq!(quiet.stderr, "");
    assert_eq!(again["findings"], report["findings"]);
}

#[test]
fn quiet_and_verbose_do_not_go_together() {
    Run::with(&["scan", "--demo", "--quiet", "--verbose"]).assert_refused("cannot be used with");
}
