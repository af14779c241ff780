//! `afterlab suppress`: accepts a finding, in the config.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Parser;
use jiff::civil::Date;

use super::config::ConfigArgs;
use super::output::{self, print};
use super::{CliError, Exit};
use crate::config::{Config, Edited, FILE_NAME, SuppressionConfig, with_suppression};
use crate::file::{NewFile, Readers};
use crate::finding::{EarlierFinding, EarlierReport, is_fingerprint};
use crate::text::printable;

/// Accept a finding, with a reason and an end
///
/// Writes it into the nearest afterlab.toml, whose comments stay, or begins one here. Accepted findings do not fail a
/// scan; `scan --show-suppressed` lists them. For many at once write a rule and a pattern of resources by hand.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab scan --explain                              shows fingerprints
  afterlab suppress 8c1f09e2b1... --reason 'the demo key' --until 2027-01-31
  afterlab suppress 8c1f --report report.json --reason 'the demo key'   notes what it is, too")]
pub(super) struct Args {
    /// The finding's fingerprint; with --report its beginning will do
    fingerprint: String,

    /// Why it is accepted
    #[arg(long, value_name = "TEXT")]
    reason: String,

    /// The last day on which it is accepted (2027-01-31)
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: Option<Date>,

    /// A JSON report that has the finding
    #[arg(long, value_name = "REPORT.json")]
    report: Option<PathBuf>,

    #[command(flatten)]
    config: ConfigArgs,
}

fn day(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| "a day looks like 2027-01-31".to_owned())
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    if args.reason.trim().is_empty() {
        return Err(CliError::new("the reason is empty").help("say why the finding is accepted"));
    }
    if let Some(until) = args.until.filter(|until| *until < output::today()) {
        return Err(CliError::new(format!("{until} is over")).help("give the last day on which it is accepted"));
    }
    let (wanted, comment) = wanted(args)?;
    let path = args.config.project().unwrap_or_else(|| PathBuf::from(FILE_NAME));
    let edited = write(&path, &wanted, comment.as_deref())?;
    let what = comment.or(wanted.fingerprint).unwrap_or_default();
    let end = args.until.map_or_else(|| "without an end".to_owned(), |until| format!("until {until}"));
    let verb = if edited == Edited::Added { "suppressed" } else { "changed the suppression of" };
    print(&format!("{verb} {}, {end}, in {}\n", printable(&what), printable(&path.display().to_string())))?;
    Ok(Exit::Clean)
}

/// The suppression, and what it is about in words where a report tells.
fn wanted(args: &Args) -> Result<(SuppressionConfig, Option<String>), CliError> {
    let print = args.fingerprint.to_ascii_lowercase();
    let plain = SuppressionConfig {
        fingerprint: Some(print.clone()),
        reason: args.reason.trim().to_owned(),
        until: args.until,
        ..SuppressionConfig::default()
    };
    let Some(path) = &args.report else {
        if !is_fingerprint(&print) {
            let what = format!("{:?} is no fingerprint: they have 32 hexadecimal digits", args.fingerprint);
            return Err(
                CliError::new(what).help("`afterlab scan --explain` shows them; with --report the beginning will do")
            );
        }
        return Ok((plain, None));
    };
    let report = EarlierReport::read(path).map_err(|error| {
        CliError::new(error.to_string()).help("`afterlab scan --format json -o FILE` writes a report")
    })?;
    let finding = find(&report, &print, path)?;
    let comment = format!("{}: {}", finding.rule, finding.resource.name);
    let wanted = SuppressionConfig {
        fingerprint: Some(finding.fingerprint.clone()),
        rule: Some(finding.rule.clone()),
        account: Some(report.account.id.clone()),
        ..plain
    };
    Ok((wanted, Some(comment)))
}

/// The one finding whose fingerprint begins so.
fn find<'r>(report: &'r EarlierReport, print: &str, path: &Path) -> Result<&'r EarlierFinding, CliError> {
    let mut found: Vec<&EarlierFinding> =
        report.found().chain(&report.suppressed).filter(|finding| finding.fingerprint.starts_with(print)).collect();
    match (print.is_empty(), found.len()) {
        (false, 1) => Ok(found.swap_remove(0)),
        (false, 0) => Err(CliError::new(format!("{} has no finding {print}", path.display()))
            .help("take the fingerprint from that report, or leave --report out")),
        _ => Err(CliError::new(format!("{} findings of {} begin with {print:?}", found.len(), path.display()))
            .help("give more of the fingerprint")),
    }
}

fn write(path: &Path, wanted: &SuppressionConfig, comment: Option<&str>) -> Result<Edited, CliError> {
    let bad = |why: String| CliError::new(format!("{}: {why}", path.display())).help("nothing was written");
    let text = if path.exists() {
        // A config that is wrong is not made longer.
        Config::read(None, Some(path)).map_err(|error| CliError::new(error.to_string()).help("nothing was written"))?;
        std::fs::read_to_string(path).map_err(|error| bad(error.to_string()))?
    } else {
        String::new()
    };
    let (text, edited) = with_suppression(&text, wanted, comment).map_err(&bad)?;
    let written = || -> std::io::Result<()> {
        let mut file = NewFile::begin(path, Readers::Umask)?;
        file.write_all(text.as_bytes())?;
        file.finish()
    };
    written().map_err(|error| bad(format!("cannot be written: {error}")))?;
    Ok(edited)
}
