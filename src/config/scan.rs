//! `[scan]`: how `afterlab scan` judges and what it says.

use std::path::PathBuf;

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

use crate::inventory::Region;
use crate::rule::{Kind, Severity};

/// From which severity on findings make the exit code 1.
pub const DEFAULT_FAIL_ON: Severity = Severity::Medium;

/// The tag that keeps a leftover.
pub const DEFAULT_KEEP_TAG: &str = "afterlab:keep";

/// How `afterlab scan` judges and what it says; a flag of the same name comes before each.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ScanConfig {
    /// Exit with 1 for findings of this severity and above.
    pub fail_on: Option<Severity>,
    /// Only rules of this severity and above.
    pub severity: Option<Severity>,
    /// Only rules of these kinds.
    pub kind: Option<Vec<Kind>>,
    /// Rules that run, by glob (`s3-*`); a leading `!` leaves out. `--rule` replaces these and `except`.
    pub rules: Option<Vec<String>>,
    /// Rules that do not run, by glob.
    pub except: Option<Vec<String>>,
    /// Only rules of this framework's controls (`cis-5.0`), and what holds of each.
    pub framework: Option<String>,
    /// Folder of packs of your own, relative to this file.
    pub packs: Option<PathBuf>,
    /// Only resources of these regions; global services are always read.
    #[schemars(with = "Option<Vec<String>>")]
    pub regions: Option<Vec<Region>>,
    /// Spare leftovers that are younger than this (`30m`, `4h`, `2d`).
    #[serde(deserialize_with = "grace_of")]
    #[schemars(with = "Option<String>")]
    pub grace: Option<SignedDuration>,
    /// Tags that keep a leftover; a date as the value (`2026-12-31`) is the last day.
    pub keep_tags: Option<Vec<String>>,
    /// Do not exit with 2 because something could not be read.
    pub allow_gaps: Option<bool>,
    /// An earlier report or a baseline, relative to this file: only findings that it does not have count.
    pub baseline: Option<PathBuf>,
    /// Where the notes are published (`https://example.org/notes`): on terminals that know links, notes lead there.
    #[serde(deserialize_with = "url_of")]
    #[schemars(with = "Option<String>")]
    pub notes_url: Option<String>,
}

fn grace_of<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SignedDuration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    grace(&text).map(Some).map_err(de::Error::custom)
}

fn url_of<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let is_url = text.starts_with("https://") || text.starts_with("http://");
    if !is_url || text.contains(char::is_control) {
        return Err(de::Error::custom(format!("{text:?} is no address such as https://example.org/notes")));
    }
    Ok(Some(text))
}

/// A time with its unit: `30m`, `4h`, `2d`.
///
/// # Errors
/// What it should look like.
pub fn grace(text: &str) -> Result<SignedDuration, String> {
    let wrong = || "a grace period looks like 30m, 4h or 2d".to_owned();
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let number: i64 = text[..digits].parse().map_err(|_| wrong())?;
    let minutes = match &text[digits..] {
        "m" => 1,
        "h" => 60,
        "d" => 1_440,
        _ => return Err(wrong()),
    };
    let minutes = number.checked_mul(minutes).filter(|minutes| (0..=5_256_000).contains(minutes)).ok_or_else(wrong)?;
    Ok(SignedDuration::from_mins(minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grace_period_has_a_unit() {
        assert_eq!(grace("4h"), Ok(SignedDuration::from_hours(4)));
        assert_eq!(grace("2d"), Ok(SignedDuration::from_hours(48)));
        for wrong in ["", "4", "h", "-4h", "4w", "99999999999999h"] {
            assert!(grace(wrong).is_err(), "{wrong}");
        }
    }
}
