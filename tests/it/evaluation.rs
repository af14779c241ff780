//! AWS's documented evaluation cases: each row of `tests/fixtures/evaluation/cases.toml` through the evaluator.

use std::collections::BTreeMap;
use std::path::Path;

use afterlab::policy::Document;
use afterlab::policy::eval::{
    Caller, Circumstances, Context, Named, Policies, Request, Values, Verdict, decide, decides_alone,
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Table {
    case: Vec<Case>,
}

/// A row; [the file](self) says what its members mean.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    page: String,
    says: String,
    expect: Expected,
    principal: String,
    action: String,
    resource: String,
    #[serde(default)]
    identity: Vec<Value>,
    boundary: Option<Vec<Value>>,
    session: Option<Vec<Value>>,
    resource_policy: Option<Vec<Value>>,
    #[serde(default)]
    resource_policy_unread: bool,
    #[serde(default)]
    scps: Vec<Vec<Value>>,
    #[serde(default)]
    rcps: Vec<Vec<Value>>,
    endpoint: Option<Vec<Value>>,
    #[serde(default)]
    context: BTreeMap<String, OneOrMany>,
    #[serde(default)]
    open: bool,
    #[serde(default = "newest")]
    version: String,
    resource_account: Option<String>,
    #[serde(default)]
    caller_in_management_account: bool,
    #[serde(default)]
    resource_in_management_account: bool,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Expected {
    Allow,
    Deny,
    Implicit,
    Unknown,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

fn newest() -> String {
    "2012-10-17".to_owned()
}

impl Case {
    fn document(&self, statements: &[Value]) -> Document {
        let value = json!({"Version": self.version, "Statement": statements});
        Document::from_value(&value).unwrap_or_else(|error| panic!("{}: {error}", self.says))
    }

    fn request(&self) -> Request {
        let mut context = if self.open { Context::open() } else { Context::complete() };
        for (key, value) in &self.context {
            context.set(
                key,
                match value {
                    OneOrMany::One(value) => Values::One(value.clone()),
                    OneOrMany::Many(values) => Values::Many(values.clone()),
                },
            );
        }
        let mut principal = Caller::parse(&self.principal).unwrap_or_else(|error| panic!("{}: {error}", self.says));
        if let Caller::Federated(_) = principal {
            assert!(self.action.starts_with("sts:AssumeRoleWith"), "{}", self.says);
        }
        if let Caller::Session { role, .. } = &mut principal {
            *role = Some("arn:aws:iam::111122223333:role/lab".to_owned());
        }
        Request { principal, action: self.action.clone(), resource: self.resource.clone(), context }.with_derived_keys()
    }

    fn verdict(&self) -> Expected {
        let identity = self.document(&self.identity);
        let one = |statements: &Option<Vec<Value>>| statements.as_ref().map(|own| self.document(own));
        let (boundary, session) = (one(&self.boundary), one(&self.session));
        let (resource, endpoint) = (one(&self.resource_policy), one(&self.endpoint));
        let levels = |levels: &[Vec<Value>]| levels.iter().map(|own| self.document(own)).collect::<Vec<_>>();
        let (scps, rcps) = (levels(&self.scps), levels(&self.rcps));
        let named = |document| Named::read("a policy", document);
        let policies = Policies {
            identity: vec![named(&identity)],
            boundary: boundary.as_ref().map(named),
            session: session.as_ref().map(named).into_iter().collect(),
            resource: if self.resource_policy_unread {
                Some(Named::unread("a policy", "it was not read"))
            } else {
                resource.as_ref().map(named)
            },
            scps: scps.iter().map(|own| vec![named(own)]).collect(),
            rcps: rcps.iter().map(|own| vec![named(own)]).collect(),
            endpoint: endpoint.as_ref().map(named),
        };
        let circumstances = Circumstances {
            resource_account: self.resource_account.clone(),
            resource_decides: decides_alone(&self.action, &self.resource),
            caller_in_management_account: self.caller_in_management_account,
            resource_in_management_account: self.resource_in_management_account,
        };
        let decision = decide(&self.request(), &policies, &circumstances);
        match decision.verdict {
            Verdict::Allowed => Expected::Allow,
            Verdict::ExplicitlyDenied => Expected::Deny,
            Verdict::ImplicitlyDenied => Expected::Implicit,
            Verdict::Unknown(doubts) => {
                assert!(!doubts.is_empty(), "{}", self.says);
                Expected::Unknown
            }
        }
    }
}

#[test]
fn requests_are_decided_as_aws_documents() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/evaluation/cases.toml");
    let table: Table = toml::from_str(&std::fs::read_to_string(file).expect("cases.toml")).expect("cases");
    assert!(table.case.len() >= 150);
    let mut wrong = Vec::new();
    for case in &table.case {
        assert!(case.page.starts_with("https://docs.aws.amazon.com/"), "{}", case.says);
        let verdict = case.verdict();
        if verdict != case.expect {
            wrong.push(format!("{:?}, not {:?}: {} ({})", verdict, case.expect, case.says, case.page));
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), table.case.len(), wrong.join("\n"));
}
