//! A policy document as a model: what its JSON says, in types.
//!
//! Statements, patterns and values keep their order, so that a place in the model (`Statement[1].Action[0]`) is also a
//! place in the text.

mod read;

use std::fmt;

/// A policy document.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// `2012-10-17`; AWS reads a missing one as `2008-10-17`, in which variables are plain text.
    pub version: Option<String>,
    /// Its own identifier; few policies have one.
    pub id: Option<String>,
    /// What it allows and denies.
    pub statements: Vec<Statement>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Its name.
    pub sid: Option<String>,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Whom it is about; policies of a principal have none.
    pub principal: Option<PrincipalMatch>,
    /// `Action` or `NotAction`.
    pub action: Match,
    /// `Resource` or `NotResource`; trust policies have none and mean the role itself.
    pub resource: Option<Match>,
    /// All of them must hold.
    pub conditions: Vec<Condition>,
}

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, whatever else allows.
    Deny,
}

/// A list of patterns, or everything but a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Whether it stands for everything but these: `NotAction`, `NotResource`.
    pub negated: bool,
    /// The patterns in their order.
    pub patterns: Vec<String>,
}

/// A list of principals, or everybody but a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrincipalMatch {
    /// Whether it stands for everybody but these: `NotPrincipal`.
    pub negated: bool,
    /// The principals in their order.
    pub principals: Vec<Principal>,
}

/// Somebody or something that a statement is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Principal {
    /// `"*"`, which is everybody, signed in or not.
    Everyone,
    /// An account, its root, a user, a role or a session; `"AWS": "*"` is [`Principal::Everyone`].
    Aws(String),
    /// An AWS service: `lambda.amazonaws.com`.
    Service(String),
    /// An identity provider: the ARN of a SAML or OIDC provider, or one that AWS knows by name.
    Federated(String),
    /// An account by the id that S3's ACLs use.
    CanonicalUser(String),
}

/// One line of a condition block: an operator, a key and its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// How the key's value in a request is compared.
    pub operator: Operator,
    /// The key as written; case does not count.
    pub key: String,
    /// Any of these (of a negated operator: none of these); numbers and booleans as text.
    pub values: Vec<String>,
}

/// A condition operator in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// What compares: `StringLike`.
    pub base: String,
    /// Whether a key that is absent satisfies it: `…IfExists`.
    pub if_exists: bool,
    /// How a key with several values is compared.
    pub quantifier: Option<Quantifier>,
}

/// How a key with several values is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantifier {
    /// `ForAllValues:` every value of the request must match; satisfied when there is none.
    ForAllValues,
    /// `ForAnyValue:` one value of the request must match.
    ForAnyValue,
}

/// Why a JSON value is not a policy document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a policy document: {place} {problem}")]
pub struct NotAPolicy {
    /// Where in the document: `Statement[1].Effect`.
    pub place: String,
    /// What is wrong there.
    pub problem: String,
}

impl Document {
    /// Whether `${…}` is replaced in it: AWS reads a missing version as 2008-10-17, which has no variables.
    #[must_use]
    pub fn has_variables(&self) -> bool {
        self.version.as_deref() == Some("2012-10-17")
    }

    /// The statements with this effect, each with its place in the document, from 0.
    pub fn with_effect(&self, effect: Effect) -> impl Iterator<Item = (usize, &Statement)> {
        self.statements.iter().enumerate().filter(move |(_, statement)| statement.effect == effect)
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.quantifier {
            Some(Quantifier::ForAllValues) => f.write_str("ForAllValues:")?,
            Some(Quantifier::ForAnyValue) => f.write_str("ForAnyValue:")?,
            None => {}
        }
        f.write_str(&self.base)?;
        if self.if_exists { f.write_str("IfExists") } else { Ok(()) }
    }
}

impl Principal {
    /// What names it: `*`, an ARN, an account, a service, a provider, an id.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Everyone => "*",
            Self::Aws(name) | Self::Service(name) | Self::Federated(name) | Self::CanonicalUser(name) => name,
        }
    }
}

impl Operator {
    /// Cuts an operator into its parts; any text is one, whether AWS knows it or not.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (quantifier, rest) = if let Some(rest) = strip_prefix_ignore_case(text, "ForAllValues:") {
            (Some(Quantifier::ForAllValues), rest)
        } else if let Some(rest) = strip_prefix_ignore_case(text, "ForAnyValue:") {
            (Some(Quantifier::ForAnyValue), rest)
        } else {
            (None, text)
        };
        let at = rest.len().saturating_sub("IfExists".len());
        match rest.get(at..) {
            Some(end) if at > 0 && end.eq_ignore_ascii_case("IfExists") => {
                Self { base: rest[..at].to_owned(), if_exists: true, quantifier }
            }
            _ => Self { base: rest.to_owned(), if_exists: false, quantifier },
        }
    }

    /// Whether the base operator is this one, in upper or lower case.
    #[must_use]
    pub fn is(&self, base: &str) -> bool {
        self.base.eq_ignore_ascii_case(base)
    }

    /// Whether it holds when the key has none of the values: `StringNotEquals`, `ArnNotLike`, `NotIpAddress` …
    #[must_use]
    pub fn is_negated(&self) -> bool {
        let base = self.base.to_ascii_lowercase();
        base.contains("notequals") || base.contains("notlike") || base == "notipaddress"
    }

    /// Whether it is satisfied by a request that does not have the key at all.
    #[must_use]
    pub fn holds_without_the_key(&self) -> bool {
        self.if_exists || self.is_negated() || self.quantifier == Some(Quantifier::ForAllValues)
    }
}

impl Condition {
    /// Whether it is about this key, in upper or lower case.
    #[must_use]
    pub fn is_about(&self, key: &str) -> bool {
        self.key.eq_ignore_ascii_case(key)
    }
}

fn strip_prefix_ignore_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}
