//! The clock of this machine against the clock of whoever answers: AWS refuses signatures of another time.

use std::time::Duration;

use jiff::SignedDuration;

use super::Check;
use crate::aws::Exchange;

/// Seconds that AWS bears. Source: signed requests hold for five minutes,
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>.
const BEARABLE: i64 = 300;

/// Seconds from which a clock is worth being set: a network's delay and a server's own error make less.
const NOTABLE: i64 = 30;

/// How far this machine's clock is ahead of the one that answered, in whole seconds. The reply's time has no fractions and
/// was taken somewhere between sending and receiving.
fn ahead(exchange: &Exchange) -> Option<i64> {
    let date = exchange.date?;
    let half = SignedDuration::try_from(exchange.took / 2).ok()?;
    Some(exchange.at.saturating_add(half).ok()?.as_second() - date.as_second())
}

/// What the replies say of this machine's clock; the quickest of them knows best.
pub(super) fn check(exchanges: &[Exchange]) -> Check {
    let quickest = exchanges.iter().filter(|exchange| exchange.date.is_some()).min_by_key(|exchange| exchange.took);
    let Some((exchange, ahead)) = quickest.and_then(|exchange| Some((exchange, ahead(exchange)?))) else {
        return Check::warn("clock", "not compared: no reply told the time", "compare it with another clock");
    };
    let direction = if ahead < 0 { "behind" } else { "ahead" };
    let within = exchange.took + Duration::from_secs(1);
    let found = format!("{} s {direction} of the clock of {} (within {within:.0?})", ahead.abs(), exchange.service);
    match ahead.abs() {
        seconds if seconds <= NOTABLE => Check::ok("clock", found),
        seconds if seconds < BEARABLE => {
            Check::warn("clock", found, "set the clock: AWS refuses requests that are 5 minutes off")
        }
        _ => Check::fail("clock", found, "set the clock: AWS refuses requests that are 5 minutes off"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Health;

    fn exchange(date: &str, took_ms: u64) -> Exchange {
        Exchange {
            at: "2026-11-25T20:00:00Z".parse().expect("a time"),
            service: "sts".to_owned(),
            operation: "GetCallerIdentity".to_owned(),
            region: None,
            attempt: 1,
            status: Some(200),
            error: None,
            took: Duration::from_millis(took_ms),
            date: date.parse().ok(),
        }
    }

    #[test]
    fn a_clock_is_as_good_as_aws_bears_it() {
        for (date, health, found) in [
            ("2026-11-25T20:00:00Z", Health::Ok, "0 s ahead"),
            ("2026-11-25T20:00:20Z", Health::Ok, "20 s behind"),
            ("2026-11-25T19:58:00Z", Health::Warn, "120 s ahead"),
            ("2026-11-25T20:10:00Z", Health::Fail, "600 s behind"),
            ("", Health::Warn, "not compared"),
        ] {
            let check = check(&[exchange(date, 100)]);
            assert_eq!(check.health, health, "{check:?}");
            assert!(check.found.starts_with(found), "{check:?}");
        }
    }

    #[test]
    fn the_quickest_reply_knows_best() {
        let replies = [exchange("2026-11-25T20:00:40Z", 50_000), exchange("2026-11-25T20:00:01Z", 100)];
        assert!(check(&replies).found.starts_with("1 s behind"), "{:?}", check(&replies));
    }
}
