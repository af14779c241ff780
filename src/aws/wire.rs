//! The HTTP client under all SDK clients: it keeps the pace, counts requests, and believes no reply that cannot be
//! whole.
//!
//! Two replies pass the SDK crates unnoticed or are retried in vain: an XML document cut in the middle with a matching
//! `Content-Length` parses as a short list, and a web page from something that is not AWS is retried as a fault.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

use super::causes;
use super::observe::{Observer, Underway};
use super::pace::Pace;

/// How often a broken connection or reply is tried. Throttling, which the SDK tells from AWS's answer, has more patience:
/// a call that hangs three times will hang ten times.
const ATTEMPTS: u32 = 3;

/// The largest reply that is read. AWS's largest pages are a few MiB.
const MAX_BODY: usize = 256 << 20;

/// A reply that is not AWS's or not whole.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum BadReply {
    /// A web page.
    #[error("the endpoint answered HTTP {0} with a web page, not with a reply of AWS")]
    WebPage(u16),
    /// An XML document without its end.
    #[error("the reply is cut: its XML ends before the closing tag of <{0}>")]
    Cut(String),
    /// Larger than [`MAX_BODY`].
    #[error("the reply is larger than {} MiB", MAX_BODY >> 20)]
    TooLarge,
    /// Its body did not come in time.
    #[error("the reply began but did not end within {0:?}")]
    Stalled(Duration),
    /// The connection broke in its body.
    #[error("the connection broke in the middle of the reply: {0}")]
    Broken(String),
}

/// How many requests went out, retries included.
#[derive(Clone, Debug, Default)]
pub(crate) struct RequestCount(Arc<AtomicU64>);

impl RequestCount {
    /// So far.
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How requests are sent and watched.
pub(crate) struct Watch {
    /// What sends them, through the proxy of the environment if it names one.
    pub(crate) inner: SharedHttpClient,
    /// What sends those that must never take a proxy.
    pub(crate) direct: SharedHttpClient,
    /// The rate of them all.
    pub(crate) pace: Option<Pace>,
    /// The longest wait for a reply's body.
    pub(crate) body_timeout: Duration,
    /// How many went out.
    pub(crate) count: RequestCount,
    /// Who is told of each.
    pub(crate) observer: Option<Observer>,
}

impl Watch {
    /// An HTTP client that keeps the pace, counts, tells, and checks replies.
    pub(crate) fn client(self) -> SharedHttpClient {
        SharedHttpClient::new(Watched(Arc::new(self)))
    }
}

#[derive(Clone)]
struct Watched(Arc<Watch>);

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watched")
    }
}

impl HttpClient for Watched {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.0.inner.http_connector(settings, components);
        let direct = self.0.direct.http_connector(settings, components);
        SharedHttpConnector::new(WatchedConnector { watch: self.clone(), inner, direct })
    }
}

#[derive(Debug)]
struct WatchedConnector {
    watch: Watched,
    inner: SharedHttpConnector,
    direct: SharedHttpConnector,
}

impl HttpConnector for WatchedConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let inner = if takes_no_proxy(request.uri()) { &self.direct } else { &self.inner };
        let (watch, inner) = (self.watch.0.clone(), inner.clone());
        HttpConnectorFuture::new(async move {
            if let Some(pace) = &watch.pace {
                pace.turn().await;
            }
            watch.count.0.fetch_add(1, Ordering::Relaxed);
            let attempt = attempt(&request).unwrap_or(1);
            let last = attempt >= ATTEMPTS;
            let underway = watch.observer.as_ref().map(|observer| (observer, Underway::begin(&request, attempt)));
            let reply = exchange(&inner, request, watch.body_timeout).await;
            if let Some((observer, underway)) = underway {
                observer.tell(&underway.end(&reply));
            }
            reply.map_err(|error| if last { ConnectorError::other(error.into(), None) } else { error })
        })
    }
}

async fn exchange(
    inner: &SharedHttpConnector,
    request: HttpRequest,
    body_timeout: Duration,
) -> Result<HttpResponse, ConnectorError> {
    let mut response = inner.call(request).await?;
    let status = response.status().as_u16();
    let body = std::mem::replace(response.body_mut(), SdkBody::empty());
    let body = read_whole(body, body_timeout).await.map_err(into_connector_error)?;
    check(status, &body).map_err(into_connector_error)?;
    *response.body_mut() = SdkBody::from(body);
    Ok(response)
}

/// Whether a request stays on this machine or its own network: an emulator, and the metadata services of instances and
/// containers, which a proxy would ask about itself.
fn takes_no_proxy(uri: &str) -> bool {
    let Ok(uri) = uri.parse::<http::Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    match host.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(ip)) => ip.is_loopback() || ip.is_link_local(),
        Ok(std::net::IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unique_local(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

/// Which attempt a request is, from 1, as the SDK writes it: `amz-sdk-request: attempt=2; max=10`.
fn attempt(request: &HttpRequest) -> Option<u32> {
    let header = request.headers().get("amz-sdk-request")?;
    header.split(';').find_map(|part| part.trim().strip_prefix("attempt=")?.parse().ok())
}

/// A cut or stalled reply may be whole the next time and is retried; a web page stays a web page.
fn into_connector_error(bad: BadReply) -> ConnectorError {
    match bad {
        BadReply::WebPage(_) | BadReply::TooLarge => ConnectorError::other(bad.into(), None),
        BadReply::Stalled(_) => ConnectorError::timeout(bad.into()),
        BadReply::Cut(_) | BadReply::Broken(_) => ConnectorError::io(bad.into()),
    }
}

async fn read_whole(mut body: SdkBody, limit: Duration) -> Result<Bytes, BadReply> {
    if let Some(bytes) = body.bytes() {
        return Ok(Bytes::copy_from_slice(bytes));
    }
    let mut whole = BytesMut::new();
    loop {
        let frame = tokio::time::timeout(limit, body.frame()).await.map_err(|_| BadReply::Stalled(limit))?;
        let Some(frame) = frame else { return Ok(whole.freeze()) };
        let frame = frame.map_err(|error| BadReply::Broken(causes::chain(&*error)))?;
        if let Some(data) = frame.data_ref() {
            whole.extend_from_slice(data);
        }
        if whole.len() > MAX_BODY {
            return Err(BadReply::TooLarge);
        }
    }
}

fn check(status: u16, body: &[u8]) -> Result<(), BadReply> {
    let text = body.trim_ascii();
    if is_web_page(text) {
        return Err(BadReply::WebPage(status));
    }
    match xml_root(text) {
        Some(root) if !ends_with_tag(text, root) => Err(BadReply::Cut(String::from_utf8_lossy(root).into_owned())),
        _ => Ok(()),
    }
}

fn is_web_page(text: &[u8]) -> bool {
    let starts = |tag: &[u8]| text.get(..tag.len()).is_some_and(|start| start.eq_ignore_ascii_case(tag));
    starts(b"<!doctype html") || starts(b"<html")
}

/// The name of the root element; `None` when the text is no XML.
fn xml_root(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text).trim_ascii_start();
        let rest = text.strip_prefix(b"<")?;
        let prolog_end: &[u8] = match rest.first() {
            None => return Some(b"?xml"),
            Some(b'?') => b"?>",
            Some(b'!') if rest.starts_with(b"!--") => b"-->",
            Some(b'!') => b">",
            Some(_) => {
                let end = rest.iter().position(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/'));
                return Some(&rest[..end.unwrap_or(rest.len())]);
            }
        };
        // A prolog without an end is a document that was cut before its root.
        let Some(end) = find(rest, prolog_end) else { return Some(b"?xml") };
        text = &rest[end + prolog_end.len()..];
        if text.trim_ascii_start().is_empty() {
            return Some(b"?xml");
        }
    }
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// Whether a document ends with the closing tag of its root, or is one empty element. No reply of AWS has an element
/// within its root that is named like the root, so the last tag decides.
fn ends_with_tag(text: &[u8], root: &[u8]) -> bool {
    let Some(body) = text.strip_suffix(b">") else { return false };
    let body = body.trim_ascii_end();
    if let Some(before) = body.strip_suffix(root) {
        return before.ends_with(b"</");
    }
    let elements = body.windows(2).filter(|pair| pair[0] == b'<' && !matches!(pair[1], b'?' | b'!')).count();
    elements == 1 && body.ends_with(b"/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_replies_pass() {
        for text in [
            "",
            "{\"a\":1}",
            "<?xml version=\"1.0\"?>\n<A xmlns=\"x\"><B/></A>",
            "<A><B>1</B></A >\n",
            "<?xml version=\"1.0\"?><LocationConstraint xmlns=\"x\"/>",
            "<!-- c --><A></A>",
            "\u{feff}<A></A>",
            "not xml < at all",
        ] {
            assert_eq!(check(200, text.as_bytes()), Ok(()), "{text}");
        }
    }

    #[test]
    fn every_cut_of_a_document_is_seen() {
        let whole = "<?xml version=\"1.0\"?>\n<List xmlns=\"x\"><Item a=\"/\">1</Item><Item/><Name>2</Name></List>";
        assert_eq!(check(200, whole.as_bytes()), Ok(()));
        for end in 2..whole.len() {
            let cut = &whole[..end];
            assert!(matches!(check(200, cut.as_bytes()), Err(BadReply::Cut(_))), "{cut}");
        }
    }

    #[test]
    fn only_what_leaves_the_machine_takes_a_proxy() {
        for near in
            ["http://127.0.0.1:5000/", "http://localhost:4566", "http://[::1]:80/x", "http://169.254.169.254/latest"]
        {
            assert!(takes_no_proxy(near), "{near}");
        }
        for far in ["https://iam.amazonaws.com/", "http://10.0.0.1/", "https://notlocalhost/"] {
            assert!(!takes_no_proxy(far), "{far}");
        }
    }

    #[test]
    fn a_web_page_is_no_reply() {
        for text in ["<!DOCTYPE html><html></html>", "  <html>x</html>", "<!doctype HTML>"] {
            assert_eq!(check(404, text.as_bytes()), Err(BadReply::WebPage(404)), "{text}");
        }
    }
}
