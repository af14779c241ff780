//! `afterlab policy check`: what IAM Access Analyzer would say of policies, and more, offline.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use clap::Parser;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::changes::Changes;
use crate::cli::config::ConfigArgs;
use crate::cli::output::{self, Target};
use crate::cli::{CliError, Exit};
use crate::config::Config;
use crate::lint::suppress::{SuppressionPlace, Suppressions};
use crate::lint::{
    self, FileProblem, FileReport, Level, LintFinding, LintReport, LintSelection, PolicyReport, Reported, SelectedLints,
};
use crate::policy::PolicyKind;
use crate::policy::input::{self, FoundPolicy, Input};
use crate::policy::outline::Outline;
use crate::policy::syntax::Lines;
use crate::report::lint::{self as formats, Format};

/// Say what IAM Access Analyzer would say of policies, and more, offline
///
/// Reads policy JSON (also as the AWS CLI prints it), Terraform plans and files, and CloudFormation templates.
#[derive(Parser, Debug)]
#[command(after_help = "\
Examples:
  afterlab policy check policies/                        every policy in a folder
  afterlab policy check --type trust role-trust.json
  terraform show -json plan | afterlab policy check -
  afterlab policy check --format sarif -o policies.sarif .
  afterlab policy check --diff origin/main .             only what this branch changes

Exit codes: 0 nothing at or above --fail-on, 1 findings, 2 something could not be read")]
pub(super) struct Args {
    /// Files, folders, globs; - for standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<String>,

    /// What sort of policy the documents are: identity, boundary, trust, scp, rcp, resource, or a resource type such as
    /// `AWS::S3::Bucket`. Without it, the text and the file around it tell
    #[arg(long = "type", value_name = "TYPE", value_parser = parse_kind)]
    pub(super) kind: Option<PolicyKind>,

    /// Lints to run, by code or glob; with lints that are opt-in
    #[arg(long, value_name = "CODE", value_delimiter = ',', help_heading = "Which lints")]
    select: Vec<String>,

    /// Lints not to run, by code or glob
    #[arg(long, value_name = "CODE", value_delimiter = ',', help_heading = "Which lints")]
    ignore: Vec<String>,

    #[command(flatten)]
    config: ConfigArgs,

    /// Only policies that changed since a git revision
    #[arg(long, value_name = "BASE", help_heading = "What changed")]
    diff: Option<String>,

    /// Only findings on lines that changed since that revision
    #[arg(long, requires = "diff", help_heading = "What changed")]
    changed_lines_only: bool,

    /// Mend in the files what is mechanical, then report the rest
    #[arg(long)]
    fix: bool,

    /// Form of the report
    #[arg(long, value_enum, default_value_t = Format::Table, help_heading = "The report")]
    format: Format,

    /// Write the report to a file
    #[arg(long, short, value_name = "FILE", help_heading = "The report")]
    output: Option<PathBuf>,

    /// Exit with 1 for findings of this level and above: suggestion, warning, security-warning, error
    #[arg(long, value_name = "LEVEL", default_value = "security-warning", value_parser = parse_level, help_heading = "The report")]
    fail_on: Level,
}

pub(super) fn parse_kind(word: &str) -> Result<PolicyKind, String> {
    PolicyKind::parse(word).ok_or_else(|| {
        let words = ["identity", "boundary", "trust", "scp", "rcp", "resource"];
        let types = crate::policy::kind::RESOURCE_TYPES.iter().map(|kind| kind.name);
        match crate::text::closest(word, words.into_iter().chain(types)) {
            Some(closest) => format!("no such type; did you mean {closest}?"),
            None => {
                format!("no such type; it is one of {} or a resource type such as AWS::S3::Bucket", words.join(", "))
            }
        }
    })
}

fn parse_level(word: &str) -> Result<Level, String> {
    let levels = [Level::Suggestion, Level::Warning, Level::SecurityWarning, Level::Error];
    let found = levels.into_iter().find(|level| level.to_string() == word);
    found.ok_or_else(|| "it is one of suggestion, warning, security-warning, error".to_owned())
}

/// Columns of a table that goes to a file.
const FILE_WIDTH: u16 = 120;

/// What a run needs at every file.
pub(super) struct Checker<'c> {
    pub(super) args: &'c Args,
    lints: SelectedLints,
    suppressions: Suppressions<'c>,
    config_folder: Option<PathBuf>,
    changes: Option<Changes>,
}

pub(super) fn run(args: &Args) -> Result<Exit, CliError> {
    let config = args.config.read()?;
    let lints = args.lints(&config)?;
    let changes = args.diff.as_deref().map(Changes::since).transpose()?;
    let target = Target::open(args.output.as_deref())?;
    let today = Timestamp::now().to_zoned(TimeZone::UTC).date();
    let checker = Checker {
        args,
        lints,
        suppressions: Suppressions::of(&config.policy.suppress, today),
        config_folder: config.folder().and_then(|folder| folder.canonicalize().ok()),
        changes,
    };
    let report = checker.report();
    let options = formats::Options { width: if target.is_terminal() { output::width() } else { FILE_WIDTH } };
    let plain = !target.is_terminal();
    target.write(|out| {
        if plain && args.format == Format::Table {
            let mut text = Vec::new();
            formats::write(&report, args.format, options, &mut text)?;
            // Colours are for terminals: a file gets none.
            return out.write_all(anstream::adapter::strip_bytes(&text).into_vec().as_slice());
        }
        formats::write(&report, args.format, options, out)
    })?;
    Ok(args.exit(&report))
}

impl Args {
    fn lints(&self, config: &Config) -> Result<SelectedLints, CliError> {
        let select = if self.select.is_empty() { &config.policy.select } else { &self.select };
        let ignore = config.policy.ignore.iter().chain(&self.ignore).cloned().collect();
        let selection = LintSelection { select: select.clone(), ignore, levels: config.policy.severity.clone() };
        selection
            .resolve()
            .map_err(|error| CliError::new(error.to_string()).help("`afterlab policy lints` shows all of them"))
    }

    fn exit(&self, report: &LintReport) -> Exit {
        if report.has_problems() {
            return Exit::Failed;
        }
        let found = report.findings().any(|(_, _, reported)| reported.finding.level >= self.fail_on);
        if found { Exit::Findings } else { Exit::Clean }
    }
}

impl Checker<'_> {
    /// Checks every file, on all cores.
    fn report(&self) -> LintReport {
        let walked = input::walk::expand(&self.args.paths);
        let files = Mutex::new(Vec::with_capacity(walked.files.len()));
        let next = AtomicUsize::new(0);
        let threads = thread::available_parallelism().map_or(1, NonZero::get).min(walked.files.len().max(1));
        thread::scope(|scope| {
            for _ in 0..threads {
                scope.spawn(|| {
                    while let Some((place, file)) = {
                        let place = next.fetch_add(1, Ordering::Relaxed);
                        walked.files.get(place).map(|file| (place, file))
                    } {
                        let report = self.file(file);
                        if let Ok(mut files) = files.lock() {
                            files.push((place, report));
                        }
                    }
                });
            }
        });
        let mut files = files.into_inner().unwrap_or_default();
        files.sort_unstable_by_key(|(place, _)| *place);
        let mut report = LintReport::default();
        for (_, file) in files {
            match file {
                Some(file) => report.files.push(file),
                None => report.files_without_policy += 1,
            }
        }
        report.files.extend(walked.problems.into_iter().map(|(path, message)| FileReport {
            path,
            problems: vec![FileProblem { span: None, message }],
            ..FileReport::default()
        }));
        report.stale_suppressions = self.suppressions.stale();
        report
    }

    /// Checks one file; `None` when it is of no concern.
    fn file(&self, walked: &input::walk::WalkedFile) -> Option<FileReport> {
        let name = walked.name();
        let below = match &self.changes {
            Some(changes) => Some(changes.changed(&walked.path)?),
            None => None,
        };
        let bytes = match super::read(&walked.path) {
            Ok(bytes) => bytes,
            Err(error) => return Some(unreadable(name, error.what)),
        };
        let place = self.place(&walked.path);
        self.suppressions.saw(&place);
        let mut read = input::read(&walked.path, &bytes, self.args.kind);
        if self.args.fix {
            read = self.mend(&walked.path, read);
        }
        if !walked.is_named && read.policies.is_empty() && read.problems.iter().all(input::InputProblem::is_no_policy) {
            return None;
        }
        let mut problems: Vec<FileProblem> = read
            .problems
            .iter()
            .map(|problem| FileProblem { span: problem.span, message: problem.message.clone() })
            .collect();
        let mut policies: Vec<PolicyReport> =
            read.policies.iter().map(|policy| self.policy(policy, &name, &place, &read.source)).collect();
        self.keep_sound_fixes(&walked.path, &read, &mut policies);
        if let (Some(changes), Some(below)) = (&self.changes, &below)
            && let Err(error) = self.limit(changes, below, &read, &mut policies)
        {
            problems.push(FileProblem { span: None, message: error.what });
        }
        Some(FileReport { path: name, source: read.source, policies, problems })
    }

    /// A file's path as suppressions name it: relative to the config's folder, with `/` between folders.
    pub(super) fn place(&self, path: &Path) -> String {
        let whole = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let below = self.config_folder.as_deref().and_then(|folder| whole.strip_prefix(folder).ok());
        input::walk::slashes(below.unwrap_or(path))
    }

    pub(super) fn found(&self, policy: &FoundPolicy) -> Vec<LintFinding> {
        let mut found = lint::check(&policy.parsed, policy.kind, &self.lints);
        for finding in &mut found {
            if let Some(level) = self.lints.level(finding.lint) {
                finding.level = level;
            }
        }
        found
    }

    pub(super) fn policy(&self, policy: &FoundPolicy, name: &str, place: &str, source: &str) -> PolicyReport {
        let outline = policy.parsed.root.as_ref().map(Outline::of);
        let sid = |finding: &LintFinding| {
            let number = finding.statement?;
            outline.as_ref()?.statements.iter().find(|statement| statement.index == number)?.sid_text()
        };
        let mut report = PolicyReport {
            name: policy.name.clone(),
            kind: policy.kind,
            findings: Vec::new(),
            suppressed: Vec::new(),
            unknowns: policy.unknowns.clone(),
        };
        for finding in self.found(policy) {
            let sid = sid(&finding);
            let at = SuppressionPlace { file: place, policy: &policy.name, sid };
            let reason = self.suppressions.reason(&finding, at);
            let reported = Reported::new(finding, name, &policy.name, sid, source);
            match reason {
                Some(reason) => report.suppressed.push((reported, reason.to_owned())),
                None => report.findings.push(reported),
            }
        }
        report
    }

    /// Leaves out policies that were the same at the base, and findings on lines that were.
    fn limit(
        &self,
        changes: &Changes,
        below: &Path,
        read: &Input,
        policies: &mut Vec<PolicyReport>,
    ) -> Result<(), CliError> {
        let Some(before) = changes.before(below) else { return Ok(()) };
        let before = input::read(below, &before, self.args.kind);
        let same = |policy: &FoundPolicy| {
            let root = policy.parsed.root.as_ref();
            policy.parsed.errors.is_empty()
                && root.is_some_and(|root| {
                    let is_it = |old: &&FoundPolicy| old.name == policy.name && old.parsed.errors.is_empty();
                    let old = before.policies.iter().filter(is_it);
                    old.filter_map(|old| old.parsed.root.as_ref()).any(|old| old.to_json() == root.to_json())
                })
        };
        let mut unchanged = read.policies.iter().map(same);
        policies.retain(|_| !unchanged.next().unwrap_or(false));
        if !self.args.changed_lines_only {
            return Ok(());
        }
        let Some(ranges) = changes.lines(below)? else { return Ok(()) };
        let lines = Lines::of(&read.source);
        for policy in policies {
            policy.findings.retain(|reported| {
                reported.finding.spans.iter().any(|span| {
                    let (first, last) = (lines.position(span.start).line, lines.position(span.end).line);
                    ranges.iter().any(|range| *range.start() <= last && first <= *range.end())
                })
            });
        }
        Ok(())
    }
}

fn unreadable(path: String, message: String) -> FileReport {
    FileReport { path, problems: vec![FileProblem { span: None, message }], ..FileReport::default() }
}
