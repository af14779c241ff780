//! What went wrong with a call, in the words of gaps.

use std::error::Error;

use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::http::Response;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::causes::{describe, find_source, one_line};
use super::wire::BadReply;
use crate::inventory::GapKind;

/// Codes with which AWS's services refuse for lack of permission.
const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AllAccessDisabled",
    "AuthorizationError",
    "AuthorizationErrorException",
    "Forbidden",
    "ForbiddenException",
    "UnauthorizedAccess",
    "UnauthorizedOperation",
];

/// Codes with which AWS's services ask for patience.
const THROTTLED: &[&str] = &[
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

/// Codes of credentials that AWS does not accept, whatever they may do.
const BAD_CREDENTIALS: &[&str] = &[
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidToken",
    "MissingAuthenticationToken",
    "NotSignedUp",
    "OptInRequired",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
    "UnrecognizedClientException",
];

/// What went wrong with a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// In the words of gaps.
    pub kind: GapKind,
    /// AWS's error code, where one came.
    pub code: Option<String>,
    /// One line.
    pub message: String,
}

impl Failure {
    /// Reads an SDK error.
    pub fn of<E>(error: &SdkError<E, Response>) -> Self
    where
        E: Error + ProvideErrorMetadata + 'static,
    {
        if let Some(bad) = find_source::<BadReply>(error) {
            let kind = match bad {
                BadReply::WebPage(_) => GapKind::Unsupported,
                BadReply::Cut(_) | BadReply::TooLarge => GapKind::Malformed,
                BadReply::Stalled(_) | BadReply::Broken(_) => GapKind::Unreachable,
            };
            return Self { kind, code: None, message: bad.to_string() };
        }
        let code = error.code().map(ToOwned::to_owned);
        let status = error.raw_response().map(|response| response.status().as_u16());
        let kind = match error {
            SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => GapKind::Unreachable,
            SdkError::ResponseError(_) => GapKind::Malformed,
            SdkError::ServiceError(_) => kind_of(code.as_deref(), status),
            _ => GapKind::Failed,
        };
        let message = match (error.message(), &code, status) {
            (Some(message), _, _) => one_line(message),
            (None, Some(code), _) => code.clone(),
            (None, None, Some(status @ 300..)) => format!("HTTP {status} without an error code"),
            (None, None, _) => describe(error),
        };
        Self { kind, code, message }
    }

    /// A reply that lacks what it must have.
    #[must_use]
    pub fn malformed(message: String) -> Self {
        Self { kind: GapKind::Malformed, code: None, message }
    }

    /// Something that did not come in time.
    #[must_use]
    pub fn unreachable(message: String) -> Self {
        Self { kind: GapKind::Unreachable, code: None, message }
    }

    /// Whether trying again later could help.
    #[must_use]
    pub fn retry_may_help(&self) -> bool {
        matches!(self.kind, GapKind::Throttled | GapKind::Unreachable | GapKind::Stopped)
    }
}

/// Whether a code asks for patience.
pub(super) fn is_throttling(code: &str) -> bool {
    THROTTLED.contains(&code)
}

fn kind_of(code: Option<&str>, status: Option<u16>) -> GapKind {
    match (code, status) {
        (Some(code), _) if DENIED.contains(&code) || BAD_CREDENTIALS.contains(&code) => GapKind::Denied,
        (Some(code), _) if is_throttling(code) => GapKind::Throttled,
        // A reply that was answered 2xx and became an error could not be understood.
        (None, Some(200..=299)) => GapKind::Malformed,
        (None, Some(403)) => GapKind::Denied,
        (None, Some(404 | 405 | 501)) => GapKind::Unsupported,
        (_, Some(429)) => GapKind::Throttled,
        _ => GapKind::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_of_codes_are_sorted() {
        assert!(DENIED.is_sorted() && THROTTLED.is_sorted() && BAD_CREDENTIALS.is_sorted());
    }

    #[test]
    fn codes_and_statuses_tell_the_kind() {
        assert_eq!(kind_of(Some("AccessDenied"), Some(403)), GapKind::Denied);
        assert_eq!(kind_of(Some("SlowDown"), Some(503)), GapKind::Throttled);
        assert_eq!(kind_of(None, Some(200)), GapKind::Malformed);
        assert_eq!(kind_of(None, Some(404)), GapKind::Unsupported);
        assert_eq!(kind_of(Some("NoSuchBucket"), Some(404)), GapKind::Failed);
        assert_eq!(kind_of(Some("InternalError"), Some(500)), GapKind::Failed);
    }
}
