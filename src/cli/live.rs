//! The flags that lead to a live account or an emulator, and the reading of it.

use std::time::Duration;

use clap::Args;

use super::trace::Trace;
use super::{CliError, terminal};
use crate::aws::{Observer, Session, SessionOptions};
use crate::collect::{self, Progress, Stop, StopReason};
use crate::doctor::{self, Check};
use crate::inventory::{Inventory, Known, REGIONS, REGIONS_AS_OF, Region};
use crate::rule::{Need, NeedSet, Rule};
use crate::text::closest;

/// Which account
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Which account")]
pub(super) struct LiveArgs {
    /// Profile of ~/.aws/config
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,

    /// Only resources of this region (global services are always read). Repeat it or separate by commas
    #[arg(long = "region", value_name = "REGION", value_delimiter = ',')]
    regions: Vec<Region>,

    /// Endpoint of an emulator, for all services; `AWS_ENDPOINT_URL` works too
    #[arg(long, value_name = "URL", value_parser = endpoint)]
    endpoint_url: Option<String>,

    /// Role to assume first
    #[arg(long, value_name = "ARN")]
    role_arn: Option<String>,

    /// External id that the role's trust policy asks for
    #[arg(long, value_name = "ID", requires = "role_arn")]
    external_id: Option<String>,

    /// Calls that may be under way at once
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=1000), help_heading = "How to read")]
    concurrency: u16,

    /// At most so many requests a second over the whole scan
    #[arg(long, value_name = "N", value_parser = rate, help_heading = "How to read")]
    max_rps: Option<f64>,

    /// End the scan after this time, with what was read until then (90s, 15m, 1h)
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "30m", help_heading = "How to read")]
    timeout: Duration,

    /// The longest wait for one answer, before it is tried again
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "10s", help_heading = "How to read")]
    call_timeout: Duration,

    /// Objects (and open uploads) of each bucket to look at
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..), help_heading = "How to read")]
    s3_sample: u32,
}

/// What was read of a live account.
pub(super) struct LiveInventory {
    pub(super) inventory: Inventory,
    /// Requests that were sent, retries included.
    pub(super) requests: u64,
    /// Why the reading ended early, if it did.
    pub(super) stopped: Option<StopReason>,
    /// Where it was read.
    pub(super) source: String,
}

impl LiveArgs {
    /// Reads the account.
    pub(super) fn read(&self, needs: NeedSet) -> Result<LiveInventory, CliError> {
        let runtime = runtime()?;
        let trace = Trace::new();
        let result = runtime.block_on(self.read_async(needs, &trace));
        trace.sum_up();
        // Calls that hang must not keep the process from ending.
        runtime.shutdown_background();
        result
    }

    /// Opens a session alone, and does something with it.
    pub(super) fn with_session<T>(
        &self,
        work: impl AsyncFnOnce(&Session) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        let runtime = runtime()?;
        let trace = Trace::new();
        let result = runtime.block_on(async {
            self.plausible_regions()?;
            work(&self.session(trace.observer()).await?).await
        });
        trace.sum_up();
        runtime.shutdown_background();
        result
    }

    /// Looks at the way to the account, and at what may be done there.
    pub(super) fn examine(&self, rules: &[&'static Rule]) -> Result<Vec<Check>, CliError> {
        self.plausible_regions()?;
        let runtime = runtime()?;
        let trace = Trace::new();
        let options = self.session_options(trace.observer());
        let looking =
            async { tokio::time::timeout(self.timeout, doctor::examine(&options, &self.regions, rules)).await };
        let checks = runtime.block_on(looking);
        runtime.shutdown_background();
        trace.sum_up();
        checks.map_err(|_| CliError::new(format!("the way to the account was not seen within {:?}", self.timeout)))
    }

    async fn session(&self, observer: Option<Observer>) -> Result<Session, CliError> {
        let options = self.session_options(observer);
        Session::open(&options).await.map_err(|error| CliError::new(error.what).help(error.help))
    }

    /// How the flags want a session.
    fn session_options(&self, observer: Option<Observer>) -> SessionOptions {
        SessionOptions {
            profile: self.profile.clone(),
            region: self.regions.first().cloned(),
            endpoint_url: self.endpoint_url.clone(),
            role_arn: self.role_arn.clone(),
            external_id: self.external_id.clone(),
            call_timeout: self.call_timeout,
            max_rps: self.max_rps,
            observer,
        }
    }

    async fn read_async(&self, needs: NeedSet, trace: &Trace) -> Result<LiveInventory, CliError> {
        self.plausible_regions()?;
        let (stop, progress) = (Stop::default(), Progress::new(terminal::shows_progress()));
        let session = self.session(trace.observer()).await?;
        self.enabled_regions(&session, &stop, &progress).await?;
        let reading = async {
            let options = self.options(needs);
            collect::collect(&session, &options, &stop, &progress).await
        };
        let inventory = tokio::select! {
            inventory = reading => inventory,
            never = stop_on_signals(&stop, self.timeout) => match never {},
        };
        Ok(LiveInventory {
            inventory,
            requests: session.requests(),
            stopped: stop.reason(),
            source: self.endpoint_url.clone().unwrap_or_else(|| "AWS".to_owned()),
        })
    }

    /// The regions that were asked for; none for all.
    pub(super) fn regions(&self) -> &[Region] {
        &self.regions
    }

    fn options(&self, needs: NeedSet) -> collect::Options {
        collect::Options {
            needs,
            regions: self.regions.clone(),
            concurrency: usize::from(self.concurrency),
            s3_sample: self.s3_sample,
        }
    }

    /// Refuses a region that AWS never announced and that is likely a slip of the pen.
    fn plausible_regions(&self) -> Result<(), CliError> {
        let partitions: Vec<_> = self.regions.iter().map(Region::partition).collect();
        if partitions.windows(2).any(|pair| pair[0] != pair[1]) {
            return Err(CliError::new("the regions belong to different partitions, and no account spans two")
                .help("scan each partition with its own credentials"));
        }
        Ok(())
    }

    /// A region that this build does not know must be one that the account has enabled.
    async fn enabled_regions(&self, session: &Session, stop: &Stop, progress: &Progress) -> Result<(), CliError> {
        let Some(unknown) = self.regions.iter().find(|region| !region.is_announced()) else { return Ok(()) };
        let options = self.options(NeedSet::from_iter([Need::AccountRegions]));
        let account = collect::collect(session, &options, stop, progress).await.account;
        if matches!(&account.regions, Known::Value(regions) if regions.contains(unknown)) {
            return Ok(());
        }
        Err(no_such_region(unknown))
    }
}

fn no_such_region(region: &Region) -> CliError {
    let error = CliError::new(format!("there is no region {region} (as of {REGIONS_AS_OF})"));
    match closest(region.as_str(), REGIONS.iter().copied()) {
        Some(name) => error.help(format!("did you mean {name}?")),
        None => error.help("`aws account list-regions` names the regions of your account"),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| CliError::new(format!("the runtime could not be started: {error}")))
}

/// Stops the scan on Ctrl-C and when its time is up; the scan then ends by itself.
async fn stop_on_signals(stop: &Stop, timeout: Duration) -> std::convert::Infallible {
    tokio::select! {
        signal = tokio::signal::ctrl_c() => match signal {
            Ok(()) => stop.now(StopReason::Interrupted),
            // Without a signal handler Ctrl-C simply ends the process.
            Err(_) => tokio::time::sleep(timeout).await,
        },
        () = tokio::time::sleep(timeout) => stop.now(StopReason::Deadline(timeout)),
    }
    std::future::pending().await
}

fn endpoint(text: &str) -> Result<String, String> {
    let url: http::Uri = text.parse().map_err(|error| format!("{error}"))?;
    match (url.scheme_str(), url.host()) {
        (Some("http" | "https"), Some(host)) if !host.is_empty() => Ok(text.trim_end_matches('/').to_owned()),
        _ => Err("an endpoint looks like http://127.0.0.1:5000".to_owned()),
    }
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.1..=10_000.0).contains(&rate) => Ok(rate),
        _ => Err("a rate is a number from 0.1 to 10000".to_owned()),
    }
}

/// A time with its unit: `500ms`, `90s`, `15m`, `1h`.
fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || "a time looks like 500ms, 90s, 15m or 1h".to_owned();
    let digits = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(wrong)?;
    let number: u64 = text[..digits].parse().map_err(|_| wrong())?;
    let unit_ms = match &text[digits..] {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(wrong()),
    };
    match number.checked_mul(unit_ms) {
        Some(ms) if (1..=86_400_000).contains(&ms) => Ok(Duration::from_millis(ms)),
        _ => Err("a time is longer than nothing and at most 24h".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("15m"), Ok(Duration::from_mins(15)));
        for wrong in ["", "5", "s", "-1s", "1d", "0s", "25h", "99999999999999999999s", "1.5h"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_endpoint_is_a_web_address() {
        assert_eq!(endpoint("http://127.0.0.1:5000/"), Ok("http://127.0.0.1:5000".to_owned()));
        for wrong in ["127.0.0.1:5000", "ftp://x", "http://", "", "localhost"] {
            assert!(endpoint(wrong).is_err(), "{wrong}");
        }
    }
}
