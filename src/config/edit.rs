//! Writes a suppression into a config file; comments and order stay.

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value, value};

use super::SuppressionConfig;
use crate::text::printable;

/// What came of writing a suppression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    /// It is new.
    Added,
    /// There was one of the same finding, whose reason and end were replaced.
    Changed,
}

/// The text of a config with a suppression more, and a comment above it.
///
/// # Errors
/// Why it cannot be added.
pub fn with_suppression(
    text: &str,
    wanted: &SuppressionConfig,
    comment: Option<&str>,
) -> Result<(String, Edited), String> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| error.to_string())?;
    let is_it = |table: &&mut Table| {
        let print = table.get("fingerprint").and_then(Item::as_str);
        print.zip(wanted.fingerprint.as_deref()).is_some_and(|(print, own)| print.eq_ignore_ascii_case(own))
    };
    let there = match document.get_mut("suppress") {
        Some(Item::ArrayOfTables(all)) => all.iter_mut().find(is_it),
        Some(_) => {
            return Err("suppress is written as `suppress = [...]`; write each as a table [[suppress]]".to_owned());
        }
        None => None,
    };
    if let Some(table) = there {
        set(table, wanted);
        return Ok((document.to_string(), Edited::Changed));
    }
    // A new one stands at the end, below all comments, whatever order the tables have.
    let gap = match text {
        "" => "",
        text if text.ends_with('\n') => "\n",
        _ => "\n\n",
    };
    Ok((format!("{text}{gap}{}", alone(wanted, comment)), Edited::Added))
}

/// A file with nothing but a suppression.
fn alone(wanted: &SuppressionConfig, comment: Option<&str>) -> String {
    let mut table = Table::new();
    set(&mut table, wanted);
    table.decor_mut().set_prefix(comment.map(|comment| format!("# {}\n", printable(comment))).unwrap_or_default());
    let mut all = ArrayOfTables::new();
    all.push(table);
    let mut document = DocumentMut::new();
    document.insert("suppress", Item::ArrayOfTables(all));
    document.to_string()
}

fn set(table: &mut Table, wanted: &SuppressionConfig) {
    let SuppressionConfig { fingerprint, rule, resource, account, region, reason, until } = wanted;
    let texts = [
        ("fingerprint", fingerprint.as_deref()),
        ("rule", rule.as_deref()),
        ("resource", resource.as_deref()),
        ("account", account.as_deref()),
        ("region", region.as_deref()),
        ("reason", Some(reason)),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            replace(table, key, text.into());
        }
    }
    match until.and_then(|until| until.to_string().parse::<toml_edit::Datetime>().ok()) {
        Some(until) => replace(table, "until", until.into()),
        None => drop(table.remove("until")),
    }
}

/// Sets a value; a comment behind the old one stays.
fn replace(table: &mut Table, key: &str, new: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            let decor = old.decor().clone();
            *old = new;
            *old.decor_mut() = decor;
        }
        None => drop(table.insert(key, value(new))),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const PRINT: &str = "0123456789abcdef0123456789abcdef";

    fn wanted(reason: &str, until: Option<jiff::civil::Date>) -> SuppressionConfig {
        SuppressionConfig {
            fingerprint: Some(PRINT.to_owned()),
            reason: reason.to_owned(),
            until,
            ..SuppressionConfig::default()
        }
    }

    #[test]
    fn comments_stay_and_a_second_time_changes_the_first() {
        let text = "# ours\n[scan]\nfail_on = \"high\" # strict\n\n[[suppress]] # old\nrule = \"s3-*\"\nresource = \"*\"\nreason = \"x\"\n";
        let (once, edited) =
            with_suppression(text, &wanted("known \"x\"", Some(date(2027, 1, 31))), Some("a\nb")).expect("added");
        assert_eq!(edited, Edited::Added);
        let added = format!(
            "\n# a\\u{{a}}b\n[[suppress]]\nfingerprint = \"{PRINT}\"\nreason = 'known \"x\"'\nuntil = 2027-01-31\n"
        );
        assert_eq!(once, format!("{text}{added}"));
        let (twice, edited) = with_suppression(&once, &wanted("longer", None), None).expect("changed");
        assert_eq!(edited, Edited::Changed);
        assert!(twice.starts_with(text) && twice.ends_with("reason = \"longer\"\n"), "{twice}");
        assert!(toml::from_str::<crate::config::Config>(&twice).is_ok());
    }

    #[test]
    fn an_empty_file_begins_with_it_and_a_list_in_one_line_is_refused() {
        let (text, _) = with_suppression("", &wanted("x", None), None).expect("added");
        assert!(text.starts_with("[[suppress]]\n"), "{text:?}");
        let (text, _) = with_suppression("# ours\n[scan]\n# theirs", &wanted("x", None), Some("what")).expect("added");
        assert!(text.starts_with("# ours\n[scan]\n# theirs\n\n# what\n[[suppress]]\nfingerprint = "), "{text:?}");
        assert!(with_suppression("suppress = []\n", &wanted("x", None), None).is_err());
    }
}
