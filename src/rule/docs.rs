//! The documentation of a rule as Markdown: for `afterlab explain` and for `docs/rules/`.

use std::fmt::Write as _;

use super::{Expected, Rule, framework};

/// A rule's page: its documentation, then what the other fields say.
#[must_use]
pub fn markdown(rule: &Rule) -> String {
    let mut page = String::new();
    // Writing to a String cannot fail.
    let _ = write_page(&mut page, rule);
    page
}

fn write_page(page: &mut String, rule: &Rule) -> std::fmt::Result {
    writeln!(page, "# {}\n", rule.id)?;
    writeln!(
        page,
        "**{}.** Severity {}, kind {}, confidence {}.\n",
        rule.title, rule.severity, rule.kind, rule.confidence
    )?;
    if let Some(why) = rule.opt_in {
        writeln!(page, "Runs only when it is named with `--rule {}`: {why}.\n", rule.id)?;
    }
    writeln!(page, "{}", rule.docs)?;
    write_params(page, rule)?;
    writeln!(page, "## Where to read more\n")?;
    writeln!(page, "- Note: `afterlab notes {}`", rule.note)?;
    for reference in rule.references {
        writeln!(page, "- <{reference}>")?;
    }
    for (framework, control) in framework::controls_of(rule.id) {
        writeln!(page, "- {} {}: {}", framework.name, control.id, control.title)?;
    }
    writeln!(page, "\n## What it reads\n")?;
    for operation in rule.needs.iter().flat_map(|need| need.operations()) {
        match operation.iam_action {
            Some(action) => writeln!(page, "- `{operation}`, allowed by `{action}`")?,
            None => writeln!(page, "- `{operation}`")?,
        }
    }
    writeln!(page, "\n## Examples")?;
    for example in rule.examples() {
        let outcome = match example.expected {
            Expected::Pass => "passes",
            Expected::Fail => "fails",
            Expected::NotApplicable => "does not apply",
            Expected::Unknown => "cannot be judged",
        };
        writeln!(page, "\nThis {outcome}: {}.\n\n```json\n{}\n```", example.name, pretty(example.snapshot))?;
    }
    Ok(())
}

/// The numbers that a user may set, and how.
fn write_params(page: &mut String, rule: &Rule) -> std::fmt::Result {
    if rule.params.is_empty() {
        return Ok(());
    }
    writeln!(page, "## What can be set\n")?;
    writeln!(page, "In `afterlab.toml`, below `[rules.{}]`:\n", rule.id)?;
    writeln!(page, "| parameter | default | from | to | unit | meaning |\n| --- | --- | --- | --- | --- | --- |")?;
    for param in rule.params {
        let set = if param.value == param.default { String::new() } else { format!(" Here it is {}.", param.value) };
        let (name, default, unit, about) = (param.name, param.default, param.unit, param.about);
        writeln!(page, "| `{name}` | {default} | {} | {} | {unit} | {about}{set} |", param.least, param.most)?;
    }
    writeln!(page)
}

/// The example indented as JSON; tests prove that it is JSON.
fn pretty(snapshot: &str) -> String {
    serde_json::from_str::<serde_json::Value>(snapshot)
        .map_or_else(|_| snapshot.to_owned(), |value| format!("{value:#}"))
}
