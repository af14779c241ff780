//! The request rate of a whole scan (`--max-rps`), so that it never starves the account's own automation.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

/// Hands out evenly spaced starting times.
#[derive(Debug)]
pub(crate) struct Pace {
    interval: Duration,
    next: Mutex<Instant>,
}

impl Pace {
    /// At most so many requests a second, over all clients and retries.
    pub(crate) fn new(requests_a_second: f64) -> Self {
        Self { interval: Duration::from_secs_f64(1.0 / requests_a_second), next: Mutex::new(Instant::now()) }
    }

    /// Waits for this request's turn.
    pub(crate) async fn turn(&self) {
        let start = {
            // A poisoned lock only means that another request's task died; its time is still good.
            let mut next = self.next.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let start = (*next).max(Instant::now());
            *next = start + self.interval;
            start
        };
        tokio::time::sleep_until(start).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn requests_are_spaced_evenly() {
        let pace = Pace::new(10.0);
        let begin = Instant::now();
        for _ in 0..21 {
            pace.turn().await;
        }
        assert_eq!(begin.elapsed().as_millis(), 2000);
    }
}
