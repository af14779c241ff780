//! Annotations of GitHub Actions: one workflow command a statement that does what it should not.

use std::fmt::Write as _;

use super::words::{headline, sentence};
use super::{About, GrantReport, JudgedPolicy, Outcome, Part};
use crate::policy::semantics::Answer;
use crate::report::github::{data, property};

pub(super) fn github(report: &GrantReport) -> String {
    let mut text = String::new();
    for problem in &report.problems {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "::error title=not read::{}", data(problem));
    }
    // The runner shows ten errors of a step, so that what is known comes first.
    for wanted in [Outcome::Fail, Outcome::Unknown] {
        for policy in &report.policies {
            policy.parts.iter().filter(|part| part.outcome() == wanted).for_each(|part| one(&mut text, policy, part));
        }
    }
    text
}

fn one(text: &mut String, policy: &JudgedPolicy, part: &Part) {
    let title = property(&headline(&part.about));
    match &part.answer {
        Answer::Pass => {}
        Answer::Fail(proofs) => {
            for told in proofs {
                let place = part.statements.get(told.statement);
                // What a policy no longer denies stood in the old file.
                let is_here = part.about != About::NoLongerDenied;
                let (file, line) = match place.filter(|_| is_here) {
                    Some(place) => (place.file.as_str(), place.line),
                    None => (policy.file.as_str(), 1),
                };
                let message = data(&sentence(told, &part.about, policy.kind));
                let _ = writeln!(text, "::error file={},line={line},title={title}::{message}", property(file));
            }
        }
        Answer::Unknown(reasons) => {
            let message = data(&format!("not known whether it {}: {}", headline(&part.about), reasons.join("; ")));
            let _ = writeln!(text, "::warning file={},line=1,title=not known::{message}", property(&policy.file));
        }
    }
}
