//! What only a session shows: region, credentials, endpoint, clock, caller, regions and permissions.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::{Check, Health, clock, permissions};
use crate::aws::{CredentialFacts, Exchange, Observer, Opening, Session, SessionError, SessionOptions};
use crate::collect::{self, Progress, Stop};
use crate::inventory::{Known, Region};
use crate::rule::{Need, NeedSet, Rule};
use crate::text::{count, join_some};

/// Minutes that a session should still hold: the time limit of a scan.
const A_SCAN: i64 = 30;

/// Regions that are named.
const NAMED: usize = 6;

/// Calls that may be under way at once.
const CONCURRENCY: usize = 4;

/// Looks at the way to an account and at what may be done there.
pub async fn examine(options: &SessionOptions, regions: &[Region], rules: &[&'static Rule]) -> Vec<Check> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let options = SessionOptions { observer: Some(observer(&seen, options.observer.clone())), ..options.clone() };
    let mut checks = Vec::new();
    let opening = match Opening::begin(&options).await {
        Ok(opening) => opening,
        Err(error) => return vec![failed("region", error)],
    };
    checks.push(region(&opening.region));
    match opening.credentials().await {
        Ok(facts) => checks.push(credentials(&facts, &options, Timestamp::now())),
        Err(error) => {
            checks.push(failed("credentials", error));
            return checks;
        }
    }
    let session = opening.session().await;
    let exchanges = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
    checks.push(endpoint(&exchanges, &options));
    if checks.iter().any(|check| check.health == Health::Fail) {
        // Nothing answers: there is no clock to compare with and nobody to ask who calls.
        return checks;
    }
    checks.push(clock::check(&exchanges));
    match session {
        Ok(session) => {
            checks.push(caller(&session));
            checks.push(account(&session, regions).await);
            checks.push(permissions::check(&session, rules, own_endpoint(&options).is_some()).await);
        }
        Err(error) => checks.push(failed("caller", error)),
    }
    checks
}

/// Notes every exchange, and tells whoever else wants to know.
fn observer(seen: &Arc<Mutex<Vec<Exchange>>>, also: Option<Observer>) -> Observer {
    let seen = seen.clone();
    Observer::new(move |exchange| {
        seen.lock().unwrap_or_else(PoisonError::into_inner).push(exchange.clone());
        if let Some(also) = &also {
            also.tell(exchange);
        }
    })
}

fn failed(name: &'static str, error: SessionError) -> Check {
    Check::fail(name, error.what, error.help)
}

fn region(region: &Region) -> Check {
    let found = format!("{region}, for what belongs to no region");
    if region.is_announced() {
        Check::ok("region", found)
    } else {
        Check::warn("region", format!("{found}; this afterlab does not know it"), "check its spelling in the profile")
    }
}

fn credentials(facts: &CredentialFacts, options: &SessionOptions, now: Timestamp) -> Check {
    let profile = options.profile.as_deref().map(|name| format!(" {name:?}")).unwrap_or_default();
    let from = facts.from.replacen("a profile", &format!("the profile{profile}"), usize::from(!profile.is_empty()));
    let found = format!("from {from}, key {}", facts.key);
    let Some(expires) = facts.expires else {
        let until = if facts.are_permanent { "which holds until somebody ends it" } else { "whose end nobody tells" };
        return Check::ok("credentials", format!("{found}, {until}"));
    };
    let minutes = expires.duration_since(now).as_mins();
    let found = format!("{found}, until {} ({minutes} minutes)", expires.strftime("%Y-%m-%d %H:%M UTC"));
    match minutes {
        ..=0 => Check::fail("credentials", found, "they have expired: sign in again"),
        1..A_SCAN => Check::warn("credentials", found, "sign in again before a long scan"),
        _ => Check::ok("credentials", found),
    }
}

/// Another endpoint than AWS's, if flags or the environment name one.
fn own_endpoint(options: &SessionOptions) -> Option<String> {
    options.endpoint_url.clone().or_else(|| std::env::var("AWS_ENDPOINT_URL").ok()).filter(|url| !url.is_empty())
}

/// Whether something answers where requests go, how fast, and whether strangers can read along.
fn endpoint(exchanges: &[Exchange], options: &SessionOptions) -> Check {
    let named = own_endpoint(options);
    let place = named.as_deref().unwrap_or("AWS");
    let answered = exchanges.iter().filter(|exchange| exchange.status.is_some()).min_by_key(|exchange| exchange.took);
    let Some(exchange) = answered else {
        let why = exchanges.iter().rev().find_map(|exchange| exchange.error.clone()).unwrap_or_default();
        return Check::fail(
            "endpoint",
            format!("{place} does not answer: {why}"),
            unreachable_advice(&why, named.as_deref()),
        );
    };
    let found =
        format!("{place} answers {}:{} in {} ms", exchange.service, exchange.operation, exchange.took.as_millis());
    let is_readable = named.as_deref().is_some_and(|url| url.starts_with("http://") && !is_near(url));
    if is_readable {
        return Check::warn(
            "endpoint",
            format!("{found}, without TLS"),
            "use https://: the way there can be read by others",
        );
    }
    Check::ok("endpoint", found)
}

/// What to do when nothing answers, by what the error says.
fn unreachable_advice(why: &str, endpoint: Option<&str>) -> String {
    let why = why.to_lowercase();
    if why.contains("certificate") || why.contains("tls") || why.contains("ssl") {
        "the certificate is not trusted: if a proxy opens TLS here, add its certificate to the system's, or name it in \
         SSL_CERT_FILE"
            .to_owned()
    } else if why.contains("tunnel") || why.contains("proxy") {
        "the proxy refuses or is not there: check HTTPS_PROXY and NO_PROXY".to_owned()
    } else if why.contains("dns") {
        "the name is not found: check the region, the DNS server, and whether a proxy (HTTPS_PROXY) is needed"
            .to_owned()
    } else {
        match endpoint {
            Some(url) => format!("check that something answers at {url}"),
            None => "check the network and the firewall; HTTPS_PROXY names a proxy".to_owned(),
        }
    }
}

/// Whether an address is of this machine.
fn is_near(url: &str) -> bool {
    ["http://127.", "http://localhost", "http://[::1]"].iter().any(|start| url.starts_with(start))
}

fn caller(session: &Session) -> Check {
    let found = session.caller_arn.clone();
    if found.ends_with(":root") {
        return Check::warn("caller", found, "scan as a user or role that may only read: `afterlab permissions`");
    }
    Check::ok("caller", found)
}

async fn account(session: &Session, asked: &[Region]) -> Check {
    let options = collect::Options {
        needs: NeedSet::from_iter([Need::AccountRegions]),
        regions: asked.to_vec(),
        concurrency: CONCURRENCY,
        s3_sample: 1,
    };
    let inventory = collect::collect(session, &options, &Stop::default(), &Progress::new(false)).await;
    let found = format!("{} in the partition {}", session.account, session.partition.as_str());
    let Known::Value(regions) = &inventory.account.regions else {
        let gap = inventory.gaps.iter().next();
        let why = gap.map(|gap| format!(": {}", gap.message)).unwrap_or_default();
        return Check::warn(
            "account",
            format!("{found}; its regions could not be listed{why}"),
            "allow account:ListRegions, or name regions with --region",
        );
    };
    if let Some(off) = asked.iter().find(|region| !regions.contains(region)) {
        return Check::fail("account", format!("{found}; the region {off} is not on there"), "take another --region");
    }
    let named = join_some(regions.iter().map(Region::as_str), NAMED);
    Check {
        health: Health::Ok,
        ..Check::ok("account", format!("{found}, {} on: {named}", count(regions.len(), "region")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(expires: Option<&str>) -> CredentialFacts {
        CredentialFacts {
            from: "a profile, then an assumed role".to_owned(),
            key: "ASIA…MPLE".to_owned(),
            are_permanent: false,
            expires: expires.map(|time| time.parse().expect("a time")),
        }
    }

    fn options() -> SessionOptions {
        SessionOptions {
            profile: Some("lab".to_owned()),
            region: None,
            endpoint_url: None,
            role_arn: None,
            external_id: None,
            call_timeout: std::time::Duration::from_secs(1),
            max_rps: None,
            observer: None,
        }
    }

    #[test]
    fn a_session_that_ends_soon_is_told() {
        let now = "2026-11-25T20:00:00Z".parse().expect("a time");
        for (expires, health) in [
            (None, Health::Ok),
            (Some("2026-11-25T21:00:00Z"), Health::Ok),
            (Some("2026-11-25T20:20:00Z"), Health::Warn),
            (Some("2026-11-25T19:59:00Z"), Health::Fail),
        ] {
            let check = credentials(&facts(expires), &options(), now);
            assert_eq!(check.health, health, "{check:?}");
            assert!(check.found.starts_with("from the profile \"lab\", then an assumed role"), "{check:?}");
        }
    }

    #[test]
    fn what_keeps_the_endpoint_away_is_told() {
        for (why, advice) in [
            ("invalid peer certificate: UnknownIssuer", "SSL_CERT_FILE"),
            ("tunnel error: failed", "HTTPS_PROXY and NO_PROXY"),
            ("dns error: failed to lookup", "the name is not found"),
            ("Connection refused", "http://127.0.0.1:9"),
        ] {
            let said = unreachable_advice(why, Some("http://127.0.0.1:9"));
            assert!(said.contains(advice), "{why}: {said}");
        }
    }
}
