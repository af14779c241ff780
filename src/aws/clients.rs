//! The SDK clients, each with the read-only guard. They are made here and nowhere else (clippy.toml sees to it).

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use aws_config::SdkConfig;
use aws_smithy_runtime::client::retries::{ClientRateLimiter, RetryPartition, TokenBucket};

use super::api::{Api, ApiClient};
use super::guard::ReadOnlyGuard;
use super::observe::{Naming, OfSdk};
use crate::inventory::Region;

/// The clients of one session. Each is made once, so that all calls of a service in a region share one retry quota and
/// one adaptive rate.
#[derive(Debug)]
pub struct Clients {
    config: SdkConfig,
    sts: OnceLock<aws_sdk_sts::Client>,
    iam: OnceLock<aws_sdk_iam::Client>,
    account: OnceLock<aws_sdk_account::Client>,
    s3control: OnceLock<aws_sdk_s3control::Client>,
    s3: Regional<aws_sdk_s3::Client>,
    cloudwatch: Regional<aws_sdk_cloudwatch::Client>,
    apis: Mutex<HashMap<(usize, Region), ApiClient>>,
}

/// A client a region.
type Regional<C> = Mutex<HashMap<Region, C>>;

/// A client's configuration: the session's, with the guard, names for whoever watches, and a retry quota.
macro_rules! guarded {
    ($sdk:ident, $clients:expr) => {
        $sdk::config::Builder::from(&$clients.config)
            .interceptor(ReadOnlyGuard)
            .interceptor(Naming::<OfSdk>::new())
            .retry_partition(retry_partition(stringify!($sdk)))
    };
}

#[allow(clippy::disallowed_methods, reason = "the one place where clients are made")]
impl Clients {
    /// Makes clients with this configuration, each when it is first asked for.
    #[must_use]
    pub fn new(config: SdkConfig) -> Self {
        Self {
            config,
            sts: OnceLock::new(),
            iam: OnceLock::new(),
            account: OnceLock::new(),
            s3control: OnceLock::new(),
            s3: Mutex::default(),
            cloudwatch: Mutex::default(),
            apis: Mutex::default(),
        }
    }

    /// STS, in the session's region.
    pub(crate) fn sts(&self) -> &aws_sdk_sts::Client {
        self.sts.get_or_init(|| aws_sdk_sts::Client::from_conf(guarded!(aws_sdk_sts, self).build()))
    }

    /// IAM, which has no region.
    pub(crate) fn iam(&self) -> &aws_sdk_iam::Client {
        self.iam.get_or_init(|| aws_sdk_iam::Client::from_conf(guarded!(aws_sdk_iam, self).build()))
    }

    /// Account Management, which has no region.
    pub(crate) fn account(&self) -> &aws_sdk_account::Client {
        self.account.get_or_init(|| aws_sdk_account::Client::from_conf(guarded!(aws_sdk_account, self).build()))
    }

    /// S3 Control, in the session's region.
    pub(crate) fn s3control(&self) -> &aws_sdk_s3control::Client {
        self.s3control.get_or_init(|| {
            let mut config = guarded!(aws_sdk_s3control, self);
            if let Some(url) = self.own_endpoint("S3 Control") {
                config = config.endpoint_resolver(PlainEndpoint(url));
            }
            aws_sdk_s3control::Client::from_conf(config.build())
        })
    }

    /// S3 in a region.
    pub(crate) fn s3(&self, region: &Region) -> aws_sdk_s3::Client {
        regional(&self.s3, region, |region| {
            // An endpoint of one's own rarely serves names like bucket.localhost.
            let path_style = self.own_endpoint("S3").is_some();
            let config = guarded!(aws_sdk_s3, self).region(region).force_path_style(path_style);
            aws_sdk_s3::Client::from_conf(config.build())
        })
    }

    /// CloudWatch in a region.
    pub(crate) fn cloudwatch(&self, region: &Region) -> aws_sdk_cloudwatch::Client {
        regional(&self.cloudwatch, region, |region| {
            aws_sdk_cloudwatch::Client::from_conf(guarded!(aws_sdk_cloudwatch, self).region(region).build())
        })
    }

    /// The endpoint that flags, environment or profile set for a service.
    fn own_endpoint(&self, service_id: &str) -> Option<String> {
        super::api::own(service_id, &self.config)
    }

    /// A client driven by an API model, in a region.
    pub(crate) fn api(&self, api: &Arc<Api>, region: &Region) -> ApiClient {
        let mut clients = self.apis.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (Arc::as_ptr(api) as usize, region.clone());
        let make =
            || ApiClient::new(Arc::clone(api), region, &self.config, retry_partition(api.metadata.service_id.clone()));
        clients.entry(key).or_insert_with(make).clone()
    }
}

/// The client of a region, made when it is first asked for; clients are handles and cheap to clone.
fn regional<C: Clone>(clients: &Regional<C>, region: &Region, make: impl FnOnce(aws_config::Region) -> C) -> C {
    let mut clients = clients.lock().unwrap_or_else(PoisonError::into_inner);
    let client =
        clients.entry(region.clone()).or_insert_with(|| make(aws_config::Region::new(region.as_str().to_owned())));
    client.clone()
}

/// A retry quota per client, wide enough that a long phase of throttling costs time and not findings.
fn retry_partition(name: impl Into<Cow<'static, str>>) -> RetryPartition {
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
