//! `--fix`: makes in the files the changes that are mechanical, where it is proved that they do what they should.

use std::path::Path;

use super::check::Checker;
use super::fmt::rewrite;
use crate::cli::output::{mention, say};
use crate::lint::{Edit, Fix, Level, LintFinding, PolicyReport, fixes};
use crate::policy::input::{self, Format, FoundPolicy, Input};

/// How often fixes are applied to one file at most: a fix can uncover another.
const MOST_ROUNDS: usize = 10;

/// How many bytes are read again at most to prove the fixes of one file: each proof reads it once.
const MOST_BYTES_PROVED: usize = 64 * 1024 * 1024;

impl Checker<'_> {
    /// Turns fixes that cannot be made in this file, or do not work there, into advice.
    ///
    /// The edits are those of JSON. In YAML, in Terraform's language or within a string some work and some do not: each
    /// is tried on a copy, which must hold the same policies, with this finding gone and no error more.
    pub(super) fn keep_sound_fixes(&self, path: &Path, read: &Input, policies: &mut [PolicyReport]) {
        let mut budget = MOST_BYTES_PROVED;
        for (place, report) in policies.iter_mut().enumerate() {
            let is_bare = read.format == Format::Json && report.name.is_empty();
            let has_fix = report.findings.iter().any(|reported| reported.finding.fix.is_some());
            let Some(policy) = read.policies.get(place).filter(|_| has_fix && !is_bare) else { continue };
            let before = self.found(policy);
            for reported in &mut report.findings {
                let Some(fix) = &reported.finding.fix else { continue };
                let can_be_tried = read.can_be_edited() && budget >= read.source.len();
                budget = budget.saturating_sub(read.source.len());
                if !can_be_tried || !self.works(path, read, place, &before, (&reported.finding, fix)) {
                    let title = reported.finding.fix.take().map(|fix| fix.title);
                    reported.finding.help = reported.finding.help.take().or(title);
                }
            }
        }
    }

    fn works(
        &self,
        path: &Path,
        read: &Input,
        place: usize,
        before: &[LintFinding],
        (finding, fix): (&LintFinding, &Fix),
    ) -> bool {
        let (text, _) = fixes::apply(&read.source, [fix.edits.as_slice()]);
        let after = input::read(path, text.as_bytes(), self.args.kind);
        let same = |(number, (old, new)): (usize, (&FoundPolicy, &FoundPolicy))| {
            let json = |policy: &FoundPolicy| policy.parsed.root.as_ref().map(crate::policy::syntax::Node::to_json);
            old.name == new.name && (number == place || json(old) == json(new))
        };
        let holds_the_same = after.policies.len() == read.policies.len()
            && after.problems.len() <= read.problems.len()
            && read.policies.iter().zip(&after.policies).enumerate().all(same);
        let Some(policy) = after.policies.get(place).filter(|_| holds_the_same) else { return false };
        let after = self.found(policy);
        let of_code = |found: &[LintFinding]| found.iter().filter(|other| other.lint.code == finding.lint.code).count();
        let errors = |found: &[LintFinding]| found.iter().filter(|other| other.level == Level::Error).count();
        of_code(&after) < of_code(before) && errors(&after) <= errors(before)
    }

    /// Applies fixes until none is left that can be; what is suppressed stays as it is.
    pub(super) fn mend(&self, path: &Path, mut read: Input) -> Input {
        let mut made = 0;
        for _ in 0..MOST_ROUNDS {
            let place = self.place(path);
            let name = path.to_string_lossy();
            let mut reports: Vec<_> =
                read.policies.iter().map(|policy| self.policy(policy, &name, &place, &read.source)).collect();
            self.keep_sound_fixes(path, &read, &mut reports);
            let edits = reports.iter().flat_map(|report| &report.findings);
            let edits = edits.filter_map(|reported| reported.finding.fix.as_ref()).map(|fix| fix.edits.as_slice());
            let (text, round) = fixes::apply(&read.source, edits.collect::<Vec<&[Edit]>>());
            let next = input::read(path, text.as_bytes(), self.args.kind);
            if round == 0 || next.policies.len() != read.policies.len() || next.problems.len() > read.problems.len() {
                break;
            }
            made += round;
            read = next;
        }
        if made > 0 {
            let noun = if made == 1 { "fix" } else { "fixes" };
            match rewrite(path, &read.source) {
                Ok(()) => mention(&format!("{}: {made} {noun} made", path.display())),
                Err(error) => say(&format!("warning: {}", error.what)),
            }
        }
        read
    }
}
