//! What goes over the wire, told to whoever wants to watch. No header, no body and no secret is in it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, Metadata};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use jiff::Timestamp;
use jiff::fmt::rfc2822;

use super::causes;

/// One request and what came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// When the request was sent.
    pub at: Timestamp,
    /// The service: `s3`, `iam`; the host where nothing names it.
    pub service: String,
    /// The operation: `ListBuckets`; method and path where nothing names it.
    pub operation: String,
    /// The region that it was signed for; none for a request without a signature.
    pub region: Option<String>,
    /// Which attempt it was, from 1.
    pub attempt: u32,
    /// The HTTP status; none when no reply came.
    pub status: Option<u16>,
    /// AWS's error code, or why no reply came.
    pub error: Option<String>,
    /// From sending to the end of the reply.
    pub took: Duration,
    /// The clock of the one who answered.
    pub date: Option<Timestamp>,
}

impl Exchange {
    /// Whether AWS asked for patience.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.status == Some(429) || self.error.as_deref().is_some_and(super::failure::is_throttling)
    }
}

/// Who is told of every exchange, on the thread that made it.
#[derive(Clone)]
pub struct Observer(Arc<dyn Fn(&Exchange) + Send + Sync>);

impl Observer {
    /// Tells a function of every exchange.
    pub fn new(told: impl Fn(&Exchange) + Send + Sync + 'static) -> Self {
        Self(Arc::new(told))
    }

    /// Tells of an exchange.
    pub fn tell(&self, exchange: &Exchange) {
        (self.0)(exchange);
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

/// What a request asks for, as the client knows it; the wire does not always say.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Named {
    service: String,
    operation: String,
}

impl Storable for Named {
    type Storer = StoreReplace<Self>;
}

/// The input of a client that knows its operation and does not tell the SDK.
pub(super) trait Asks: fmt::Debug + Send + Sync + 'static {
    /// The operation.
    fn operation(&self) -> &str;
}

/// Writes on every request what it asks for. The note stays within the process.
#[derive(Debug)]
pub(super) struct Naming<I>(std::marker::PhantomData<fn() -> I>);

/// The input of SDK clients, which tell the SDK their operation.
#[derive(Debug)]
pub(super) enum OfSdk {}

impl Asks for OfSdk {
    fn operation(&self) -> &str {
        match *self {}
    }
}

impl<I> Naming<I> {
    /// For clients with this input.
    pub(super) fn new() -> Self {
        Self(std::marker::PhantomData)
    }
}

#[dyn_dispatch_hint]
impl<I: Asks> Intercept for Naming<I> {
    fn name(&self) -> &'static str {
        "Naming"
    }

    fn read_before_serialization(
        &self,
        context: &BeforeSerializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(metadata) = config.load::<Metadata>() else { return Ok(()) };
        let own = context.input().downcast_ref::<I>().map(|input| input.operation().to_owned());
        let named = Named {
            service: super::guard::service_name(metadata.service()),
            operation: own.unwrap_or_else(|| metadata.name().to_owned()),
        };
        config.interceptor_state().store_put(named);
        Ok(())
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(named) = config.load::<Named>() {
            context.request_mut().add_extension(named.clone());
        }
        Ok(())
    }
}

/// A request that is under way.
pub(super) struct Underway {
    exchange: Exchange,
    begin: std::time::Instant,
}

impl Underway {
    /// Notes what a request asks for, before it is sent.
    pub(super) fn begin(request: &HttpRequest, attempt: u32) -> Self {
        let scope = request.headers().get("authorization").and_then(scope);
        let Named { service, operation } =
            request.extension::<Named>().cloned().unwrap_or_else(|| on_the_wire(request, scope.as_ref()));
        let exchange = Exchange {
            at: Timestamp::now(),
            service,
            operation,
            region: scope.map(|(region, _)| region),
            attempt,
            status: None,
            error: None,
            took: Duration::ZERO,
            date: None,
        };
        Self { exchange, begin: std::time::Instant::now() }
    }

    /// What came of it.
    pub(super) fn end(self, reply: &Result<HttpResponse, ConnectorError>) -> Exchange {
        let mut exchange = self.exchange;
        exchange.took = self.begin.elapsed();
        match reply {
            Ok(response) => {
                exchange.status = Some(response.status().as_u16());
                exchange.date = response.headers().get("date").and_then(http_date);
                exchange.error = if response.status().is_success() { None } else { error_code(response) };
            }
            Err(error) => exchange.error = Some(causes::one_line(&causes::chain(error))),
        }
        exchange
    }
}

/// The region and the service that a request is signed for:
/// `AWS4-HMAC-SHA256 Credential=KEY/20261122/us-east-1/iam/aws4_request, …`.
fn scope(authorization: &str) -> Option<(String, String)> {
    let credential = authorization.split_once("Credential=")?.1.split(',').next()?;
    let mut parts = credential.split('/').skip(2);
    Some((parts.next()?.to_owned(), parts.next()?.to_owned()))
}

/// What a request asks for whose client did not say: those of the credential providers.
fn on_the_wire(request: &HttpRequest, scope: Option<&(String, String)>) -> Named {
    let uri: Option<http::Uri> = request.uri().parse().ok();
    let host = uri.as_ref().and_then(http::Uri::host).unwrap_or_default().to_owned();
    let body = request.body().bytes().and_then(|body| std::str::from_utf8(body).ok()).unwrap_or_default();
    let action = body.split('&').find_map(|pair| pair.strip_prefix("Action="));
    let path = uri.as_ref().map_or("/", http::Uri::path);
    Named {
        service: scope.map_or(host, |(_, service)| service.clone()),
        operation: action.map_or_else(|| format!("{} {path}", request.method()), str::to_owned),
    }
}

/// AWS's error code, wherever the protocol of the service puts it.
fn error_code(response: &HttpResponse) -> Option<String> {
    let header = |name: &str| response.headers().get(name).map(str::to_owned);
    let body = response.body().bytes().and_then(|body| std::str::from_utf8(body).ok()).unwrap_or_default();
    let code = header("x-amzn-errortype").or_else(|| header("x-amzn-query-error")).or_else(|| code_of(body))?;
    // `aws.protocol#AccessDenied:http://…` and `AccessDenied;Sender`.
    let code = code.split([':', ';']).next()?;
    let code = code.rsplit('#').next()?.trim();
    let is_code = !code.is_empty() && code.len() <= 100 && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
    is_code.then(|| code.to_owned())
}

fn code_of(body: &str) -> Option<String> {
    if let Ok(serde_json::Value::Object(members)) = serde_json::from_str(body) {
        let code = ["__type", "code", "Code"].iter().find_map(|name| members.get(*name)?.as_str());
        return code.map(str::to_owned);
    }
    body.split_once("<Code>")?.1.split('<').next().map(str::to_owned)
}

/// HTTP's own form of a date, which names GMT: `Wed, 25 Nov 2026 20:09:28 GMT`.
fn http_date(text: &str) -> Option<Timestamp> {
    rfc2822::parse(&text.replace("GMT", "+0000")).ok().map(|date| date.timestamp())
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::body::SdkBody;

    use super::*;

    #[test]
    fn the_scope_of_a_signature_tells_region_and_service() {
        let header = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/eu-west-1/iam/aws4_request, SignedHeaders=host";
        assert_eq!(scope(header), Some(("eu-west-1".to_owned(), "iam".to_owned())));
        assert_eq!(scope("Bearer token"), None);
    }

    #[test]
    fn codes_are_found_in_every_protocol_and_nothing_else_is() {
        for (header, body, expected) in [
            (None, r#"{"__type":"com.amazonaws#ThrottlingException","message":"x"}"#, Some("ThrottlingException")),
            (None, "<Error><Code>SlowDown</Code><Message>x</Message></Error>", Some("SlowDown")),
            (Some("AccessDeniedException:http://x"), "", Some("AccessDeniedException")),
            (None, "<html>no</html>", None),
            (None, "<Code>a secret text with spaces</Code>", None),
        ] {
            let mut response = HttpResponse::new(400.try_into().expect("a status"), SdkBody::from(body));
            if let Some(header) = header {
                response.headers_mut().insert("x-amzn-errortype", header);
            }
            assert_eq!(error_code(&response).as_deref(), expected, "{body}");
        }
    }

    #[test]
    fn a_date_of_http_is_a_time() {
        let date = http_date("Wed, 25 Nov 2026 20:09:28 GMT").expect("a date");
        assert_eq!(date.to_string(), "2026-11-25T20:09:28Z");
        assert_eq!(http_date("yesterday"), None);
    }

    #[test]
    fn what_credential_providers_ask_is_named_without_what_they_send() {
        let mut request = HttpRequest::new(SdkBody::from("Action=AssumeRole&ExternalId=secret&Version=2011-06-15"));
        request.set_method("POST").expect("a method");
        request.set_uri("https://sts.amazonaws.com/").expect("a URI");
        let named = on_the_wire(&request, None);
        assert_eq!((named.service.as_str(), named.operation.as_str()), ("sts.amazonaws.com", "AssumeRole"));
        let mut request = HttpRequest::empty();
        request
            .set_uri("https://portal.sso.us-east-1.amazonaws.com/federation/credentials?account_id=1")
            .expect("a URI");
        assert_eq!(on_the_wire(&request, None).operation, "GET /federation/credentials");
    }
}
