//! What can be looked at without an account: the facts of this build, saved prices, folders and proxies.

use std::env;
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Check;
use crate::cost::price_list::SavedPrices;
use crate::cost::{Price, PriceBook};
use crate::lint;
use crate::policy::catalogue::Catalogue;
use crate::rule::registry;
use crate::text::count;

/// Environment variables that name a proxy, by precedence.
const PROXIES: [&str; 6] = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];

/// What this build is and knows.
#[must_use]
pub fn facts(now: Timestamp) -> [Check; 2] {
    let lints = lint::registry::all().count();
    let version = format!(
        "{} with {} and {} of policies",
        env!("CARGO_PKG_VERSION"),
        count(registry::all().count(), "rule"),
        count(lints, "lint")
    );
    let catalogue = Catalogue::embedded();
    let found = format!("IAM's actions as of {} ({} days old)", catalogue.date(), catalogue.age_days(now));
    let facts = if catalogue.is_fresh() {
        Check::ok("catalogue", found)
    } else {
        Check::warn("catalogue", found, "update afterlab: newer actions and services are missing")
    };
    [Check::ok("version", version), facts]
}

/// The prices that costs are made of.
#[must_use]
pub fn prices(path: Option<&Path>, now: Timestamp) -> Check {
    let book = match SavedPrices::book(path) {
        Ok(book) => book,
        Err(error) => {
            return Check::fail("prices", error.to_string(), "delete the file, or run `afterlab prices refresh`");
        }
    };
    let today = now.to_zoned(TimeZone::UTC).date();
    let all = book.find_all("");
    let number = |has: fn(&Price) -> bool| all.iter().filter(|price| has(price)).count();
    let old = all.iter().filter(|price| price.is_old(today)).count();
    let dates = all.iter().map(|price| price.as_of.as_str());
    let newest = dates.filter(|date| date.starts_with(|c: char| c.is_ascii_digit())).max().unwrap_or("no day");
    let mut found = format!(
        "{}, the newest of {newest}; {} not verified, {old} older than 12 months",
        count(all.len(), "price"),
        number(|price| !price.verified),
    );
    if let Some(path) = path.filter(|path| path.exists()) {
        found = format!("{found}; refreshed ones in {}", path.display());
    }
    // Prices that every scan marks are no reason to worry here; a book that is old as a whole is.
    if old * 2 > PriceBook::embedded().find_all("").len() {
        Check::warn("prices", found, "update afterlab, or run `afterlab prices refresh`")
    } else {
        Check::ok("prices", found)
    }
}

/// Where refreshed prices are kept.
#[must_use]
pub fn caches(path: Option<&Path>) -> Check {
    let Some(folder) = path.and_then(Path::parent) else {
        return Check::warn("cache", "no folder: refreshed prices cannot be kept", "set HOME or XDG_CACHE_HOME");
    };
    let shown = folder.display();
    if !folder.exists() {
        return Check::ok("cache", format!("{shown}, which is made when prices are refreshed"));
    }
    match tempfile::tempfile_in(folder) {
        Ok(_) => Check::ok("cache", shown.to_string()),
        Err(error) => Check::warn(
            "cache",
            format!("{shown} cannot be written to: {error}"),
            "make it yours, or set XDG_CACHE_HOME to another folder",
        ),
    }
}

/// The proxies that the environment names, without their passwords.
#[must_use]
pub fn proxies() -> Option<Check> {
    let named: Vec<String> = PROXIES
        .iter()
        .filter_map(|name| Some((name, env::var(name).ok().filter(|value| !value.is_empty())?)))
        .map(|(name, url)| format!("{name}={}", without_password(&url)))
        .collect();
    let except = env::var("NO_PROXY").or_else(|_| env::var("no_proxy")).ok();
    let except = except.map(|hosts| format!(", except for {hosts}")).unwrap_or_default();
    let found = format!("{}{except}; this machine itself is asked directly", named.join(", "));
    (!named.is_empty()).then(|| Check::ok("proxy", found))
}

fn without_password(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    if scheme.is_empty() { place.to_owned() } else { format!("{scheme}://{place}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Health;

    #[test]
    fn a_proxys_password_is_not_shown() {
        assert_eq!(without_password("http://me:p@ss@proxy:3128"), "http://proxy:3128");
        assert_eq!(without_password("me:pass@proxy:3128"), "proxy:3128");
        assert_eq!(without_password("http://proxy:3128"), "http://proxy:3128");
    }

    #[test]
    fn old_facts_are_a_warning() {
        let now: Timestamp = "2040-01-01T00:00:00Z".parse().expect("a time");
        assert_eq!(prices(None, now).health, Health::Warn, "{:?}", prices(None, now));
        let early: Timestamp = "2026-11-25T00:00:00Z".parse().expect("a time");
        assert_eq!(prices(None, early).health, Health::Ok, "{:?}", prices(None, early));
    }

    #[test]
    fn saved_prices_that_cannot_be_read_stop_every_scan() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("prices.json");
        std::fs::write(&path, "{").expect("a file");
        assert_eq!(prices(Some(&path), Timestamp::now()).health, Health::Fail);
        assert_eq!(caches(Some(&path)).health, Health::Ok);
        assert_eq!(caches(None).health, Health::Warn);
    }
}
