//! `afterlab s3-name`: bucket names before the buckets are created.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use clap::{Parser, ValueEnum};

use super::output::{self, print};
use super::{CliError, Exit};
use crate::inventory::AccountId;
use crate::s3::name::{NameReport, check};
use crate::text::printable;

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const UNWISE: Style = AnsiColor::Yellow.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// Check bucket names before creating the buckets
///
/// Says of each name whether AWS takes it, which of AWS's rules it breaks, and what is allowed but unwise. Exits with 1
/// if AWS would refuse a name (with --strict also if one is unwise). Whether a name is still free only AWS can say.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab s3-name my-bucket Another_Bucket
  afterlab s3-name --format json \"$BUCKET\"

Exit codes: 0 AWS takes all of these names, 1 it refuses one")]
pub(super) struct Args {
    /// The names
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,

    /// Your account id, to see when a name gives it away
    #[arg(long, value_name = "ID")]
    account: Option<AccountId>,

    /// Exit with 1 also for names that are allowed and unwise
    #[arg(long)]
    strict: bool,

    /// Form of the answer
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs: a list with name, errors, advice and suggestion
    Json,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let reports: Vec<NameReport> = args.names.iter().map(|name| check(name, args.account.as_ref())).collect();
    let text = match args.format {
        Format::Text => reports.iter().map(describe).collect(),
        // Names and remarks are text, which JSON always holds.
        Format::Json => serde_json::to_string_pretty(&reports).unwrap_or_default() + "\n",
    };
    print(&text)?;
    let sound = |report: &NameReport| report.is_valid() && (!args.strict || report.advice.is_empty());
    Ok(if reports.iter().all(sound) { Exit::Clean } else { Exit::Findings })
}

fn describe(report: &NameReport) -> String {
    let (style, verdict) = match (report.is_valid(), report.advice.is_empty()) {
        (true, true) => (GOOD, "ok"),
        (true, false) => (UNWISE, "allowed, but unwise"),
        (false, _) => (BAD, "refused by AWS"),
    };
    let mut text = format!("{}: {style}{verdict}{style:#}\n", printable(&report.name));
    // Writing to a String cannot fail.
    for remark in report.errors.iter().chain(&report.advice) {
        let options = textwrap::Options::new(usize::from(output::width()).min(100));
        let remark =
            textwrap::fill(&printable(&remark.message), options.initial_indent("  - ").subsequent_indent("    "));
        let _ = writeln!(text, "{remark}");
    }
    if let Some(suggestion) = &report.suggestion {
        let _ = writeln!(text, "  {DIM}perhaps:{DIM:#} {}", printable(suggestion));
    }
    if !report.is_valid() || !report.advice.is_empty() {
        let _ = writeln!(text, "  {DIM}afterlab notes s3#bucket-naming{DIM:#}");
    }
    text
}
