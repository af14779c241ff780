//! The model-driven client against AWS's own protocol tests, which ship in botocore's source distribution.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use afterlab::aws::api::Api;
use afterlab::aws::api::model::{Kind, View};
use afterlab::aws::api::protocol::{Parts, Reply, error, output, request};

use crate::support::botocore_sources;

/// Cases that do not concern a client that only reads, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    ("AppliedContentEncoding", "bodies of reads are small and never compressed"),
    ("AppendsGzip", "the same"),
    ("AppendedGzip", "the same"),
    ("IdempotencyTokenAutoFill", "reads have no such token"),
    ("HttpChecksumRequired", "reads have no such checksum"),
    ("HostWithPath", "the client puts the path of an endpoint before the request's"),
    ("RestJsonHttpPayloadWithUnsetUnion", "no read has a body that is a union"),
    ("RestXmlHttpPayloadWithUnion", "the same"),
    ("HttpPayloadWithXmlNamespace", "no read has a body of XML with a name of its own"),
    ("XmlAttributesOnPayload", "the same"),
    ("HttpPayloadWithMemberXmlName", "the same"),
    ("MediaTypeHeaderOutputBase64", "JSON in a header is parsed, the test wants its text"),
    ("DeserializesDenseSetMapAndSkipsNull", "a null stays null, which packs can see"),
];

/// A suite's model with one operation.
fn model(suite: &Value, case: &Value) -> Api {
    let mut given = case["given"].clone();
    given["name"] = given.get("name").cloned().unwrap_or_else(|| json!("OperationName"));
    if suite["metadata"]["protocol"] == "query" && case.get("response").is_some() && given.get("output").is_some() {
        given["output"]["resultWrapper"] = json!(format!("{}Result", given["name"].as_str().unwrap_or_default()));
    }
    let name = given["name"].as_str().expect("a name").to_owned();
    let text =
        json!({"metadata": suite["metadata"], "operations": {name: given}, "shapes": suite["shapes"]}).to_string();
    Api::parse(text.as_bytes()).expect("a model")
}

fn suites(folder: &Path, kind: &str) -> Vec<(String, Value)> {
    let folder = folder.join(kind);
    let mut files: Vec<_> =
        std::fs::read_dir(&folder).expect("the protocol tests").flatten().map(|entry| entry.path()).collect();
    files.sort();
    let mut suites = Vec::new();
    for file in files {
        let name = file.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned();
        if name.starts_with("smithy-rpc") {
            continue; // services that speak it speak one of the others, too
        }
        let all: Vec<Value> = serde_json::from_slice(&std::fs::read(&file).expect("a file")).expect("JSON");
        suites.extend(all.into_iter().map(|suite| (name.clone(), suite)));
    }
    suites
}

fn pairs(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decode =
            |text: &str| percent_encoding::percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
        found.entry(decode(key)).or_default().push(decode(value));
    }
    found
}

/// A document as text that is equal for equal documents.
fn xml(text: &str) -> String {
    show(roxmltree::Document::parse(text).expect("XML").root_element())
}

fn show(node: roxmltree::Node<'_, '_>) -> String {
    let mut attributes: Vec<String> = node.attributes().map(|a| format!("{}={}", a.name(), a.value())).collect();
    attributes.sort();
    let mut children: Vec<String> = node.children().filter(roxmltree::Node::is_element).map(show).collect();
    children.sort();
    let text = node.text().unwrap_or_default().trim();
    format!("<{:?} {}>{text}{}</>", node.tag_name(), attributes.join(" "), children.concat())
}

fn compare_request(protocol: &str, parts: &Parts, expected: &Value) -> Result<(), String> {
    let same = |what: &str, left: String, right: String| {
        if left == right { Ok(()) } else { Err(format!("{what}: {left} is not {right}")) }
    };
    same("method", parts.method.clone(), expected["method"].as_str().unwrap_or("POST").to_owned())?;
    let (path, asked) = parts.path.split_once('?').unwrap_or((&parts.path, ""));
    let uri = expected["uri"].as_str().unwrap_or("/");
    let (expected_path, expected_asked) = uri.split_once('?').unwrap_or((uri, ""));
    same("path", path.to_owned(), expected_path.to_owned())?;
    same("query", format!("{:?}", pairs(asked)), format!("{:?}", pairs(expected_asked)))?;
    for (name, value) in expected["headers"].as_object().into_iter().flatten() {
        let found =
            parts.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str());
        let usual = ["content-length"].contains(&name.to_lowercase().as_str());
        let loose = |text: &str| text.replace(", ", ",").replace("; charset=utf-8", "");
        if !usual {
            same(name, found.map(loose).unwrap_or_default(), loose(value.as_str().unwrap_or_default()))?;
        }
    }
    for name in expected["forbidHeaders"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if parts.headers.iter().any(|(known, _)| known.eq_ignore_ascii_case(name)) {
            return Err(format!("{name} must not be there"));
        }
    }
    let Some(body) = expected["body"].as_str() else { return Ok(()) };
    let found = String::from_utf8_lossy(&parts.body).into_owned();
    let as_json = |text: &str| serde_json::from_str::<Value>(text).map(|value| sorted(&value).to_string());
    match (protocol, as_json(body), as_json(&found)) {
        ("query" | "ec2", ..) => same("body", format!("{:?}", pairs(&found)), format!("{:?}", pairs(body))),
        (_, Ok(expected), Ok(found)) => same("body", found, expected),
        ("rest-xml", ..) if body.trim().starts_with('<') => same("body", xml(&found), xml(body.trim())),
        _ => same("body", found, body.to_owned()),
    }
}

/// Numbers as they are meant, and members in one order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let ordered: BTreeMap<&String, Value> = members.iter().map(|(key, value)| (key, sorted(value))).collect();
            json!(ordered)
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Number(number) => json!(number.as_f64()),
        // The tests have times as floating point numbers, which are not exact behind microseconds.
        Value::String(text) if text.len() > 24 && text.ends_with('Z') => {
            json!(format!("{}Z", &text[..24].trim_end_matches('0')))
        }
        other => other.clone(),
    }
}

#[test]
fn requests_are_as_aws_tests_them() {
    let folder = botocore_sources().join("tests/unit/protocols");
    let (mut wrong, mut right) = (Vec::new(), 0);
    for (file, suite) in suites(&folder, "input") {
        for case in suite["cases"].as_array().expect("cases") {
            let id = format!("{file} {}", case["id"].as_str().or(case["description"].as_str()).unwrap_or_default());
            if LEFT_OUT.iter().any(|(left, _)| id.contains(left)) {
                continue;
            }
            let api = model(&suite, case);
            let operation = api.operation(api.operations().next().expect("one")).expect("one");
            let result =
                request(&api, operation, &case["params"]).map_err(|error| error.to_string()).and_then(|parts| {
                    compare_request(
                        suite["metadata"]["protocol"].as_str().unwrap_or_default(),
                        &parts,
                        &case["serialized"],
                    )
                });
            match result {
                Ok(()) => right += 1,
                Err(why) => wrong.push(format!("{id}: {why}")),
            }
        }
    }
    assert!(wrong.is_empty() && right > 300, "{right} right, {} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// What AWS's tests expect, in the form of outputs here: times as text, bytes as base64.
fn expected(view: View<'_>, value: &Value) -> Value {
    match (view.kind(), value) {
        (Kind::Structure, Value::Object(members)) if !view.is_document() => members
            .iter()
            .filter_map(|(name, value)| Some((name.clone(), expected(view.member(name)?, value))))
            .collect::<Map<_, _>>()
            .into(),
        (Kind::List, Value::Array(items)) => items.iter().map(|item| expected(view.item(), item)).collect(),
        (Kind::Map, Value::Object(entries)) => entries
            .iter()
            .map(|(key, value)| (key.clone(), expected(view.value(), value)))
            .collect::<Map<_, _>>()
            .into(),
        (Kind::Timestamp, Value::Number(number)) => {
            let seconds = jiff::SignedDuration::from_secs_f64(number.as_f64().expect("a number"));
            json!(jiff::Timestamp::from_duration(seconds).expect("a time").to_string())
        }
        (_, other) => other.clone(),
    }
}

/// Bytes are kept as base64, as the AWS CLI shows them; AWS's tests have them decoded.
fn decoded(view: View<'_>, value: Value, is_body: bool) -> Value {
    match (view.kind(), value) {
        (Kind::Structure, Value::Object(members)) if !view.is_document() => {
            let payload = view.payload().map(|(name, _)| name.to_owned());
            let member = |(name, value): (String, Value)| {
                let is_body = payload.as_deref() == Some(name.as_str());
                let value = view.member(&name).map(|member| decoded(member, value, is_body)).unwrap_or_default();
                (name, value)
            };
            members.into_iter().map(member).collect::<Map<_, _>>().into()
        }
        (Kind::List, Value::Array(items)) => items.into_iter().map(|item| decoded(view.item(), item, false)).collect(),
        (Kind::Map, Value::Object(entries)) => entries
            .into_iter()
            .map(|(key, value)| (key, decoded(view.value(), value, false)))
            .collect::<Map<_, _>>()
            .into(),
        (Kind::Blob, Value::String(text)) if !is_body => {
            let bytes = aws_smithy_types::base64::decode(&text).unwrap_or_default();
            json!(String::from_utf8_lossy(&bytes))
        }
        (_, other) => other,
    }
}

#[test]
fn replies_are_as_aws_tests_them() {
    let folder = botocore_sources().join("tests/unit/protocols");
    let (mut wrong, mut right) = (Vec::new(), 0);
    for (file, suite) in suites(&folder, "output") {
        for case in suite["cases"].as_array().expect("cases") {
            let id = format!("{file} {}", case["id"].as_str().or(case["description"].as_str()).unwrap_or_default());
            if LEFT_OUT.iter().any(|(left, _)| id.contains(left)) {
                continue;
            }
            let api = model(&suite, case);
            let operation = api.operation(api.operations().next().expect("one")).expect("one");
            let response = &case["response"];
            let headers = response["headers"].as_object().into_iter().flatten();
            let reply = Reply {
                status: u16::try_from(response["status_code"].as_u64().unwrap_or(200)).expect("a status"),
                headers: headers.map(|(key, value)| (key.as_str(), value.as_str().unwrap_or_default())).collect(),
                body: response["body"].as_str().unwrap_or_default().as_bytes(),
            };
            if case.get("error").is_some() {
                let found = error(&api, &reply);
                let code = case["errorCode"].as_str().map(str::to_owned);
                let message = case["errorMessage"].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
                if found.code == code && (message.is_none() || found.message == message) {
                    right += 1;
                } else {
                    wrong.push(format!("{id}: {found:?} is not {code:?} {message:?}"));
                }
                continue;
            }
            let view = api.output(operation);
            let want = view.map_or_else(|| json!({}), |view| expected(view, &case["result"]));
            let found = output(&api, operation, &reply)
                .map(|found| view.map_or_else(|| json!({}), |view| decoded(view, found, false)));
            match found {
                Ok(found) if sorted(&found) == sorted(&want) => right += 1,
                Ok(found) => wrong.push(format!("{id}: {found} is not {want}")),
                Err(why) => wrong.push(format!("{id}: {why}")),
            }
        }
    }
    assert!(wrong.is_empty() && right > 250, "{right} right, {} wrong:\n{}", wrong.len(), wrong.join("\n"));
}
