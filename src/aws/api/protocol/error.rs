//! What a service says when it refuses.

use serde_json::Value;

use super::Reply;

/// The error of a service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorReply {
    /// The code: `AccessDeniedException`.
    pub code: Option<String>,
    /// What it says.
    pub message: Option<String>,
}

/// Of the JSON protocols: the code stands in a header or in the body, behind a namespace and before a URI.
pub(super) fn of_json(reply: &Reply<'_>) -> ErrorReply {
    let body: Value = serde_json::from_slice(reply.body).unwrap_or_default();
    let text = |names: &[&str]| names.iter().find_map(|name| body.get(name)?.as_str()).map(str::to_owned);
    let code = reply.header("x-amzn-errortype").map(str::to_owned).or_else(|| text(&["__type", "code", "Code"]));
    // A service that once spoke the query protocol keeps its codes of then: those are in its documentation.
    let of_query = reply.header("x-amzn-query-error").and_then(|header| header.split_once(';')).map(|(code, _)| code);
    ErrorReply {
        code: of_query.map(str::to_owned).or(code).map(|code| bare(&code).to_owned()).filter(|code| !code.is_empty()),
        message: text(&["message", "Message", "errorMessage"]),
    }
}

/// `aws.protocoltests#FooError:http://…` is `FooError`.
fn bare(code: &str) -> &str {
    let code = code.rsplit('#').next().unwrap_or(code);
    code.split(':').next().unwrap_or(code).trim()
}

/// Of the XML protocols: an element `Error` with `Code` and `Message`, however deep.
pub(super) fn of_xml(reply: &Reply<'_>) -> ErrorReply {
    let Ok(text) = std::str::from_utf8(reply.body) else { return ErrorReply::default() };
    let Ok(document) = roxmltree::Document::parse(text) else { return ErrorReply::default() };
    let error =
        document.descendants().find(|node| node.has_tag_name_ignoring("Error") || node.has_tag_name_ignoring("error"));
    let child = |name: &str| {
        let found = error?.children().find(|child| child.has_tag_name_ignoring(name))?;
        Some(found.text().unwrap_or_default().trim().to_owned()).filter(|text| !text.is_empty())
    };
    ErrorReply { code: child("Code"), message: child("Message").or_else(|| child("message")) }
}

/// Element names are compared without their namespace.
trait LocalName {
    fn has_tag_name_ignoring(&self, name: &str) -> bool;
}

impl LocalName for roxmltree::Node<'_, '_> {
    fn has_tag_name_ignoring(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}
