//! The flags that say which leftovers are no findings yet.

use clap::Args;
use jiff::SignedDuration;

use crate::rule::LeftoverOptions;

/// Which leftovers to spare
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Leftovers")]
pub(super) struct LeftoverArgs {
    /// Spare what is younger than this (30m, 4h, 2d)
    #[arg(long, value_name = "TIME", value_parser = grace)]
    grace: Option<SignedDuration>,

    /// Spare what has this tag; a date as its value (2026-12-31) is the last day. Repeat it or separate by commas
    #[arg(long = "keep-tag", value_name = "KEY", value_delimiter = ',', default_value = "afterlab:keep")]
    keep_tags: Vec<String>,
}

impl LeftoverArgs {
    /// What the flags ask for.
    pub(super) fn options(&self) -> LeftoverOptions {
        LeftoverOptions { grace: self.grace.unwrap_or_default(), keep_tags: self.keep_tags.clone() }
    }
}

/// A time with its unit: `30m`, `4h`, `2d`.
fn grace(text: &str) -> Result<SignedDuration, String> {
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
