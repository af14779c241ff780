//! Progress on standard error: a bar for every long step, none without a terminal.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The bars of one scan.
#[derive(Debug)]
pub struct Progress(MultiProgress);

/// The bar of one step; gone when dropped.
#[derive(Debug)]
pub(super) struct Step(ProgressBar);

impl Progress {
    /// Bars on standard error, if it is a terminal and they are wanted.
    #[must_use]
    pub fn new(wanted: bool) -> Self {
        let target = if wanted { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Self(MultiProgress::with_draw_target(target))
    }

    /// Begins a step of so many parts.
    pub(super) fn step(&self, name: &'static str, parts: usize) -> Step {
        let bar = self.0.add(ProgressBar::new(parts as u64).with_prefix(name));
        // The template is a constant; the plain bar serves if it were ever wrong.
        if let Ok(style) = ProgressStyle::with_template("{prefix:>14} {bar:28} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Step(bar)
    }
}

impl Step {
    /// One part is done.
    pub(super) fn done(&self) {
        self.0.inc(1);
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
