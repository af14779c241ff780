//! Times of AWS's replies as UTC timestamps.

use jiff::Timestamp;

/// A time of an SDK reply; `None` when it lies outside of what a timestamp can hold.
pub(crate) fn timestamp(time: &aws_smithy_types::DateTime) -> Option<Timestamp> {
    Timestamp::from_second(time.secs()).ok()
}
