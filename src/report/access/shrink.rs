//! Proposals of `policy shrink`, for people and for programs.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::access::shrink::{Proposal, ServiceOutcome, Terms, Use, Why};
use crate::policy::format::format;
use crate::policy::syntax::{Origin, parse};
use crate::policy::write::to_value;
use crate::text::{count, join_some, printable};

const BOLD: Style = Style::new().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const OPEN: Style = AnsiColor::Yellow.on_default().bold();
const DIM: Style = Style::new().dimmed();

/// Names that a line shows before it only counts; JSON has them all.
const SHOWN: usize = 12;

/// As [`SHOWN`], for actions, whose names are long.
const SHOWN_ACTIONS: usize = 6;

/// The policy as JSON in its usual form.
#[must_use]
pub fn proposal_policy(proposal: &Proposal) -> String {
    let text = to_value(&proposal.document).to_string();
    parse(&text, &Origin::file()).root.map(|root| format(&root)).unwrap_or_default()
}

/// A proposal for people, in lines of this width.
#[must_use]
pub fn proposal_table(proposal: &Proposal, terms: Terms, width: u16) -> String {
    let (kept, gone): (Vec<_>, Vec<_>) = proposal.services.iter().partition(|service| service.kept);
    let mut text = format!(
        "{BOLD}{}: keeps {} of {}{BOLD:#}\n",
        printable(&proposal.principal),
        kept.len(),
        count(proposal.services.len(), "service"),
    );
    let mut line = |lead: &str, words: &str| wrapped(&mut text, lead, words, width);
    line("  in place of ", &proposal.replaces.join(", "));
    if !kept.is_empty() {
        line("", &format!("\n{GOOD}stays{GOOD:#}"));
    }
    let broad = kept.iter().map(|service| service.prefix.len()).max().unwrap_or_default();
    for service in &kept {
        line(&format!("  {:broad$}  ", service.prefix), &used(service.usage, terms));
        for change in changes(service) {
            line(&format!("  {:broad$}  ", ""), &change);
        }
    }
    if !gone.is_empty() {
        line("", &format!("\n{BAD}goes{BAD:#}"));
    }
    let never = |service: &&&ServiceOutcome| service.usage == Use::Never;
    let broad = gone.iter().filter(|own| !never(own)).map(|own| own.prefix.len()).max().unwrap_or_default();
    for service in gone.iter().filter(|own| !never(own)) {
        line(&format!("  {:broad$}  ", service.prefix), &used(service.usage, terms));
    }
    let names: Vec<&str> = gone.iter().filter(never).map(|own| own.prefix.as_str()).collect();
    if !names.is_empty() {
        line("  never used: ", &join_some(names.iter().copied(), SHOWN));
    }
    line("", &format!("\n{OPEN}what this cannot show{OPEN:#}"));
    for warning in &proposal.warnings {
        line("  - ", warning);
    }
    if proposal.document.statements.is_empty() {
        line("\n", "Nothing is left to allow: detach its policies, or delete it when nobody needs it.");
        return text;
    }
    if !proposal.is_narrower() {
        line("\n", "As far as is known it used all that its policies allow; there is nothing to take away.");
        return text;
    }
    let _ =
        write!(text, "\n{DIM}proposal (nothing was changed){DIM:#}\n{}", printable_lines(&proposal_policy(proposal)));
    text
}

/// What is missing for a proposal.
#[must_use]
pub fn unknown_table(principal: &str, missing: &[String]) -> String {
    let mut text = format!("{}: {OPEN}unknown{OPEN:#}, so that nothing is proposed\n", printable(principal));
    for reason in missing {
        let _ = writeln!(text, "  - {}", printable(reason));
    }
    text
}

/// A proposal for programs.
#[must_use]
pub fn proposal_json(proposal: &Proposal, terms: Terms) -> Value {
    let why = |why: &Why| match why {
        Why::Unused(last) => json!({"why": "unused", "last_used": last}),
        Why::NoEvent => json!({"why": "no_event"}),
    };
    let service = |own: &ServiceOutcome| {
        let (usage, last): (_, Option<Timestamp>) = match own.usage {
            Use::Used(last) => ("used", Some(last)),
            Use::Before(last) => ("unused", Some(last)),
            Use::Never => ("never_used", None),
            Use::Untold => ("not_told", None),
        };
        let dropped: serde_json::Map<_, _> = own.dropped.iter().map(|(name, own)| (name.clone(), why(own))).collect();
        json!({"service": own.prefix, "use": usage, "last_used": last, "stays": own.kept,
            "actions_that_go": dropped, "on_fewer_resources": own.on_fewer_resources, "allowed_by": own.from})
    };
    json!({"afterlab_shrink": 1, "principal": proposal.principal, "unused_days": terms.days,
        "replaces": proposal.replaces, "services": proposal.services.iter().map(service).collect::<Vec<_>>(),
        "cannot_show": proposal.warnings, "policy": to_value(&proposal.document)})
}

/// What is missing for a proposal, for programs.
#[must_use]
pub fn unknown_json(principal: &str, missing: &[String]) -> Value {
    json!({"afterlab_shrink": 1, "principal": principal, "unknown": missing})
}

fn used(usage: Use, terms: Terms) -> String {
    let day = |when: Timestamp| when.strftime("%Y-%m-%d").to_string();
    match usage {
        Use::Used(last) => format!("last used {}", day(last)),
        Use::Before(last) => format!("last used {}, {} days ago", day(last), terms.days_since(last)),
        Use::Never => "no use is recorded".to_owned(),
        Use::Untold => "AWS does not say when it was used".to_owned(),
    }
}

/// What changes of a service that stays.
fn changes(service: &ServiceOutcome) -> Vec<String> {
    let without = |why: &str, is_it: fn(&Why) -> bool| {
        let names: Vec<&str> =
            service.dropped.iter().filter(|(_, why)| is_it(why)).map(|(name, _)| name.as_str()).collect();
        (!names.is_empty()).then(|| {
            format!(
                "without {}, {why}: {}",
                count(names.len(), "action"),
                join_some(names.iter().copied(), SHOWN_ACTIONS)
            )
        })
    };
    let unused = without("not used", |why| matches!(why, Why::Unused(_)));
    let unseen = without("not in the events", |why| *why == Why::NoEvent);
    let fewer = service.on_fewer_resources.then(|| "on the resources that events name".to_owned());
    unused.into_iter().chain(unseen).chain(fewer).collect()
}

fn wrapped(text: &mut String, lead: &str, words: &str, width: u16) {
    let rest = " ".repeat(lead.trim_start_matches('\n').len());
    let options = textwrap::Options::new(usize::from(width).min(120))
        .initial_indent(lead)
        .subsequent_indent(&rest)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    // A heading carries its colours, which are no text of the account.
    let words = if lead.is_empty() { words.to_owned() } else { printable(words) };
    text.push_str(&textwrap::fill(&words, options));
    text.push('\n');
}

fn printable_lines(text: &str) -> String {
    text.lines().fold(String::new(), |all, line| all + &printable(line) + "\n")
}
