//! The SDK clients, each with the read-only guard. They are made here and nowhere else (clippy.toml sees to it).

use aws_config::SdkConfig;
use aws_smithy_runtime::client::retries::{ClientRateLimiter, RetryPartition, TokenBucket};

use aws_types::service_config::ServiceConfigKey;

use super::guard::ReadOnlyGuard;
use crate::inventory::Region;

/// Makes the clients of one session.
#[derive(Clone, Debug)]
pub struct Clients {
    config: SdkConfig,
}

/// Makes a client's configuration from the session's, with the guard and a retry quota of its own.
macro_rules! guarded {
    ($sdk:ident, $clients:expr) => {
        $sdk::config::Builder::from(&$clients.config)
            .interceptor(ReadOnlyGuard)
            .retry_partition(retry_partition(stringify!($sdk)))
    };
}

impl Clients {
    /// Makes clients with this configuration.
    #[must_use]
    pub fn new(config: SdkConfig) -> Self {
        Self { config }
    }

    /// The endpoint that flags, `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL` or the profile set for a service.
    fn own_endpoint(&self, service_id: &str) -> Option<String> {
        let key = ServiceConfigKey::builder().service_id(service_id).env("AWS_ENDPOINT_URL").profile("endpoint_url");
        let of_service = self.config.service_config().zip(key.build().ok()).and_then(|(all, key)| all.load_config(key));
        of_service.or_else(|| self.config.endpoint_url().map(ToOwned::to_owned))
    }

    /// STS, in the session's region.
    #[allow(clippy::disallowed_methods, reason = "the one place where clients are made")]
    pub(crate) fn sts(&self) -> aws_sdk_sts::Client {
        aws_sdk_sts::Client::from_conf(guarded!(aws_sdk_sts, self).build())
    }

    /// IAM, which has no region.
    #[allow(clippy::disallowed_methods, reason = "the one place where clients are made")]
    pub(crate) fn iam(&self) -> aws_sdk_iam::Client {
        aws_sdk_iam::Client::from_conf(guarded!(aws_sdk_iam, self).build())
    }

    /// Account Management, which has no region.
    #[allow(clippy::disallowed_methods, reason = "the one place where clients are made")]
    pub(crate) fn account(&self) -> aws_sdk_account::Client {
        aws_sdk_account::Client::from_conf(guarded!(aws_sdk_account, self).build())
    }

    /// S3 in a region.
    #[allow(clippy::disallowed_methods, reason = "the one place where clients are made")]
    pub(crate) fn s3(&self, region: &Region) -> aws_sdk_s3::Client {
        // An endpoint of one's own rarely serves names like bucket.localhost.
        let config = guarded!(aws_sdk_s3, self)
            .region(aws_config::Region::new(region.as_str().to_owned()))
            .force_path_style(self.own_endpoint("S3").is_some());
        aws_sdk_s3::Client::from_conf(config.build())
    }

    /// S3 Control in the session's region.
    #[allow(clippy::disallowed_methods, reason = "the one place where clients are made")]
    pub(crate) fn s3control(&self) -> aws_sdk_s3control::Client {
        let mut config = guarded!(aws_sdk_s3control, self);
        if let Some(url) = self.own_endpoint("S3 Control") {
            config = config.endpoint_resolver(PlainEndpoint(url));
        }
        aws_sdk_s3control::Client::from_conf(config.build())
    }

    /// CloudWatch in a region.
    #[allow(clippy::disallowed_methods, reason = "the one place where clients are made")]
    pub(crate) fn cloudwatch(&self, region: &Region) -> aws_sdk_cloudwatch::Client {
        let region = aws_config::Region::new(region.as_str().to_owned());
        aws_sdk_cloudwatch::Client::from_conf(guarded!(aws_sdk_cloudwatch, self).region(region).build())
    }
}

/// A retry quota per client, wide enough that a long phase of throttling costs time and not findings.
fn retry_partition(name: &'static str) -> RetryPartition {
    RetryPartition::custom(name)
        .token_bucket(TokenBucket::builder().capacity(100_000).build())
        .client_rate_limiter(ClientRateLimiter::builder().build())
        .build()
}

/// S3 Control writes the account id before the host, which an emulator on an IP address cannot serve.
#[derive(Debug)]
struct PlainEndpoint(String);

impl aws_sdk_s3control::config::endpoint::ResolveEndpoint for PlainEndpoint {
    fn resolve_endpoint<'a>(
        &'a self,
        _params: &'a aws_sdk_s3control::config::endpoint::Params,
    ) -> aws_sdk_s3control::config::endpoint::EndpointFuture<'a> {
        let endpoint = aws_smithy_types::endpoint::Endpoint::builder().url(self.0.clone()).build();
        aws_sdk_s3control::config::endpoint::EndpointFuture::ready(Ok(endpoint))
    }
}
