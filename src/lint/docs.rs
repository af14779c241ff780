//! The documentation of a family of lints as Markdown: for `afterlab explain` and for `docs/rules/policy/`.

use std::fmt::Write as _;

use super::{CheckOrigin, Family, Lint};

/// A family's page: its documentation, then each lint with its examples.
#[must_use]
pub fn markdown(family: &Family) -> String {
    let mut page = String::new();
    // Writing to a String cannot fail.
    let _ = write_page(&mut page, family, family.lints);
    page
}

/// The page of one lint: its family's documentation with this lint only.
#[must_use]
pub fn of_lint(family: &Family, lint: &'static Lint) -> String {
    let mut page = String::new();
    // Writing to a String cannot fail.
    let _ = write_page(&mut page, family, &[lint]);
    page
}

fn write_page(page: &mut String, family: &Family, lints: &[&Lint]) -> std::fmt::Result {
    match lints {
        [lint] => writeln!(page, "# {}\n", lint.code)?,
        _ => writeln!(page, "# {}\n", family.name)?,
    }
    writeln!(page, "{}\n", family.docs)?;
    writeln!(page, "## Where to read more\n\n- Note: `afterlab notes {}`", family.note)?;
    for reference in family.references {
        writeln!(page, "- <{reference}>")?;
    }
    writeln!(page, "\n## What it reports")?;
    for lint in lints {
        one(page, lint)?;
    }
    Ok(())
}

fn one(page: &mut String, lint: &Lint) -> std::fmt::Result {
    let whose = match lint.origin {
        CheckOrigin::AccessAnalyzer => "a check of IAM Access Analyzer",
        CheckOrigin::Afterlab => "afterlab's own",
    };
    writeln!(page, "\n### {}\n\n{}. Level {}, {whose}.", lint.code, lint.title, lint.level)?;
    if let Some(why) = lint.opt_in {
        writeln!(page, "\nRuns only when it is selected with `--select {}`: {why}.", lint.code)?;
    }
    if let Some(limits) = lint.limits {
        writeln!(page, "\nWhat it cannot know: {limits}.")?;
    }
    for example in lint.examples {
        let verdict = if example.finds.is_empty() { "Not reported" } else { "Reported" };
        writeln!(
            page,
            "\n{verdict} ({}, {}):\n\n```json\n{}\n```",
            example.name,
            example.kind,
            shortened(example.policy)
        )?;
    }
    Ok(())
}

/// Examples that are long on purpose are shown by their beginning.
fn shortened(policy: &str) -> String {
    const MOST: usize = 1_000;
    match policy.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &policy[..at]),
        None => policy.trim().to_owned(),
    }
}
