//! One question to an account: may this principal do that.

use serde_json::Value;

use super::account::named;
use super::{AccountView, Holder};
use crate::inventory::Known;
use crate::policy::Document;
use crate::policy::eval::{Caller, Circumstances, Context, Decision, Named, Policies, Request, decide, decides_alone};
use crate::policy::kind::RESOURCE_TYPES;
use crate::policy::matching::fields;
use crate::policy::trust::account_of;

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question {
    /// `s3:GetObject`.
    pub action: String,
    /// An ARN, `*`, or a pattern that stands for everything it matches.
    pub resource: String,
    /// What is known of the request.
    pub context: Context,
}

/// What the asker adds to what was read.
#[derive(Clone, Debug, Default)]
pub struct Given<'a> {
    /// The resource's policy, or that it has none; nothing when the account is to tell.
    pub resource_policy: Option<Option<Named<'a>>>,
    /// The account that the resource belongs to.
    pub resource_account: Option<String>,
    /// Session policies.
    pub session: Vec<Named<'a>>,
    /// Service control policies, level by level.
    pub scps: Vec<Vec<Named<'a>>>,
    /// Resource control policies, level by level.
    pub rcps: Vec<Vec<Named<'a>>>,
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Who was asked about, as people call it.
    pub principal: String,
    /// What came out, and by what.
    pub decision: Decision,
    /// What was taken for granted.
    pub assumptions: Vec<String>,
}

/// Services of [`RESOURCE_TYPES`] whose policies sit on something else than what their actions are about.
const ELSEWHERE: &[&str] = &["ec2", "iot"];

/// The policy of a resource, as far as it was read.
enum OfResource<'a> {
    /// It has none, or is of a type that cannot have any.
    None,
    Read(Named<'a>),
    /// It was read as a text within something else.
    Owned(String, Box<Document>),
    Unread(String),
}

/// Whether a principal of the account may do something.
#[must_use]
pub fn ask(account: &AccountView<'_>, holder: &Holder<'_>, question: &Question, given: &Given<'_>) -> Answer {
    let mut context = question.context.clone();
    holder.set_context(&mut context);
    let mut answer = decide_for(account, holder.caller(), &holder.policies, question, context, given);
    answer.principal.clone_from(&holder.name);
    answer
}

/// Every user and role of the account, each with what came out for it.
#[must_use]
pub fn who(account: &AccountView<'_>, question: &Question, given: &Given<'_>) -> Vec<Answer> {
    account.holders.iter().map(|holder| ask(account, holder, question, given)).collect()
}

fn decide_for(
    account: &AccountView<'_>,
    caller: Caller,
    own: &Policies<'_>,
    question: &Question,
    context: Context,
    given: &Given<'_>,
) -> Answer {
    let own_account = account.inventory.account.id.as_str();
    let mut assumptions = Vec::new();
    let is_pattern = question.resource.contains(['*', '?']);
    let of_resource = match &given.resource_policy {
        Some(Some(policy)) => OfResource::Read(policy.clone()),
        Some(None) => OfResource::None,
        None => of_resource(account, &question.action, &question.resource),
    };
    let resource = match &of_resource {
        OfResource::None => None,
        OfResource::Read(named) => Some(named.clone()),
        OfResource::Owned(name, document) => Some(Named::read(name.as_str(), document)),
        OfResource::Unread(why) => Some(Named::unread("policy of the resource", why)),
    };
    if given.resource_policy.is_none() && is_pattern {
        assumptions.push("no policy of a single resource is looked at, as the question is about a pattern".to_owned());
    }
    if given.scps.is_empty() && given.rcps.is_empty() {
        assumptions
            .push("no service or resource control policy of an organization was given, and none limits".to_owned());
    }
    let of_arn = account_of(&question.resource).map(str::to_owned);
    let resource_account = given.resource_account.clone().or(of_arn);
    if resource_account.is_none() && fields(&question.resource).is_some() {
        assumptions.push(format!("the resource belongs to account {own_account}, as its ARN names none"));
    }
    let request =
        Request { principal: caller, action: question.action.clone(), resource: question.resource.clone(), context }
            .with_derived_keys();
    let mut request = request;
    request.context.set_if_not_given("aws:ResourceAccount", resource_account.as_deref().unwrap_or(own_account));
    let policies = Policies {
        identity: own.identity.clone(),
        boundary: own.boundary.clone(),
        session: given.session.clone(),
        resource,
        scps: given.scps.clone(),
        rcps: given.rcps.clone(),
        endpoint: None,
    };
    let circumstances = Circumstances {
        resource_account,
        resource_decides: !is_pattern && decides_alone(&question.action, &question.resource),
        resource_is_pattern: is_pattern,
        ..Circumstances::default()
    };
    let principal = request.principal.to_string();
    Answer { principal, decision: decide(&request, &policies, &circumstances), assumptions }
}

/// The policy of the resource that a request is about.
fn of_resource<'a>(account: &AccountView<'a>, action: &str, resource: &str) -> OfResource<'a> {
    let Some(parts) = fields(resource) else { return OfResource::None };
    if resource.contains(['*', '?']) {
        return OfResource::None;
    }
    let service = parts[2];
    if action.to_ascii_lowercase().starts_with("sts:assumerole") && service == "iam" {
        let role = account.holders.iter().find(|holder| holder.arn == resource);
        return match role.and_then(Holder::trust) {
            Some(trust) => OfResource::Read(trust),
            None => OfResource::Unread(format!("{resource} is no role that was read of the account")),
        };
    }
    match service {
        "s3" => of_bucket(account, parts[5].split('/').next().unwrap_or_default()),
        "lambda" => of_function(account, resource),
        _ if ELSEWHERE.contains(&service) || !RESOURCE_TYPES.iter().any(|kind| kind.service == service) => {
            OfResource::None
        }
        _ => OfResource::Unread(format!("the resource's own policy was not read ({service} resources can have one)")),
    }
}

fn of_bucket<'a>(account: &AccountView<'a>, name: &str) -> OfResource<'a> {
    let buckets = &account.inventory.s3.buckets;
    let Some(bucket) = buckets.items().iter().find(|bucket| bucket.name == name) else {
        return OfResource::Unread(format!("bucket {name} was not read of this account"));
    };
    match &bucket.policy {
        Known::Value(None) => OfResource::None,
        Known::Value(Some(policy)) => OfResource::Read(named(format!("policy of bucket {name}"), policy)),
        Known::Gap(_) => OfResource::Unread(format!("the policy of bucket {name} was not read")),
    }
}

/// A function's policy, which `lambda:GetPolicy` gives as a text.
fn of_function<'a>(account: &AccountView<'a>, arn: &str) -> OfResource<'a> {
    let unread = |why: &str| OfResource::Unread(format!("the policy of {arn} {why}"));
    let functions = account.inventory.resources.of("AWS::Lambda::Function");
    let function = functions.and_then(|list| list.items().iter().find(|own| own.arn.as_deref() == Some(arn)));
    let Some(function) = function else { return unread("was not read") };
    match function.properties.get("ResourcePolicy") {
        Some(Value::Null) => OfResource::None,
        Some(policy) => {
            let text = policy.get("Policy").and_then(Value::as_str);
            let value = text.and_then(|text| serde_json::from_str::<Value>(text).ok());
            match value.as_ref().map(Document::from_value) {
                Some(Ok(document)) => {
                    OfResource::Owned(format!("policy of function {}", function.name), Box::new(document))
                }
                Some(Err(error)) => unread(&format!("is {error}")),
                None => unread("is no JSON"),
            }
        }
        None => unread("was not read"),
    }
}
