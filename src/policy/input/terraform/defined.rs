//! What a file of a module defines.

use std::fmt::Write as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::configuration::resources;
use super::policy_document::DOCUMENT;
use super::{hcl, items, json};
use crate::policy::input::module::holds_values;
use crate::policy::syntax::{Hole, Member, Node, Origin, parse};

/// What an expression names, and whether it is more than what it is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::policy::input) struct Reference {
    /// `var.lab`, `local.lab`, `aws_s3_bucket.lab`, `data.aws_iam_policy.lab`, `module.lab`.
    pub(super) name: String,
    pub(super) is_whole: bool,
}

/// Arguments of variables and resources that do not change the value of an expression.
const DESCRIPTIVE: &[&str] = &["depends_on", "description", "lifecycle", "sensitive", "tags", "tags_all"];

/// Arguments that decide what a resource is called, by type.
const NAMES: &[(&str, &[&str])] = &[
    ("aws_cloudwatch_log_group", &["name", "name_prefix"]),
    ("aws_dynamodb_table", &["name"]),
    ("aws_ecr_repository", &["name"]),
    ("aws_iam_group", &["name", "path"]),
    ("aws_iam_policy", &["name", "name_prefix", "path"]),
    ("aws_iam_role", &["name", "name_prefix", "path"]),
    ("aws_iam_user", &["name", "path"]),
    ("aws_kinesis_stream", &["name"]),
    ("aws_kms_key", &[]),
    ("aws_lambda_function", &["function_name"]),
    ("aws_s3_bucket", &["bucket", "bucket_prefix"]),
    ("aws_secretsmanager_secret", &["name", "name_prefix"]),
    ("aws_sfn_state_machine", &["name", "name_prefix"]),
    ("aws_sns_topic", &["name", "name_prefix", "fifo_topic"]),
    ("aws_sqs_queue", &["name", "name_prefix", "fifo_queue"]),
];

/// Arguments that decide where a resource is and how many there are.
const PLACES: &[&str] = &["count", "for_each", "provider", "region"];

/// What a file defines.
#[derive(Clone, Debug, Default)]
pub(in crate::policy::input) struct Defined {
    /// Each definition with its text; a name may have several.
    pub(super) texts: Vec<(Reference, String)>,
    /// A digest of a file that cannot be read, which may say anything; empty of all others.
    pub(super) unread: String,
}

impl Defined {
    /// What a configuration defines.
    pub(super) fn of(root: &Node) -> Self {
        let mut own = Self::default();
        own.add(root, |_| true);
        own
    }

    /// What another file of the module defines, as far as it is not judged there.
    pub(in crate::policy::input) fn of_file(path: &Path, bytes: &[u8]) -> Self {
        let mut own = Self::default();
        match std::str::from_utf8(bytes).ok().and_then(|text| root(path, text)) {
            // Writing to a String cannot fail.
            None => drop(write!(own.unread, "{:?} ", Sha256::digest(bytes).as_slice())),
            Some(root) if holds_values(path) => {
                for value in members(&root) {
                    let text = spelled(&value.value.to_json_with_holes().to_string());
                    own.define(format!("var.{}", value.key.as_str()), true, format!("is {text}; "));
                }
            }
            Some(root) => own.add(&root, |kind| kind != DOCUMENT),
        }
        own
    }

    fn add(&mut self, root: &Node, is_data: impl Fn(&str) -> bool) {
        for (group, prefix) in [("variable", "var"), ("module", "module")] {
            for member in root.get(group).map(items).unwrap_or_default().iter().flat_map(members) {
                for body in items(&member.value) {
                    self.define(format!("{prefix}.{}", member.key.as_str()), true, told(body, |_| true));
                }
            }
        }
        for local in root.get("locals").map(items).unwrap_or_default().iter().flat_map(members) {
            let text = spelled(&local.value.to_json_with_holes().to_string());
            self.define(format!("local.{}", local.key.as_str()), true, text);
        }
        for (kind, name, body) in resources(root, "data").filter(|(kind, ..)| is_data(kind)) {
            self.define(format!("data.{kind}.{name}"), true, told(body, |_| true));
        }
        for (kind, name, body) in resources(root, "resource") {
            let known = NAMES.iter().find(|(own, _)| *own == kind);
            let is_name = |key: &str| known.is_none_or(|(_, names)| names.contains(&key) || PLACES.contains(&key));
            self.define(format!("{kind}.{name}"), false, told(body, is_name));
            self.define(format!("{kind}.{name}"), true, told(body, |_| true));
        }
    }

    fn define(&mut self, name: String, is_whole: bool, text: String) {
        self.texts.push((Reference { name, is_whole }, text));
    }
}

fn root(path: &Path, text: &str) -> Option<Node> {
    if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("json")) {
        return parse(text, &Origin::file()).root.map(|root| json::evaluate(text, &root).0);
    }
    hcl::parse(text).ok().map(|(root, _)| root)
}

/// A text with the whole expressions in the place of holes.
pub(super) fn spelled(text: &str) -> String {
    if !Hole::are_in(text) {
        return text.to_owned();
    }
    text.chars().fold(String::with_capacity(text.len()), |mut spelt, letter| {
        match Hole::from_letter(letter) {
            Some(hole) => spelt.extend(["${", &spelled(&hole.expression()), "}"]),
            None => spelt.push(letter),
        }
        spelt
    })
}

fn members(node: &Node) -> &[Member] {
    node.object().unwrap_or_default()
}

/// The text of a block but for what only describes it.
fn told(body: &Node, is_told: impl Fn(&str) -> bool) -> String {
    let told = members(body).iter().filter(|member| {
        let key = member.key.as_str();
        !DESCRIPTIVE.contains(&key) && is_told(key)
    });
    told.fold(String::new(), |mut text, member| {
        let value = spelled(&member.value.to_json_with_holes().to_string());
        // Writing to a String cannot fail.
        let _ = write!(text, "{} = {value}; ", member.key.as_str());
        text
    })
}
