//! The flags of a question: what is asked, and what the account does not tell.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::access::{AccountView, Given, NotAHolder, Question, ResourcePolicy};
use crate::cli::CliError;
use crate::cli::output::say;
use crate::policy::Document;
use crate::policy::catalogue::Catalogue;
use crate::policy::eval::{Context, Named, Values};
use crate::policy::outline::Outline;
use crate::policy::syntax::{Lines, Origin, parse};
use crate::text::closest;

/// What is asked
#[derive(Args, Clone, Debug)]
pub(super) struct QuestionArgs {
    /// The action: s3:GetObject
    #[arg(long, value_name = "ACTION", value_parser = action)]
    action: String,

    /// The resource: an ARN, * for an action that knows none, or a pattern for all that it matches
    #[arg(long, value_name = "ARN", value_parser = resource)]
    resource: String,

    /// A condition key of the request; repeat it for a key of several values
    #[arg(long = "context", value_name = "KEY=VALUE", value_parser = pair, help_heading = "The request")]
    context: Vec<(String, String)>,

    /// A condition key that the request does not have
    #[arg(long = "without", value_name = "KEY", help_heading = "The request")]
    without: Vec<String>,

    /// The resource's own policy, or none; without it, what was read of the account
    #[arg(long, value_name = "FILE|none", help_heading = "What the account does not tell")]
    resource_policy: Option<PathBuf>,

    /// The account that the resource belongs to
    #[arg(long, value_name = "ID", value_parser = account, help_heading = "What the account does not tell")]
    resource_account: Option<String>,

    /// A session policy
    #[arg(long = "session-policy", value_name = "FILE", help_heading = "What the account does not tell")]
    session: Vec<PathBuf>,

    /// A service control policy; each one is a level that must allow
    #[arg(long = "scp", value_name = "FILE", help_heading = "What the account does not tell")]
    scps: Vec<PathBuf>,

    /// A resource control policy; each one is a level that must allow
    #[arg(long = "rcp", value_name = "FILE", help_heading = "What the account does not tell")]
    rcps: Vec<PathBuf>,
}

/// The policy files of a question.
pub(super) struct PolicyFiles {
    /// The resource's, where one is given.
    resource: Option<PolicyFile>,
    /// Whether the resource is said to have none.
    resource_has_none: bool,
    resource_account: Option<String>,
    session: Vec<PolicyFile>,
    scps: Vec<PolicyFile>,
    rcps: Vec<PolicyFile>,
}

/// A policy with the lines of its file.
pub(super) struct PolicyFile {
    name: String,
    document: Document,
    lines: Vec<usize>,
}

impl QuestionArgs {
    /// What is asked.
    pub(super) fn question(&self) -> Question {
        let mut context = Context::open();
        for (key, _) in &self.context {
            let values: Vec<String> = self
                .context
                .iter()
                .filter(|(own, _)| own.eq_ignore_ascii_case(key))
                .map(|(_, value)| value.clone())
                .collect();
            let is_many = Catalogue::embedded().condition_key(key).is_some_and(|key| key.kind.many);
            match values.as_slice() {
                [one] if !is_many => context.set_one(key, one),
                _ => context.set(key, Values::Many(values)),
            }
        }
        for key in &self.without {
            context.set_absent(key);
        }
        Question { action: self.action.clone(), resource: self.resource.clone(), context }
    }

    /// Reads the policy files.
    pub(super) fn files(&self) -> Result<PolicyFiles, CliError> {
        let all = |paths: &[PathBuf]| paths.iter().map(|path| PolicyFile::read(path)).collect::<Result<Vec<_>, _>>();
        let resource_has_none = self.resource_policy.as_deref() == Some(Path::new("none"));
        let resource =
            self.resource_policy.as_deref().filter(|_| !resource_has_none).map(PolicyFile::read).transpose()?;
        Ok(PolicyFiles {
            resource,
            resource_has_none,
            resource_account: self.resource_account.clone(),
            session: all(&self.session)?,
            scps: all(&self.scps)?,
            rcps: all(&self.rcps)?,
        })
    }

    /// Says on standard error when IAM has no such action, so that a slip of the keys is not taken for a denial.
    pub(super) fn warn_of_unknown_action(&self) {
        let catalogue = Catalogue::embedded();
        if catalogue.action(&self.action).is_some() {
            return;
        }
        let meant = closest_action(&self.action).map(|name| format!("; did you mean {name}?")).unwrap_or_default();
        say(&format!("{} is no action that IAM had on {}{meant}", self.action, catalogue.date()));
    }

    /// Whether the action is about S3, whose bucket policies are then to be read.
    pub(super) fn is_about_s3(&self) -> bool {
        self.resource.split(':').nth(2) == Some("s3")
    }

    /// Whether the action is about Lambda, whose functions are then to be read.
    pub(super) fn is_about_functions(&self) -> bool {
        self.resource.split(':').nth(2) == Some("lambda")
    }
}

impl PolicyFiles {
    /// What the evaluator is given.
    pub(super) fn given(&self) -> Given<'_> {
        Given {
            resource_policy: match &self.resource {
                Some(policy) => ResourcePolicy::Given(policy.named()),
                None if self.resource_has_none => ResourcePolicy::None,
                None => ResourcePolicy::OfAccount,
            },
            resource_account: self.resource_account.clone(),
            session: self.session.iter().map(PolicyFile::named).collect(),
            scps: self.scps.iter().map(|own| vec![own.named()]).collect(),
            rcps: self.rcps.iter().map(|own| vec![own.named()]).collect(),
        }
    }
}

impl PolicyFile {
    /// Reads a policy, which a file of JSON is.
    pub(super) fn read(path: &Path) -> Result<Self, CliError> {
        let text = super::read_text(path)?;
        let name = path.display().to_string();
        let parsed = parse(&text, &Origin::file());
        let lines = Lines::of(&text);
        if let Some(error) = parsed.errors.first() {
            let at = lines.position(error.span.start);
            return Err(CliError::new(format!("{name}:{}:{} {}", at.line, at.column, error.message)));
        }
        let root = parsed.root.ok_or_else(|| CliError::new(format!("{name} is empty")))?;
        let document = Document::from_value(&root.to_json()).map_err(|error| {
            CliError::new(format!("{name} is {error}")).help("`afterlab policy check` says what is wrong with it")
        })?;
        let outline = Outline::of(&root);
        let lines = outline.statements.iter().map(|own| lines.position(own.node.span.start).line).collect();
        Ok(Self { name, document, lines })
    }

    /// Whether it says who may, as policies of resources do.
    pub(super) fn names_principals(&self) -> bool {
        self.document.statements.iter().any(|own| own.principal.is_some())
    }

    /// It with its name and lines.
    pub(super) fn named(&self) -> Named<'_> {
        Named { lines: self.lines.clone(), ..Named::read(self.name.as_str(), &self.document) }
    }
}

/// The action of the same service that a name is most like.
pub(super) fn closest_action(name: &str) -> Option<String> {
    let service = Catalogue::embedded().service(name.split_once(':')?.0)?;
    let names: Vec<String> =
        service.actions().iter().map(|action| format!("{}:{}", service.prefix, action.name)).collect();
    closest(name, names.iter().map(String::as_str)).map(str::to_owned)
}

/// The error for a name that no user and no role has.
pub(in crate::cli) fn no_such_principal(account: &AccountView<'_>, unknown: NotAHolder) -> CliError {
    let error = CliError::new(unknown.to_string());
    match (unknown, account.unread_lists().as_slice()) {
        (NotAHolder::Ambiguous(name), _) => error.help(format!("name it user/{name} or role/{name}")),
        (NotAHolder::Unknown { closest: Some(closest), .. }, _) => error.help(format!("did you mean {closest}?")),
        (NotAHolder::Unknown { .. }, []) => error.help("name it like role/lab or user/ann, or by its ARN"),
        (NotAHolder::Unknown { .. }, unread) => {
            error.help(format!("not all {} were read; it may be one of them", unread.join(" and ")))
        }
    }
}

fn action(text: &str) -> Result<String, String> {
    if text.contains(['*', '?']) {
        return Err(
            "a request has one action; `afterlab policy actions PATTERN` lists what a pattern matches".to_owned()
        );
    }
    match text.split_once(':') {
        Some((service, name)) if !service.is_empty() && !name.is_empty() => Ok(text.to_owned()),
        _ => Err("an action looks like s3:GetObject".to_owned()),
    }
}

fn resource(text: &str) -> Result<String, String> {
    if text == "*" || (text.starts_with("arn:") && text.split(':').count() >= 6) {
        return Ok(text.to_owned());
    }
    Err("a resource is an ARN such as arn:aws:s3:::bucket/key, or *".to_owned())
}

fn account(text: &str) -> Result<String, String> {
    text.parse::<crate::inventory::AccountId>().map(String::from)
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if key.contains(':') => Ok((key.to_owned(), value.to_owned())),
        _ => Err("it looks like aws:SourceIp=203.0.113.7; --without KEY is for a key that is absent".to_owned()),
    }
}
