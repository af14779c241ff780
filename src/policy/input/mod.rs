//! From a file to the policies in it, wherever they stand: each with its kind, and places in the file the user wrote.

mod account_details;
mod bearing;
mod cloudformation;
mod command_output;
mod definitions;
mod duplicates;
mod embedded;
mod judged;
mod module;
mod terraform;
#[cfg(test)]
mod tests;
mod text;
mod unknowns;
pub mod walk;
mod yaml;

use std::path::Path;

use super::kind::PolicyKind;
use super::outline::Outline;
use super::syntax::{Node, Origin, Parsed, Span, SyntaxError, Value, parse};
use crate::lint::UnknownPart;

pub use bearing::Bearing;
pub use judged::Unjudged;
pub use module::{ModuleFile, is_configuration, is_of_module};

/// A file that was read.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its text, which spans refer to.
    pub source: String,
    /// What sort of file it is.
    pub format: Format,
    /// The policies in it.
    pub policies: Vec<FoundPolicy>,
    /// Why it could not be read, wholly or in part.
    pub problems: Vec<InputProblem>,
}

/// A policy in a file.
#[derive(Clone, Debug)]
pub struct FoundPolicy {
    /// Where in the file: `aws_iam_policy.lab`; empty for a file that is the policy.
    pub name: String,
    /// What sort of policy it is.
    pub kind: PolicyKind,
    /// Its text as a tree with places in the file, and what is not JSON in it.
    pub parsed: Parsed,
    /// What it means as far as that is certain, where that is not what stands there.
    pub meant: Option<Node>,
    /// Values that only a deployment knows.
    pub unknowns: Vec<UnknownPart>,
    /// Who has it, and when it is there; `None` where the file does not tell.
    pub bearing: Option<Bearing>,
    /// Why its text is not all of it, where something changes it before it is deployed.
    pub doubt: Option<String>,
}

/// Why a file could not be read, wholly or in part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputProblem {
    /// Where, if it is at one place.
    pub span: Option<Span>,
    /// What is wrong and what to do.
    pub message: String,
    /// Whether the file is fine and only holds no policy.
    pub no_policy: bool,
}

/// What sort of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Policy JSON, bare, in a list, or as the AWS CLI prints it.
    Json,
    /// What `terraform show -json` prints.
    TerraformPlan,
    /// Terraform's or `OpenTofu`'s configuration, in its own language or in JSON.
    Terraform,
    /// A CloudFormation or SAM template in JSON.
    CloudFormationJson,
    /// The same, or a Kubernetes manifest, in YAML.
    Yaml,
    /// Something that cannot be read.
    Unreadable,
}

impl InputProblem {
    fn new(span: Option<Span>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), no_policy: false }
    }

    /// Whether the file is fine and only holds no policy.
    #[must_use]
    pub fn is_no_policy(&self) -> bool {
        self.no_policy
    }
}

impl Input {
    fn unreadable(message: impl Into<String>) -> Self {
        Self {
            source: String::new(),
            format: Format::Unreadable,
            policies: Vec::new(),
            problems: vec![InputProblem::new(None, message)],
        }
    }

    /// Whether people write such files, so that an edit of one lasts: not a plan, which a program writes.
    #[must_use]
    pub fn can_be_edited(&self) -> bool {
        !matches!(self.format, Format::TerraformPlan | Format::Unreadable)
    }
}

/// Reads a file. Its name only helps where the text does not tell; `forced` is what the user says its policies are.
#[must_use]
pub fn read(path: &Path, bytes: &[u8], forced: Option<PolicyKind>) -> Input {
    read_in_module(path, bytes, forced, &[])
}

/// As [`read`], of a file of a Terraform module: what its expressions refer to may be defined in the others.
#[must_use]
pub fn read_in_module(path: &Path, bytes: &[u8], forced: Option<PolicyKind>, module: &[ModuleFile]) -> Input {
    let source = match text::decode(bytes) {
        Ok(source) => source,
        Err(message) => return Input::unreadable(message),
    };
    let named = |ends: &[&str]| {
        let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
        ends.iter().any(|end| name.ends_with(end))
    };
    let start = source.trim_start_matches('\u{feff}').trim_start();
    let looks_like_json = start.starts_with(['{', '[', '"']) || start.starts_with("//") || start.starts_with("/*");
    let is_yaml = named(&[".yaml", ".yml"]) || (!looks_like_json && !named(&[".json"]) && yaml::looks_like_it(start));
    let others = || module.iter().filter(|other| other.path != path);
    let mut input = if named(&[".tf", ".tofu"]) {
        read_hcl(source, others())
    } else if is_yaml && !start.starts_with('{') {
        read_yaml(source)
    } else {
        read_json(source, named(&[".tf.json", ".tofu.json"]).then(others))
    };
    for policy in &mut input.policies {
        if let Some(kind) = forced {
            policy.kind = kind;
        }
    }
    if input.policies.is_empty() && input.problems.is_empty() {
        let message = "holds no policy: no object with a Statement, and no resource that carries one";
        input.problems.push(InputProblem { no_policy: true, ..InputProblem::new(None, message) });
    }
    input
}

/// `others` are the other files of the module, where the file is a configuration.
fn read_json<'m>(source: String, others: Option<impl Iterator<Item = &'m ModuleFile>>) -> Input {
    let parsed = parse(&source, &Origin::file());
    let Parsed { root: Some(root), errors } = parsed else {
        let message = parsed.errors.first().map_or("is empty", |error| error.message.as_str());
        let message = format!("is no policy: this {message}");
        return Input { policies: Vec::new(), ..Input { source, ..Input::unreadable(message) } };
    };
    let first = errors.first().cloned();
    let mut found = Found::new(&source, errors);
    let format = if let Some(others) = others {
        terraform::configuration::read_json(&root, others, &mut found);
        Format::Terraform
    } else if cloudformation::is_template(&root) {
        cloudformation::read(&root, &mut found);
        Format::CloudFormationJson
    } else if terraform::plan::is_plan(&root) {
        terraform::plan::read(&root, &mut found);
        Format::TerraformPlan
    } else {
        documents(root, "", &mut found);
        Format::Json
    };
    let Found { policies, mut problems, .. } = found;
    if policies.is_empty()
        && let Some(error) = first
    {
        problems.push(InputProblem::new(Some(error.span), format!("is no JSON: this {}", error.message)));
    }
    Input { source, format, policies, problems }
}

fn read_hcl<'m>(source: String, others: impl Iterator<Item = &'m ModuleFile>) -> Input {
    let mut found = Found::new(&source, Vec::new());
    terraform::configuration::read_hcl(others, &mut found);
    let Found { policies, problems, .. } = found;
    Input { source, format: Format::Terraform, policies, problems }
}

fn read_yaml(source: String) -> Input {
    let documents = match yaml::parse(&source) {
        Ok(documents) => documents,
        Err((span, message)) => {
            let problems = vec![InputProblem::new(Some(span), message)];
            return Input { source, format: Format::Unreadable, policies: Vec::new(), problems };
        }
    };
    let mut found = Found::new(&source, Vec::new());
    for root in documents {
        if cloudformation::is_template(&root) {
            cloudformation::read(&root, &mut found);
        } else {
            self::documents(root, "", &mut found);
        }
    }
    let Found { policies, problems, .. } = found;
    Input { source, format: Format::Yaml, policies, problems }
}

/// What is found in a file, as it is walked.
struct Found<'s> {
    source: &'s str,
    errors: Vec<SyntaxError>,
    policies: Vec<FoundPolicy>,
    problems: Vec<InputProblem>,
    /// Of the policies that are found next: who has them.
    bearing: Option<Bearing>,
    /// Of the policies that are found next: why their text is not all of them.
    doubt: Option<String>,
}

impl<'s> Found<'s> {
    fn new(source: &'s str, errors: Vec<SyntaxError>) -> Self {
        Self { source, errors, policies: Vec::new(), problems: Vec::new(), bearing: None, doubt: None }
    }

    fn keep(&mut self, name: String, kind: PolicyKind, parsed: Parsed) {
        let unknowns = parsed.root.as_ref().map(unknowns::of).unwrap_or_default();
        let (bearing, doubt) = (self.bearing.clone(), self.doubt.clone());
        self.policies.push(FoundPolicy { name, kind, parsed, meant: None, unknowns, bearing, doubt });
    }

    /// Says what the policy that was found last means, where that is not what stands there.
    fn mean(&mut self, meant: Option<Node>) {
        if let (Some(meant), Some(policy)) = (meant, self.policies.last_mut()) {
            policy.unknowns = unknowns::of(&meant);
            policy.meant = Some(meant);
        }
    }

    /// A policy that stands in the file as it is.
    fn push(&mut self, name: impl Into<String>, kind: Option<PolicyKind>, root: Node) {
        let kind = kind.unwrap_or_else(|| Outline::of(&root).infer_kind());
        let within = |error: &&SyntaxError| root.span.contains(error.span) || name_is_whole(&root, self.source);
        let errors = self.errors.iter().filter(within).cloned().collect();
        self.keep(name.into(), kind, Parsed { root: Some(root), errors });
    }

    /// A policy that stands in the file as an object, or as text within a string.
    fn push_either(&mut self, name: impl Into<String>, kind: Option<PolicyKind>, node: Node) {
        match &node.value {
            Value::String(_) => self.push_embedded(name.into(), kind, &node),
            Value::Unknown(_) => {
                let kind = kind.unwrap_or(PolicyKind::Identity);
                self.keep(name.into(), kind, Parsed { root: Some(node), errors: Vec::new() });
            }
            _ => self.push(name, kind, node),
        }
    }

    fn push_embedded(&mut self, name: String, kind: Option<PolicyKind>, node: &Node) {
        let Some((text, origin)) = embedded::decode(self.source, node) else { return };
        if text.trim().is_empty() {
            return;
        }
        let parsed = parse(&text, &origin);
        let inferred = parsed.root.as_ref().map(|root| Outline::of(root).infer_kind());
        let kind = kind.or(inferred).unwrap_or(PolicyKind::Identity);
        self.keep(name, kind, parsed);
    }
}

/// Whether a value is all of the file, so that errors around it are its own.
fn name_is_whole(root: &Node, source: &str) -> bool {
    let before = source.get(..root.span.start as usize).unwrap_or_default();
    !before.contains(['{', '['])
}

/// Finds policies in what is neither a template nor a plan: documents, lists of them, and what the AWS CLI prints.
fn documents(root: Node, name: &str, found: &mut Found<'_>) {
    if Outline::is_policy_like(&root) {
        found.push(name, None, root);
        return;
    }
    if account_details::is_it(&root) {
        account_details::read(root, found);
        return;
    }
    match root.value {
        Value::Array(items) => {
            for (i, item) in items.into_iter().enumerate() {
                documents(item, &format!("{name}[{i}]"), found);
            }
        }
        Value::Object(_) => command_output::read(root, name, found),
        _ => {}
    }
}
