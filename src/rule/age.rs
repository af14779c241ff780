//! Ages in days: the limits that rules share, and how a date reads in a message.

use jiff::Timestamp;

use super::{Context, Param};
use crate::inventory::{GapId, Unknown};
use crate::text::count;

/// Days without use after which a password or an access key counts as unused (CIS AWS Foundations 1.11).
pub(crate) const CREDENTIAL_UNUSED: Param =
    Param::days("unused_days", 45, "What was not used for so many days or more is found.");

/// Days without use after which a role, or a service that it may use, counts as unused.
pub(crate) const ROLE_UNUSED: Param =
    Param::new("unused_days", "days", (90, 1, 400), "What was not used for so many days or more is found.");

/// A date that AWS always gives: where a snapshot leaves it out, it was never read.
///
/// # Errors
/// [`Unknown`] when it is left out.
pub(crate) fn given(date: Option<Timestamp>) -> Result<Timestamp, Unknown> {
    date.ok_or(Unknown(GapId::UNREAD))
}

/// A date as evidence shows it; none stays none.
pub(crate) fn iso(date: Option<Timestamp>) -> Option<String> {
    date.map(|date| date.to_string())
}

/// Whole days from when the inventory was read until then; negative for the past.
pub(crate) fn days_until(then: Timestamp, cx: &Context<'_>) -> i64 {
    then.as_second().saturating_sub(cx.now().as_second()).div_euclid(86_400)
}

/// A date for a message, in UTC, with its distance: `2026-08-24 (90 days ago)`, `2026-12-05 (in 13 days)`.
pub(crate) fn dated(then: Timestamp, cx: &Context<'_>) -> String {
    let day = then.strftime("%Y-%m-%d");
    if then > cx.now() {
        format!("{day} (in {})", days(days_until(then, cx)))
    } else {
        format!("{day} ({} ago)", days(cx.days_since(then)))
    }
}

/// `13 days`, `1 day`, `less than a day`.
pub(crate) fn days(number: i64) -> String {
    match usize::try_from(number) {
        Ok(number @ 1..) => count(number, "day"),
        _ => "less than a day".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cost::PriceBook;
    use crate::inventory::snapshot::read_fragment;
    use crate::rule::example::example_time;

    #[test]
    fn a_date_reads_with_its_distance() {
        let inventory = read_fragment("{}", example_time()).expect("an empty fragment");
        let cx = Context::new(&inventory, PriceBook::embedded());
        for (date, expected) in [
            ("2026-08-24T12:00:00Z", "2026-08-24 (90 days ago)"),
            ("2026-08-24T12:00:01Z", "2026-08-24 (89 days ago)"),
            ("2026-11-21T12:00:00Z", "2026-11-21 (1 day ago)"),
            ("2026-11-21T12:00:01Z", "2026-11-21 (less than a day ago)"),
            ("2026-11-22T12:00:00Z", "2026-11-22 (less than a day ago)"),
            ("2026-11-22T12:00:01Z", "2026-11-22 (in less than a day)"),
            ("2026-12-05T12:00:00Z", "2026-12-05 (in 13 days)"),
        ] {
            assert_eq!(dated(date.parse().expect("a date"), &cx), expected);
        }
        assert_eq!(days_until("2026-11-22T11:59:59Z".parse().expect("a date"), &cx), -1);
    }

    #[test]
    fn a_date_left_out_was_never_read() {
        assert_eq!(given(None), Err(Unknown(GapId::UNREAD)));
        assert_eq!(given(Some(Timestamp::UNIX_EPOCH)), Ok(Timestamp::UNIX_EPOCH));
    }
}
