//! One call: its turn, its end by the scan's stop, and the gap that it leaves when it fails.

use std::collections::HashSet;
use std::error::Error;
use std::future::Future;
use std::hash::Hash;
use std::sync::PoisonError;

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::Collector;
use crate::aws::Failure;
use crate::inventory::{Gap, GapId, GapKind, Known, Region};
use crate::rule::Operation;

/// What a call is about, for its gap.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct About<'a> {
    /// The region that is asked.
    pub(super) region: Option<&'a Region>,
    /// The resource.
    pub(super) resource: Option<&'a str>,
}

/// The pages of a listing: knows the tokens that were handed out, since the SDK crates take a repeated token for the
/// end.
#[derive(Debug)]
pub(super) struct Pages<T = String> {
    seen: HashSet<T>,
    next: Option<T>,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self { seen: HashSet::new(), next: None }
    }
}

impl<T: Clone + Default + Eq + Hash> Pages<T> {
    /// The token of the next page; none for the first.
    pub(super) fn token(&self) -> Option<T> {
        self.next.clone()
    }

    /// Takes the token that came with a page; false after the last page.
    pub(super) fn more(&mut self, token: Option<T>) -> Result<bool, Failure> {
        let Some(token) = token.filter(|token| *token != T::default()) else { return Ok(false) };
        if !self.seen.insert(token.clone()) {
            let message = "a page token came twice, so the listing would never end and is incomplete";
            return Err(Failure::malformed(message.to_owned()));
        }
        self.next = Some(token);
        Ok(true)
    }
}

impl Collector<'_> {
    /// Makes a call when it is its turn.
    ///
    /// The SDK's futures are large (10 KB and more), so each is boxed before anything else holds it.
    pub(super) fn call<T, E>(
        &self,
        call: impl Future<Output = Result<T, SdkError<E, Response>>>,
    ) -> impl Future<Output = Result<T, Failure>>
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        let call = Box::pin(call);
        self.within_limits(async move { call.await.map_err(|error| Failure::of(&error)) })
    }

    /// Waits for a call's turn, and gives it up when the scan is stopped.
    pub(super) async fn within_limits<T>(&self, call: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let work = async {
            // The semaphore is never closed; without a permit the call would only be less bounded.
            let _turn = self.gate.acquire().await.ok();
            call.await
        };
        tokio::select! {
            biased;
            reason = self.stop.stopped() => {
                Err(Failure { kind: GapKind::Stopped, code: None, message: reason.to_string() })
            }
            result = work => result,
        }
    }

    /// Records that an operation failed.
    pub(super) fn gap(&self, operation: Operation, about: About<'_>, failure: &Failure) -> GapId {
        let gap = Gap {
            id: GapId::UNREAD,
            kind: failure.kind,
            operation: operation.to_string(),
            region: about.region.map(ToString::to_string),
            resource: about.resource.map(ToOwned::to_owned),
            code: failure.code.clone(),
            message: failure.message.clone(),
            retry_may_help: failure.retry_may_help(),
            iam_action: operation.iam_action.filter(|_| failure.kind == GapKind::Denied).map(ToOwned::to_owned),
        };
        self.gaps.lock().unwrap_or_else(PoisonError::into_inner).add(gap)
    }

    /// A result as a value or the gap that hides it.
    pub(super) fn known<T>(&self, operation: Operation, about: About<'_>, result: Result<T, Failure>) -> Known<T> {
        match result {
            Ok(value) => Known::Value(value),
            Err(failure) => Known::Gap(self.gap(operation, about, &failure)),
        }
    }
}

/// Turns the codes with which AWS says "there is none" into a value.
pub(super) fn none_if<T>(codes: &[&str], result: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(failure) if failure.code.as_deref().is_some_and(|code| codes.contains(&code)) => Ok(None),
        Err(failure) => Err(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_token_is_a_failure_not_an_end() {
        let mut pages = Pages::<String>::default();
        assert_eq!(pages.token(), None);
        assert_eq!(pages.more(Some("a".into())), Ok(true));
        assert_eq!(pages.token().as_deref(), Some("a"));
        assert_eq!(pages.more(Some("b".into())), Ok(true));
        assert!(pages.more(Some("a".into())).is_err());
        assert_eq!(pages.more(None), Ok(false));
    }
}
