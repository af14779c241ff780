//! Reports in every form: valid by their schemas, with the same findings, several at once, and hostile names stay text.

use std::collections::BTreeSet;
use std::path::Path;

use afterlab::report::format::Format;
use clap::ValueEnum;
use jsonschema::Registry;
use serde_json::{Value, json};

use crate::support::python::{environment, script, sources};
use crate::support::{Run, emulator};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Names of buckets that mean something to some format.
const HOSTILE: [&str; 6] = [
    "=cmd|'/c calc'!A1",
    "\u{1b}[31m]]><script>alert(1)</script>\u{202e}&<!--",
    "</details> | ``` ````` @everyone [free](https://evil.example) #1",
    "../../../etc/passwd",
    "a\nb\r\n+c\t\"d\",e",
    "..",
];

/// A snapshot of buckets with hostile names, of which hardly anything was read.
fn hostile(folder: &Path) -> String {
    let bucket = |name: &&str| json!({"Name": name, "BucketRegion": "us-east-1", "PublicAccessBlock": null});
    let snapshot = json!({
        "afterlab_snapshot": 1,
        "account": {"Id": "111122223333", "AccountAlias": "<b>|@me"},
        "collected_at": "2026-11-22T12:00:00Z",
        "s3": {"AccountPublicAccessBlock": null, "Buckets": HOSTILE.iter().map(bucket).collect::<Vec<_>>()},
    });
    let path = folder.join("lab.json");
    std::fs::write(&path, snapshot.to_string()).expect("a file");
    path.to_str().expect("UTF-8").to_owned()
}

/// A scan in one form.
fn scan(args: &[&str], format: &str) -> String {
    let run = Run::with(&[&["scan", "--format", format], args].concat());
    assert!(run.stderr.is_empty() && run.code.is_some(), "{format}: {}", run.stderr);
    run.stdout
}

/// What each format is tried on: the demo, hostile names with unknowns, and nothing found.
fn accounts(check: impl Fn(&str, &[&str])) {
    let folder = tempfile::tempdir().expect("a folder");
    let snapshot = hostile(folder.path());
    check("demo", &["--demo"]);
    check("hostile", &["--snapshot", &snapshot]);
    check("nothing", &["--demo", "--rule", "ebs-volume-gp2"]);
}

fn file(path: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(format!("{ROOT}/{path}")).expect(path)).expect("JSON")
}

fn assert_valid(schema: &Value, values: &[Value], what: &str) {
    let parts = file("schemas/report-v1.json");
    let registry =
        Registry::new().add("urn:afterlab:report-v1", &parts).expect("a schema").prepare().expect("a schema");
    let validator = jsonschema::options().with_registry(&registry).build(schema).expect("a schema");
    let errors = values.iter().flat_map(|value| validator.iter_errors(value));
    let errors: Vec<String> = errors.map(|error| format!("{}: {error}", error.instance_path())).take(10).collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}");
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(json).collect()
}

/// What is wrong with `JUnit` XML by the schema of Jenkins.
fn junit_errors(xml: &str) -> String {
    let folder = format!("{ROOT}/tests/formats");
    let python = environment("formats", &format!("{folder}/requirements.txt"));
    let pytest = sources(&python, "pytest-9.2.0", &format!("{folder}/junit-schema.txt"));
    let schema = pytest.join("testing/example_scripts/junit-10.xsd");
    let arguments = [&format!("{folder}/junit.py"), schema.to_str().expect("UTF-8")];
    String::from_utf8(script(&python, &arguments, xml.as_bytes())).expect("UTF-8")
}

#[test]
fn json_lines_are_as_their_schema_says() {
    let schema = file("schemas/report-lines-v1.json");
    accounts(|name, args| {
        let lines = lines(&scan(args, "ndjson"));
        assert_valid(&schema, &lines, name);
        assert!(lines.first().is_some_and(|line| line.get("scan").is_some()), "{name}");
        let summary = lines.last().and_then(|line| line.get("summary")).expect("a summary");
        for (part, counted) in [("finding", "fail"), ("unknown", "unknown"), ("error", "error")] {
            let number = lines.iter().filter(|line| line.get(part).is_some()).count();
            assert_eq!(summary[counted], number, "{name}: {part}");
        }
        let report = json(&scan(args, "json"));
        assert_valid(&file("schemas/report-v1.json"), std::slice::from_ref(&report), name);
        let gaps = lines.iter().filter(|line| line.get("gap").is_some()).count();
        assert_eq!(report["gaps"].as_array().map(Vec::len), Some(gaps), "{name}");
    });
}

#[test]
fn sarif_is_as_its_schema_says() {
    let mut schema = file("tests/fixtures/sarif-2.1.0.json");
    // One pattern of the official schema is no regular expression; afterlab does not write that property.
    for definition in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{definition}/properties/language"));
        language
            .and_then(Value::as_object_mut)
            .and_then(|language| language.remove("pattern"))
            .expect("the odd pattern");
    }
    accounts(|name, args| {
        let log = json(&scan(args, "sarif"));
        assert_valid(&schema, std::slice::from_ref(&log), name);
        let run = &log["runs"][0];
        for result in run["results"].as_array().expect("results") {
            let index = usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small");
            assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
            let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().expect("a file");
            assert_eq!(uri.split('/').count(), 5, "{uri}");
            assert!(!uri.split('/').any(|part| part.is_empty() || part == ".."), "{uri}");
        }
        let unknown = run["invocations"][0]["toolExecutionNotifications"].as_array().is_some_and(|all| !all.is_empty());
        assert_eq!(run["invocations"][0]["executionSuccessful"], !unknown, "{name}: nothing unread passes");
        assert_eq!(unknown, name == "hostile");
    });
}

#[test]
fn junit_is_as_the_schema_of_jenkins_says() {
    accounts(|name, args| {
        let xml = scan(args, "junit");
        assert_eq!(junit_errors(&xml), "", "{name}");
        let tree = roxmltree::Document::parse(&xml).expect("XML");
        let cases = |tag: &str| tree.descendants().filter(|node| node.has_tag_name(tag)).count();
        let report = json(&scan(args, "json"));
        let failed = report["findings"].as_array().expect("findings").iter();
        let failed = failed.filter(|finding| !["low", "info"].contains(&finding["severity"].as_str().expect("one")));
        assert_eq!(cases("failure"), failed.count(), "{name}: what is below --fail-on fails no test");
        assert_eq!(report["summary"]["unknown"], cases("error"), "{name}");
    });
    let folder = tempfile::tempdir().expect("a folder");
    let policy = folder.path().join("p.json");
    std::fs::write(&policy, "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Allow\"}}").expect("a file");
    let run = Run::with(&["policy", "check", "--format", "junit", policy.to_str().expect("UTF-8")]);
    assert_eq!(junit_errors(&run.stdout), "", "policy check: {}", run.stderr);
}

#[test]
fn ocsf_is_as_its_schema_says() {
    let folder = format!("{ROOT}/tests/formats");
    let python = environment("formats", &format!("{folder}/requirements.txt"));
    let arguments = [&format!("{folder}/ocsf.py"), "1.5.0", "compliance_finding", "cloud"];
    let schema: Value = serde_json::from_slice(&script(&python, &arguments, b"")).expect("JSON");
    accounts(|name, args| {
        let events = json(&scan(args, "ocsf"));
        assert_valid(&schema, events.as_array().expect("events"), name);
        let judged = |status: &str| {
            events.as_array().into_iter().flatten().filter(|event| event["compliance"]["status"] == status).count()
        };
        let report = json(&scan(args, "json"));
        assert_eq!(report["summary"]["fail"], judged("Fail"), "{name}");
        assert_eq!(report["summary"]["unknown"], judged("Unknown"), "{name}");
    });
}

#[test]
fn security_hub_takes_what_it_is_sent() {
    let python = emulator::python();
    let check = format!("{ROOT}/tests/formats/asff.py");
    accounts(|name, args| {
        let text = scan(args, "asff");
        let answer: Value = serde_json::from_slice(&script(&python, &[&check], text.as_bytes())).expect("JSON");
        assert_eq!(answer["wrong"], json!([]), "{name}");
        let (mut most, mut sent) = (0, 0);
        for request in lines(&text) {
            let findings = request["Findings"].as_array().expect("findings");
            most = most.max(findings.len());
            sent += findings.len();
            assert!((1..=100).contains(&findings.len()));
            let regions: BTreeSet<String> = findings.iter().map(|finding| finding["ProductArn"].to_string()).collect();
            assert_eq!(regions.len(), 1, "a request goes to one region");
            for finding in findings {
                assert_bounds(finding, &answer["types"]);
            }
        }
        let summary = json(&scan(args, "json"))["summary"].clone();
        let expected = summary["fail"].as_u64().zip(summary["unknown"].as_u64()).map(|(fail, unknown)| fail + unknown);
        assert_eq!(u64::try_from(sent).ok(), expected, "{name}");
        assert!(most == 100 || name != "demo", "one request is full, so that there is one after it");
    });
}

/// The bounds that AWS's documentation states and its API model does not.
fn assert_bounds(finding: &Value, types: &Value) {
    let bounds = [("/Id", 512), ("/GeneratorId", 512), ("/ProductArn", 2048), ("/Title", 256), ("/Description", 1024)];
    let inner = [("/Remediation/Recommendation/Text", 512), ("/FindingProviderFields/Severity/Original", 64)];
    for (place, most) in bounds.into_iter().chain(inner) {
        let text = finding.pointer(place).and_then(Value::as_str).expect(place);
        assert!((1..=most).contains(&text.chars().count()), "{place}: {text}");
    }
    for value in finding["ProductFields"].as_object().expect("fields").values() {
        assert!(value.as_str().is_some_and(|value| (1..=2048).contains(&value.chars().count())), "{value}");
    }
    assert!(finding["Compliance"]["RelatedRequirements"].as_array().is_none_or(|all| (1..=32).contains(&all.len())));
    assert!(finding.to_string().len() < 240 * 1024, "{finding}");
    let kind = &finding["Resources"][0]["Type"];
    assert!(
        kind == "Other" || kind == "AwsAccount" || types.as_array().is_some_and(|all| all.contains(kind)),
        "{kind}"
    );
}

#[test]
fn csv_is_a_table_without_formulas() {
    accounts(|name, args| {
        let text = scan(args, "csv");
        let mut table = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = table.records().map(|row| row.expect("a whole row")).collect();
        let report = json(&scan(args, "json"));
        let number = |status: &str| rows.iter().filter(|row| row.get(0) == Some(status)).count();
        assert_eq!(report["summary"]["fail"], number("fail"), "{name}");
        assert_eq!(report["summary"]["unknown"], number("unknown"), "{name}");
        for cell in rows.iter().flatten() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{name}: {cell:?}");
            assert!(!cell.contains(char::is_control), "{name}: {cell:?}");
        }
    });
}

#[test]
fn all_forms_hold_the_same_findings() {
    let report = json(&scan(&["--demo"], "json"));
    let findings = report["findings"].as_array().expect("findings");
    let expected: BTreeSet<&str> =
        findings.iter().map(|finding| finding["fingerprint"].as_str().expect("a fingerprint")).collect();
    assert!(expected.len() > 100, "{}", expected.len());
    for format in Format::value_variants() {
        let text = scan(&["--demo", "--explain"], &format.name());
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        let found: BTreeSet<&str> =
            words.filter(|word| word.len() == 32 && word.bytes().all(|b| b.is_ascii_hexdigit())).collect();
        assert_eq!(found, expected, "{}", format.name());
    }
}

#[test]
fn hostile_names_stay_text_in_what_people_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let snapshot = hostile(folder.path());
    let hostile = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
    for format in Format::value_variants() {
        let name = format.name();
        let text = scan(&["--snapshot", &snapshot, "--fix", "--explain"], &name);
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{name}");
        if matches!(format, Format::Table | Format::Csv | Format::Markdown | Format::Junit) {
            assert!(!text.contains(hostile), "{name}");
        }
    }
    let text = scan(&["--snapshot", &snapshot], "markdown");
    assert!(text.contains("**Not judged**"), "{text}");
    let (html, prose) = rendered(&text);
    assert!(!html.contains("script") && !html.contains("<a ") && !html.contains("<!--"), "{html}");
    assert_eq!(html.matches("<details").count(), html.matches("</details>").count(), "{html}");
    assert!(!prose.contains("@everyone") && !prose.contains("@me"), "nobody is called: {prose}");
    let sarif = json(&scan(&["--snapshot", &snapshot], "sarif"));
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    assert!(results.iter().any(|result| result["message"].to_string().contains("[free] (https://evil")));
    let is_link = |result: &Value| result["message"].to_string().contains("](");
    assert!(!results.iter().any(is_link), "a viewer makes links of this");
}

/// The HTML and the links that are in Markdown, and its text outside of blocks of code.
fn rendered(markdown: &str) -> (String, String) {
    use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd, TextMergeStream};
    let (mut html, mut prose, mut is_code) = (String::new(), String::new(), false);
    for event in TextMergeStream::new(Parser::new_ext(markdown, Options::ENABLE_TABLES)) {
        match event {
            Event::Html(text) | Event::InlineHtml(text) => html.push_str(&text),
            Event::Start(Tag::Link { dest_url, .. }) => html.extend(["<a ", &*dest_url, ">"]),
            Event::Start(Tag::CodeBlock(_)) => is_code = true,
            Event::End(TagEnd::CodeBlock) => is_code = false,
            Event::Text(text) if !is_code => prose.push_str(&text),
            _ => {}
        }
    }
    (html, prose)
}

#[test]
fn markdown_fits_into_a_comment() {
    let folder = tempfile::tempdir().expect("a folder");
    let bucket =
        |number| json!({"Name": format!("bucket-{number}"), "BucketRegion": "us-east-1", "PublicAccessBlock": null});
    let snapshot = json!({
        "afterlab_snapshot": 1,
        "account": {"Id": "111122223333"},
        "collected_at": "2026-11-22T12:00:00Z",
        "s3": {"AccountPublicAccessBlock": null, "Buckets": (0..5000).map(bucket).collect::<Vec<_>>()},
    });
    let path = folder.path().join("lab.json");
    std::fs::write(&path, snapshot.to_string()).expect("a file");
    let rule = "s3-bucket-public-access-not-blocked";
    let text = scan(&["--snapshot", path.to_str().expect("UTF-8"), "--rule", rule], "markdown");
    assert!(text.len() < 65_536, "{}", text.len());
    assert!(text.contains("**5000 findings**") && text.contains("… and "), "{}", &text[..500]);
    assert_eq!(text.matches("<details").count(), text.matches("</details>").count());
}

#[test]
fn several_reports_come_of_one_scan() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let [lines, sarif, plain] = [place("a.ndjson"), place("b.txt"), place("c.csv")];
    let sarif = format!("sarif={sarif}");
    let run = Run::with(&["scan", "--demo", "--format", "table", "-o", &format!("ndjson={lines}"), "--output", &sarif]);
    assert!(run.code == Some(1) && run.stderr.is_empty() && run.stdout.contains("findings"), "{run:#?}");
    let read = |path: &str| std::fs::read_to_string(path).expect("the report");
    assert_eq!(read(&lines), scan(&["--demo"], "ndjson"));
    assert!(read(&place("b.txt")).contains("\"version\": \"2.1.0\""), "what stands before = decides, not the ending");
    // Without --format nothing is printed, and the ending tells the form.
    let run = Run::with(&["scan", "--demo", "-o", &plain, "-o", &place("d.json"), "-o", &place("e")]);
    assert!(run.code == Some(1) && run.stdout.is_empty(), "{run:#?}");
    assert!(read(&plain).starts_with("status,severity"));
    assert_eq!(read(&place("d.json")), scan(&["--demo"], "json"));
    assert!(read(&place("e")).starts_with("Account 111122223333"), "a table where nothing tells the form");
    // With --format it decides over the ending.
    let run = Run::with(&["scan", "--demo", "--format", "csv", "-o", &place("f.json")]);
    assert!(run.code == Some(1) && run.stdout.is_empty(), "{run:#?}");
    assert_eq!(read(&place("f.json")), read(&plain));
    let left = std::fs::read_dir(folder.path()).expect("the folder").count();
    assert_eq!(left, 6, "nothing else is left there");
}

#[test]
fn what_cannot_be_is_refused_before_the_scan() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    let (file, same) = (place("a.json"), format!("{}/./a.json", folder.path().display()));
    let cases: [(&[&str], &str); 7] = [
        (&["-o", &format!("json={file}"), "-o", &format!("csv={same}")], "two reports for"),
        (&["--format", "csv", "-o", "json=-"], "two reports for standard output: json and csv"),
        (&["-o", "-", "-o", "csv=-"], "two reports for standard output: table and csv"),
        (&["-o", "cvs=a"], "did you mean csv?"),
        (&["-o", "md=a"], "did you mean markdown?"),
        (&["-o", "json="], "names no file"),
        (&["-o", &file, "-o", "csv=/nonexistent/a.csv"], "/nonexistent/a.csv cannot be written"),
    ];
    for (args, what) in cases {
        // The endpoint is dead: had the scan begun, this would say so.
        Run::with(&[&["scan", "--endpoint-url", "http://127.0.0.1:9"], args].concat()).assert_refused(what);
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 0, "and nothing is written");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_fails_at_the_last_moment_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let good = folder.path().join("good.csv");
    let good = format!("csv={}", good.display());
    let with = |args: &[&str]| {
        let mut command = crate::support::afterlab(&[&["scan", "--demo"], args].concat());
        command.env("TMPDIR", folder.path());
        Run::of(command)
    };
    let run = with(&["-o", "json=/dev/full", "-o", &good]);
    assert!(run.code == Some(2) && run.stderr.contains("the json report was printed instead"), "{}", run.stderr);
    assert_eq!(run.stdout, scan(&["--demo"], "json"));
    assert!(folder.path().join("good.csv").exists());
    let run = with(&["--format", "csv", "-o", "json=/dev/full"]);
    assert!(run.code == Some(2) && run.stderr.contains("/dev/full could not be written"), "{}", run.stderr);
    assert_eq!(run.stdout, scan(&["--demo"], "csv"));
    let rescued = run.stderr.split("the json report is ").nth(1).and_then(|rest| rest.split(" instead").next());
    let rescued = std::fs::read_to_string(rescued.expect("a path")).expect("the report");
    assert_eq!(rescued, scan(&["--demo"], "json"));
}

#[test]
fn a_reader_of_a_list_that_goes_away_is_no_error() {
    for format in ["csv", "ndjson", "ocsf", "asff"] {
        let mut command = crate::support::afterlab(&["scan", "--demo", "--format", format]);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("an end");
        assert!(output.stderr.is_empty(), "{format}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(1), "{format}");
    }
}
