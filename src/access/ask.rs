//! One question to an account: may this principal do that.

use serde_json::Value;

use super::account::named;
use super::{AccountView, Holder};
use crate::inventory::Known;
use crate::policy::Document;
use crate::policy::catalogue::Catalogue;
use crate::policy::eval::{
    Caller, Circumstances, Context, Decision, Named, Policies, Request, decide, decide_by, decides_alone,
};
use crate::policy::kind::RESOURCE_TYPES;
use crate::policy::matching::fields;
use crate::policy::model::{Effect, Principal};
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
    /// The resource's policy.
    pub resource_policy: ResourcePolicy<'a>,
    /// The account that the resource belongs to.
    pub resource_account: Option<String>,
    /// Session policies.
    pub session: Vec<Named<'a>>,
    /// Service control policies, level by level.
    pub scps: Vec<Vec<Named<'a>>>,
    /// Resource control policies, level by level.
    pub rcps: Vec<Vec<Named<'a>>>,
}

/// The policy of the resource that is asked about.
#[derive(Clone, Debug, Default)]
pub enum ResourcePolicy<'a> {
    /// As the account has it.
    #[default]
    OfAccount,
    /// It has none.
    None,
    /// This one.
    Given(Named<'a>),
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
    Asked::of(account, question, given).for_holder(holder)
}

/// Whether somebody may do something who is no user and no role of the account: a session of one of its roles, its root
/// user, a service, another account, anybody. None for a user or a role that the account would have and was not read.
#[must_use]
pub fn ask_outsider(
    account: &AccountView<'_>,
    caller: &Caller,
    question: &Question,
    given: &Given<'_>,
) -> Option<Answer> {
    Asked::of(account, question, given).for_outsider(caller)
}

/// Whether a policy by itself allows somebody to do something.
#[must_use]
pub fn ask_policy(policy: &Named<'_>, caller: &Caller, question: &Question) -> Answer {
    let Question { action, resource, context } = question.clone();
    let request = Request { principal: caller.clone(), action, resource, context }.with_derived_keys();
    let is_pattern = question.resource.contains(['*', '?']) && !is_the_resource(question);
    let decision = decide_by(policy, &request, is_pattern);
    Answer { principal: called(caller), decision, assumptions: vec!["no other policy has a say".to_owned()] }
}

/// Every user and role of the account, and everybody else whom the resource's policy names, each with what came out.
#[must_use]
pub fn who(account: &AccountView<'_>, question: &Question, given: &Given<'_>) -> Vec<Answer> {
    let asked = Asked::of(account, question, given);
    let holders = account.holders.iter().map(|holder| asked.for_holder(holder));
    let others = asked.others();
    holders.chain(others.iter().filter_map(|caller| asked.for_outsider(caller))).collect()
}

/// A question with all that is the same for every caller.
struct Asked<'q, 'a> {
    account: &'q AccountView<'a>,
    question: &'q Question,
    given: &'q Given<'q>,
    of_resource: OfResource<'q>,
    resource_account: Option<String>,
    is_pattern: bool,
    assumptions: Vec<String>,
}

impl<'q, 'a: 'q> Asked<'q, 'a> {
    fn of(account: &'q AccountView<'a>, question: &'q Question, given: &'q Given<'q>) -> Self {
        let is_pattern = question.resource.contains(['*', '?']) && !is_the_resource(question);
        let of_resource = match &given.resource_policy {
            ResourcePolicy::Given(policy) => OfResource::Read(policy.clone()),
            ResourcePolicy::None => OfResource::None,
            ResourcePolicy::OfAccount => of_resource(account, &question.action, &question.resource),
        };
        let resource_account = given.resource_account.clone().or(account_of(&question.resource).map(str::to_owned));
        let mut assumptions = Vec::new();
        if matches!(given.resource_policy, ResourcePolicy::OfAccount) && is_pattern {
            assumptions.push("no resource has a policy of its own (the question is about many)".to_owned());
        }
        if given.scps.is_empty() && given.rcps.is_empty() {
            assumptions.push("no policy of an organization limits it".to_owned());
        }
        if resource_account.is_none() && fields(&question.resource).is_some() {
            let own = &account.inventory.account.id;
            assumptions.push(format!("the resource belongs to account {own} (its ARN names none)"));
        }
        Self { account, question, given, of_resource, resource_account, is_pattern, assumptions }
    }

    fn for_holder(&self, holder: &Holder<'_>) -> Answer {
        let mut context = self.question.context.clone();
        holder.set_context(&mut context);
        self.decide(holder.name.clone(), holder.caller(), &holder.policies, context)
    }

    fn for_outsider(&self, caller: &Caller) -> Option<Answer> {
        let own_account = self.account.inventory.account.id.as_str();
        let name = called(caller);
        let context = self.question.context.clone();
        let is_own = caller.account() == Some(own_account);
        match caller {
            Caller::Session { arn, .. } if is_own => {
                let is_its_role =
                    |own: &&Holder<'_>| own.role().is_some_and(|r| Some(r.role_name.as_str()) == caller.role_name());
                let holder = self.account.holders.iter().find(is_its_role)?;
                let session = Caller::Session { arn: arn.clone(), role: Some(holder.arn.to_owned()) };
                let mut context = context;
                holder.set_context(&mut context);
                Some(self.decide(name, session, &holder.policies, context))
            }
            Caller::User(_) | Caller::Role(_) | Caller::FederatedUser(_) if is_own => None,
            Caller::User(_) | Caller::Role(_) | Caller::Session { .. } | Caller::FederatedUser(_) => {
                let why = format!("the policies of {name} were not read, as it is of another account");
                let identity = vec![Named::unread(format!("policies of {name}"), why)];
                Some(self.decide(name, caller.clone(), &Policies { identity, ..Policies::default() }, context))
            }
            _ => Some(self.decide(name, caller.clone(), &Policies::default(), context)),
        }
    }

    /// Whom the resource's policy names that the account's list of holders lacks.
    fn others(&self) -> Vec<Caller> {
        let document: &Document = match &self.of_resource {
            OfResource::Read(Named { document: Ok(document), .. }) => document,
            OfResource::Owned(_, document) => document,
            _ => return Vec::new(),
        };
        let principals = document.with_effect(Effect::Allow).filter_map(|(_, own)| own.principal.as_ref());
        let mut callers = Vec::new();
        for element in principals {
            if element.negated {
                callers.push(Caller::Anonymous);
                continue;
            }
            callers.extend(element.principals.iter().filter_map(|own| match own {
                Principal::Everyone => Some(Caller::Anonymous),
                Principal::Service(name) => Some(Caller::Service(name.clone())),
                Principal::Federated(name) => Some(Caller::Federated(name.clone())),
                Principal::CanonicalUser(id) => Some(Caller::CanonicalUser(id.clone())),
                Principal::Aws(name) => Caller::parse(name).ok(),
            }));
        }
        let own_account = self.account.inventory.account.id.as_str();
        callers.retain(|caller| caller.account() != Some(own_account) || matches!(caller, Caller::Session { .. }));
        callers.sort();
        callers.dedup();
        callers
    }

    fn decide(&self, principal: String, caller: Caller, own: &Policies<'_>, context: Context) -> Answer {
        let Question { action, resource, .. } = self.question;
        let own_account = self.account.inventory.account.id.as_str();
        let mut request = Request { principal: caller, action: action.clone(), resource: resource.clone(), context }
            .with_derived_keys();
        request
            .context
            .set_if_not_given("aws:ResourceAccount", self.resource_account.as_deref().unwrap_or(own_account));
        let policies = Policies {
            identity: own.identity.clone(),
            boundary: own.boundary.clone(),
            session: self.given.session.clone(),
            resource: self.of_resource.named(),
            scps: self.given.scps.clone(),
            rcps: self.given.rcps.clone(),
            endpoint: None,
        };
        let circumstances = Circumstances {
            resource_account: Some(self.resource_account.clone().unwrap_or_else(|| own_account.to_owned())),
            resource_decides: !self.is_pattern && decides_alone(action, resource),
            resource_is_pattern: self.is_pattern,
            ..Circumstances::default()
        };
        Answer {
            principal,
            decision: decide(&request, &policies, &circumstances),
            assumptions: self.assumptions.clone(),
        }
    }
}

impl OfResource<'_> {
    fn named(&self) -> Option<Named<'_>> {
        match self {
            Self::None => None,
            Self::Read(named) => Some(named.clone()),
            Self::Owned(name, document) => Some(Named::read(name.as_str(), document)),
            Self::Unread(why) => Some(Named::unread("the resource's policy", why)),
        }
    }
}

/// What people call a caller.
fn called(caller: &Caller) -> String {
    match caller {
        Caller::Root(account) => format!("account {account}"),
        other => other.to_string(),
    }
}

/// Whether `*` is the resource itself, as the action knows none, and no pattern.
fn is_the_resource(question: &Question) -> bool {
    let known = Catalogue::embedded().action(&question.action);
    question.resource == "*" && known.is_some_and(|(_, action)| action.resource_types().next().is_none())
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
