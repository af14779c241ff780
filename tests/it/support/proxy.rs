//! A proxy before the emulator that notes every operation and can answer in its place.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http_body_util::{BodyExt, Full, StreamBody, combinators::BoxBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::CONTENT_TYPE;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

use super::wire;

/// What the proxy does with a request.
pub enum Turn {
    /// Lets the emulator answer.
    Forward,
    /// Lets the emulator answer, later.
    Delay(Duration),
    /// Answers this.
    Reply(u16, &'static str, String),
    /// Lets the emulator answer and changes its body (with a matching length).
    Change(fn(String) -> String),
    /// Promises more bytes than it sends, then closes.
    CloseMidBody,
    /// Never answers.
    Hang,
}

/// A request as the proxy's rule sees it.
pub struct Seen<'a> {
    /// `s3:GetBucketPolicy`.
    pub operation: &'a str,
}

type Rule = dyn Fn(&Seen<'_>) -> Turn + Send + Sync;
type Body = BoxBody<Bytes, std::io::Error>;

/// A running proxy.
pub struct Proxy {
    pub url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Starts one before an endpoint, on the runtime of the test.
    pub async fn start(upstream: &str, rule: impl Fn(&Seen<'_>) -> Turn + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("its address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::new(Shared {
            upstream: upstream.to_owned(),
            rule: Box::new(rule),
            seen: seen.clone(),
            client: client(),
        });
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = shared.clone();
                let service = service_fn(move |request| {
                    let shared = shared.clone();
                    async move { Ok::<_, Infallible>(shared.answer(request).await) }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        Self { url, seen }
    }

    /// The operations that came, in their order, retries included.
    pub fn operations(&self) -> Vec<String> {
        self.seen.lock().expect("the log").clone()
    }

    /// How often an operation came.
    pub fn count(&self, operation: &str) -> usize {
        self.operations().iter().filter(|seen| *seen == operation).count()
    }
}

struct Shared {
    upstream: String,
    rule: Box<Rule>,
    seen: Arc<Mutex<Vec<String>>>,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Shared {
    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.expect("the request's body").to_bytes();
        let operation = wire::operation(&parts, &body);
        self.seen.lock().expect("the log").push(operation.clone());
        let turn = (self.rule)(&Seen { operation: &operation });
        match turn {
            Turn::Forward => self.forward(&parts, body).await,
            Turn::Delay(time) => {
                tokio::time::sleep(time).await;
                self.forward(&parts, body).await
            }
            Turn::Reply(status, content_type, body) => reply(status, content_type, body),
            Turn::Change(change) => {
                let (head, body) = self.forward(&parts, body).await.into_parts();
                let whole = body.collect().await.expect("the emulator's body").to_bytes();
                let mut response = Response::new(full(change(String::from_utf8_lossy(&whole).into_owned())));
                *response.status_mut() = head.status;
                if let Some(content_type) = head.headers.get(CONTENT_TYPE) {
                    response.headers_mut().insert(CONTENT_TYPE, content_type.clone());
                }
                response
            }
            Turn::CloseMidBody => {
                let begun = Ok(Frame::data(Bytes::from_static(b"<?xml version=\"1.0\"?><ListAll")));
                let broken = Err(std::io::Error::other("closed by the test"));
                let frames = futures_util::stream::iter([begun, broken]);
                let mut response = Response::new(BodyExt::boxed(StreamBody::new(frames)));
                response.headers_mut().insert("content-length", "5000".parse().expect("a number"));
                response
            }
            Turn::Hang => std::future::pending().await,
        }
    }

    async fn forward(&self, parts: &http::request::Parts, body: Bytes) -> Response<Body> {
        let uri = format!("{}{}", self.upstream, parts.uri.path_and_query().map_or("/", |path| path.as_str()));
        let mut request = Request::builder().method(&parts.method).uri(uri);
        for (name, value) in &parts.headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(body)).expect("a request");
        match self.client.request(request).await {
            Ok(response) => response.map(|body| body.map_err(std::io::Error::other).boxed()),
            Err(error) => reply(502, "text/plain", error.to_string()),
        }
    }
}

/// moto closes each connection, so none is kept.
fn client() -> Client<HttpConnector, Full<Bytes>> {
    Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http()
}

fn full(text: String) -> Body {
    Full::new(Bytes::from(text)).map_err(|never| match never {}).boxed()
}

fn reply(status: u16, content_type: &str, body: String) -> Response<Body> {
    let mut response = Response::new(full(body));
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    response.headers_mut().insert(CONTENT_TYPE, content_type.parse().expect("a content type"));
    response
}

/// An error of S3's kind.
pub fn s3_error(status: u16, code: &str) -> Turn {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>said by the test</Message>\
         <RequestId>1</RequestId></Error>"
    );
    Turn::Reply(status, "application/xml", body)
}

/// Posts a body and waits for the answer.
pub async fn post(url: &str, content_type: &str, body: &str) -> (StatusCode, String) {
    send(Request::post(url).header(CONTENT_TYPE, content_type), body).await
}

/// Posts a form to a service of the emulator, which tells services by the scope of the (unchecked) signature.
pub async fn post_to(url: &str, service: &str, body: &str) -> (StatusCode, String) {
    let scope = format!("AWS4-HMAC-SHA256 Credential=test/20261122/us-east-1/{service}/aws4_request");
    let request = Request::post(format!("{url}/")).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    send(request.header("authorization", scope), body).await
}

async fn send(request: http::request::Builder, body: &str) -> (StatusCode, String) {
    let request = request.body(Full::new(Bytes::from(body.to_owned())));
    let response = client().request(request.expect("a request")).await.expect("an answer");
    let status = response.status();
    let body = response.into_body().collect().await.expect("its body").to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// Sends a request without a signature, which the emulator takes for one to S3.
pub async fn unsigned(method: Method, url: &str, body: &str) -> (StatusCode, String) {
    send(Request::builder().method(method).uri(url), body).await
}
