//! `--verbose`: a line on standard error for every request, and at the end what they sum up to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::output::{say, say_lines, width};
use super::terminal;
use crate::aws::{Exchange, Observer};
use crate::grid;

/// Tells of requests, if that is wanted, and sums them up.
#[derive(Clone, Debug)]
pub(super) struct Trace {
    wanted: bool,
    services: Arc<Mutex<BTreeMap<String, Sum>>>,
}

/// What the requests to a service sum up to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum {
    requests: u32,
    /// Sent again after a failure.
    again: u32,
    throttled: u32,
    /// Answered with an error, or not at all.
    failed: u32,
    total: Duration,
    slowest: Duration,
}

impl Trace {
    /// A trace, if the flags ask for one.
    pub(super) fn new() -> Self {
        Self { wanted: terminal::is_verbose(), services: Arc::default() }
    }

    /// Who is to be told of every request.
    pub(super) fn observer(&self) -> Option<Observer> {
        let services = self.services.clone();
        self.wanted.then(|| {
            Observer::new(move |exchange| {
                say(&line(exchange));
                // A poisoned lock only means that a line could not be printed; the sums are still good.
                let mut services = services.lock().unwrap_or_else(PoisonError::into_inner);
                services.entry(exchange.service.clone()).or_default().add(exchange);
            })
        })
    }

    /// Says what the requests sum up to, if there were any.
    pub(super) fn sum_up(&self) {
        let services = self.services.lock().unwrap_or_else(PoisonError::into_inner);
        if !services.is_empty() {
            say_lines(&summary(&services, width()));
        }
    }
}

impl Sum {
    fn add(&mut self, exchange: &Exchange) {
        self.requests += 1;
        self.again += u32::from(exchange.attempt > 1);
        self.throttled += u32::from(exchange.is_throttled());
        self.failed += u32::from(exchange.status.is_none_or(|status| status >= 400));
        self.total += exchange.took;
        self.slowest = self.slowest.max(exchange.took);
    }
}

/// `20:14:03.217 s3:GetBucketPolicy eu-west-1 404 NoSuchBucketPolicy 12 ms`.
fn line(exchange: &Exchange) -> String {
    let call = format!("{}:{}", exchange.service, exchange.operation);
    let status = exchange.status.map_or_else(|| "---".to_owned(), |status| status.to_string());
    let error = exchange.error.as_deref().map(|error| format!(" {error}")).unwrap_or_default();
    let attempt = if exchange.attempt > 1 { format!(" (attempt {})", exchange.attempt) } else { String::new() };
    format!(
        "{} {:5} ms {status} {call} {}{error}{attempt}",
        exchange.at.strftime("%H:%M:%S%.3f"),
        exchange.took.as_millis(),
        exchange.region.as_deref().unwrap_or("-"),
    )
}

fn summary(services: &BTreeMap<String, Sum>, width: u16) -> String {
    let mut table = grid::table(width);
    table.set_header(["Service", "Requests", "Sent again", "Throttled", "No success", "Mean", "Slowest"]);
    let row = |name: &str, sum: &Sum| {
        let mean = sum.total / sum.requests.max(1);
        let ms = |time: Duration| format!("{} ms", time.as_millis());
        let numbers = [sum.requests, sum.again, sum.throttled, sum.failed].map(|number| number.to_string());
        [vec![crate::text::printable(name)], numbers.to_vec(), vec![ms(mean), ms(sum.slowest)]].concat()
    };
    let mut all = Sum::default();
    for (name, sum) in services {
        table.add_row(row(name, sum));
        all.requests += sum.requests;
        all.again += sum.again;
        all.throttled += sum.throttled;
        all.failed += sum.failed;
        all.total += sum.total;
        all.slowest = all.slowest.max(sum.slowest);
    }
    table.add_row(row("all", &all));
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(comfy_table::CellAlignment::Right);
    }
    format!("{table}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exchange(attempt: u32, status: Option<u16>, error: Option<&str>) -> Exchange {
        Exchange {
            at: "2026-11-25T20:14:03.217Z".parse().expect("a time"),
            service: "s3".to_owned(),
            operation: "GetBucketPolicy".to_owned(),
            region: Some("eu-west-1".to_owned()),
            attempt,
            status,
            error: error.map(str::to_owned),
            took: Duration::from_millis(12),
            date: None,
        }
    }

    #[test]
    fn a_line_tells_of_a_request() {
        assert_eq!(line(&exchange(1, Some(200), None)), "20:14:03.217    12 ms 200 s3:GetBucketPolicy eu-west-1");
        assert_eq!(
            line(&exchange(2, Some(503), Some("SlowDown"))),
            "20:14:03.217    12 ms 503 s3:GetBucketPolicy eu-west-1 SlowDown (attempt 2)"
        );
        assert!(line(&exchange(1, None, Some("dns error"))).contains("--- s3:GetBucketPolicy eu-west-1 dns error"));
    }

    #[test]
    fn requests_are_summed_up() {
        let mut sum = Sum::default();
        for exchange in
            [exchange(1, Some(503), Some("SlowDown")), exchange(2, Some(200), None), exchange(1, None, None)]
        {
            sum.add(&exchange);
        }
        assert_eq!((sum.requests, sum.again, sum.throttled, sum.failed), (3, 1, 1, 2));
        let text = summary(&BTreeMap::from([("s3".to_owned(), sum)]), 100);
        assert!(text.contains("12 ms") && text.contains("all"), "{text}");
    }
}
