//! The read-only guard: an interceptor on every client that lets through what the one list of operations names.

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::BeforeSerializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use crate::rule::operation::ALLOWED;

/// Refuses every operation that [`ALLOWED`] does not name, before a request is even made of it.
#[derive(Debug)]
pub(crate) struct ReadOnlyGuard;

/// An operation that afterlab must not call.
#[derive(Debug, thiserror::Error)]
#[error("afterlab only reads: {0} is not on its list of operations and was not sent")]
pub(crate) struct Refused(String);

#[dyn_dispatch_hint]
impl Intercept for ReadOnlyGuard {
    fn name(&self) -> &'static str {
        "ReadOnlyGuard"
    }

    // The first hook that knows the operation's name; nothing of a request exists yet.
    fn read_before_serialization(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(metadata) = config.load::<Metadata>() else {
            return Err(Refused("an operation without a name".to_owned()).into());
        };
        let service = service_name(metadata.service());
        let allowed = ALLOWED.iter().any(|op| op.service == service && op.name == metadata.name());
        if allowed { Ok(()) } else { Err(Refused(format!("{service}:{}", metadata.name())).into()) }
    }
}

/// The SDK's "S3 Control" is the "s3control" of the list.
pub(super) fn service_name(sdk_name: &str) -> String {
    sdk_name.replace(' ', "").to_lowercase()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use aws_smithy_runtime_api::client::http::{
        HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
    };
    use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
    use aws_smithy_runtime_api::client::result::ConnectorError;

    use crate::aws::Clients;
    use crate::inventory::Region;

    /// Stands where the network would be and counts what reaches it.
    #[derive(Clone, Debug, Default)]
    struct Counting(Arc<AtomicUsize>);

    impl HttpConnector for Counting {
        fn call(&self, _request: HttpRequest) -> HttpConnectorFuture {
            self.0.fetch_add(1, Ordering::SeqCst);
            HttpConnectorFuture::ready(Err(ConnectorError::user("the network".into())))
        }
    }

    fn clients() -> (Clients, Counting) {
        let counting = Counting::default();
        let connector = counting.clone();
        let config = aws_config::SdkConfig::builder()
            .behavior_version(aws_config::BehaviorVersion::latest())
            .region(aws_config::Region::new("us-east-1"))
            .credentials_provider(aws_credential_types::provider::SharedCredentialsProvider::new(
                aws_credential_types::Credentials::for_tests(),
            ))
            .http_client(http_client_fn(move |_, _| SharedHttpConnector::new(connector.clone())))
            .build();
        (Clients::new(config), counting)
    }

    #[tokio::test]
    async fn a_write_is_refused_before_it_reaches_the_wire() {
        let (clients, counting) = clients();
        let region: Region = "us-east-1".parse().expect("a region");
        let error = clients.s3(&region).create_bucket().bucket("b").send().await.expect_err("refused");
        let text = crate::aws::describe(&error);
        assert!(text.contains("s3:CreateBucket"), "{text}");
        let error = clients.iam().create_user().user_name("u").send().await.expect_err("refused");
        assert!(crate::aws::describe(&error).contains("iam:CreateUser"));
        assert_eq!(counting.0.load(Ordering::SeqCst), 0, "something reached the wire");
    }

    #[tokio::test]
    async fn a_read_of_the_list_reaches_the_wire() {
        let (clients, counting) = clients();
        let _ = clients.iam().get_account_summary().send().await;
        assert_eq!(counting.0.load(Ordering::SeqCst), 1);
    }
}
