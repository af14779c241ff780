//! Calls of operations by their names, on the official runtime: its retries, timeouts, credentials and signing.

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_smithy_runtime::client::orchestrator::operation::Operation as Orchestrated;
use aws_smithy_runtime::client::retries::RetryPartition;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use aws_types::SigningName;
use aws_types::region::SigningRegion;
use serde_json::Value;

use super::endpoint::Endpoint;
use super::model::Api;
use super::protocol::{self, Parts, Reply};
use super::read::is_read;
use crate::aws::Failure;
use crate::aws::observe::{Asks, Naming};
use crate::inventory::{GapKind, Region};

/// A client of one service in one region.
#[derive(Clone, Debug)]
pub struct ApiClient {
    api: Arc<Api>,
    wire: Orchestrated<Asked, RawReply, Refusal>,
}

/// A request and the operation that it is of.
#[derive(Debug)]
struct Asked {
    operation: String,
    parts: Parts,
}

impl Asks for Asked {
    fn operation(&self) -> &str {
        &self.operation
    }
}

/// A reply that is no error, with its whole body.
#[derive(Debug)]
struct RawReply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// What the service says when it refuses.
#[derive(Debug)]
struct Refusal(ErrorMetadata);

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Refusal {}

impl ProvideErrorMetadata for Refusal {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

impl ApiClient {
    /// A client of a service in a region, with the session's configuration.
    ///
    /// Clients of one service in one region share `partition`: its retry quota and its adaptive rate.
    #[must_use]
    pub fn new(api: Arc<Api>, region: &Region, config: &SdkConfig, partition: RetryPartition) -> Self {
        let endpoint = Endpoint::of(&api, region, config);
        let mut layer = Layer::new("afterlab-api");
        layer.store_put(SigV4OperationSigningConfig {
            region: Some(SigningRegion::from(aws_config::Region::new(endpoint.signing_region.clone()))),
            name: Some(SigningName::from(api.metadata.signing_name().to_owned())),
            signing_options: SigningOptions::default(),
            ..Default::default()
        });
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        layer.store_put(partition);
        let mut components = RuntimeComponentsBuilder::new("afterlab-api")
            .with_auth_scheme(SigV4AuthScheme::new())
            .with_auth_scheme_option_resolver(Some(StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID])));
        if let Some(provider) = config.credentials_provider() {
            components = components.with_identity_resolver(SCHEME_ID, provider);
        }
        if let Some(cache) = config.identity_cache() {
            components = components.with_identity_cache(Some(cache));
        }
        let plugin = StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(components);
        let mut builder = Orchestrated::builder()
            .service_name(api.metadata.service_id.clone())
            .operation_name("a read")
            .behavior_version(aws_config::BehaviorVersion::latest())
            .endpoint_url(&endpoint.url)
            .standard_retry(&config.retry_config().cloned().unwrap_or_else(aws_config::retry::RetryConfig::adaptive))
            .retry_classifier(AwsErrorCodeClassifier::<Refusal>::new())
            .retry_classifier(TransientErrorClassifier::<Refusal>::new())
            .retry_classifier(HttpStatusCodeClassifier::default())
            .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
            .interceptor(Naming::<Asked>::new())
            .runtime_plugin(plugin);
        if let Some(timeouts) = config.timeout_config() {
            builder = builder.timeout_config(timeouts.clone());
        }
        if let Some(client) = config.http_client() {
            builder = builder.http_client(client);
        }
        let (url, is_own, model) = (endpoint.url, endpoint.is_own, Arc::clone(&api));
        let wire = builder
            .serializer(move |asked: Asked| http_request(&url, is_own, asked.parts))
            .deserializer(move |response| raw_reply(&model, response))
            .build();
        Self { api, wire }
    }

    /// The model of the service.
    #[must_use]
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// Calls an operation that reads.
    ///
    /// # Errors
    /// [`Failure`] with AWS's code and message, or why there is no reply that can be trusted.
    pub async fn call(&self, operation: &str, input: &Value) -> Result<Value, Failure> {
        let failed = |message: String| Failure { kind: GapKind::Failed, code: None, message };
        if !is_read(operation) {
            return Err(failed(format!("afterlab only reads: {operation} was not sent")));
        }
        let known = self.api.operation(operation).ok_or_else(|| failed(format!("the model has no {operation}")))?;
        let parts = protocol::request(&self.api, known, input).map_err(|error| failed(error.to_string()))?;
        let asked = Asked { operation: operation.to_owned(), parts };
        let raw = Box::pin(self.wire.invoke(asked)).await.map_err(|error| Failure::of(&error))?;
        let headers = raw.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let reply = Reply { status: raw.status, headers, body: &raw.body };
        protocol::output(&self.api, known, &reply).map_err(|error| Failure::malformed(error.to_string()))
    }
}

fn http_request(
    url: &str,
    is_own: bool,
    parts: Parts,
) -> Result<HttpRequest, aws_smithy_runtime_api::box_error::BoxError> {
    let base = match &parts.host_prefix {
        // An endpoint of one's own rarely serves names before its host.
        Some(prefix) if !is_own => url.replacen("://", &format!("://{prefix}"), 1),
        _ => url.to_owned(),
    };
    let mut request = http::Request::builder()
        .method(parts.method.as_str())
        .uri(format!("{base}{}", parts.path))
        .header("user-agent", concat!("afterlab/", env!("CARGO_PKG_VERSION")));
    for (name, value) in &parts.headers {
        request = request.header(name, value);
    }
    Ok(HttpRequest::try_from(request.body(SdkBody::from(parts.body))?)?)
}

fn raw_reply(api: &Api, response: &HttpResponse) -> Result<RawReply, OrchestratorError<Refusal>> {
    let status = response.status().as_u16();
    let body = response.body().bytes().unwrap_or_default();
    if response.status().is_success() {
        let headers = response.headers().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        return Ok(RawReply { status, headers, body: body.to_vec() });
    }
    let reply = Reply { status, headers: response.headers().iter().collect(), body };
    let error = protocol::error(api, &reply);
    let meta = ErrorMetadata::builder();
    let meta = error.code.iter().fold(meta, aws_smithy_types::error::metadata::Builder::code);
    let meta = error.message.iter().fold(meta, aws_smithy_types::error::metadata::Builder::message);
    Err(OrchestratorError::operation(Refusal(meta.build())))
}
