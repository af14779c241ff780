//! Asks the evaluator what one principal may do.

use std::collections::{HashMap, HashSet};

use crate::access::{AccountView, Holder};
use crate::inventory::{Partition, REGIONS, Region, Tag};
use crate::policy::catalogue::Catalogue;
use crate::policy::escalation::PATHS;
use crate::policy::eval::{
    Caller, Circumstances, Context, Decision, Did, Doubt, Named, Policies, Request, Truth, Verdict, decide,
    decides_alone,
};
use crate::policy::matching;
use crate::policy::model::{Document, Effect, Match, Principal, PrincipalMatch, Statement};
use crate::policy::pattern::{Dialect, overlaps};

/// The name that stands for whatever the caller would call something new.
const NEW: &str = "new";

/// The key that says which service a role is passed to.
pub(super) const PASSED_TO: &str = "iam:PassedToService";

/// A key of a request with its value; none when the request does not have it.
pub(super) type Key = (&'static str, Option<String>);

/// What must be allowed for a step, on one of several resources.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// The action.
    pub(super) action: &'static str,
    /// Any of these suffices.
    pub(super) resources: Vec<String>,
    /// A pattern of everything that is of the same sort, about which is asked first: mostly that decides.
    pub(super) all: Option<String>,
    /// Keys of the request; without a value, those that it does not have.
    pub(super) keys: Vec<Key>,
    /// The tags of the resource, where all are known.
    pub(super) tags: Option<Vec<Tag>>,
    /// The trust policy that has a say.
    pub(super) trust: Option<Trust>,
    /// Whether the resource is a pattern and all is meant that it matches.
    pub(super) is_pattern: bool,
}

/// The trust policy of a role that is taken.
#[derive(Clone, Copy, Debug)]
pub(super) enum Trust {
    /// As it is.
    OfRole(usize),
    /// As the caller has made it: it names the caller.
    OfCaller,
}

/// One principal, ready to be asked about.
pub(super) struct Probe<'g, 'a> {
    account: &'g AccountView<'a>,
    caller: Caller,
    name: String,
    /// Those that were read; the others leave a doubt.
    policies: Policies<'a>,
    pub(super) doubts: Vec<Doubt>,
    context: Context,
    granted: HashSet<&'static str>,
    things: HashMap<&'static str, Vec<Vec<String>>>,
    answers: HashMap<(&'static str, String, Option<Key>), Truth>,
    own_trust: Document,
}

impl Question {
    /// About an action on any of these resources, of which nothing more is known.
    pub(super) fn new(action: &'static str, resources: Vec<String>) -> Self {
        Self { action, resources, all: None, keys: Vec::new(), tags: None, trust: None, is_pattern: false }
    }
}

impl<'g, 'a> Probe<'g, 'a> {
    /// A principal with these policies in the place of its own.
    pub(super) fn of(account: &'g AccountView<'a>, holder: &Holder<'a>, policies: &Policies<'a>) -> Self {
        let mut doubts = Vec::new();
        let mut is_read = |own: &&Named<'a>| match &own.document {
            Ok(_) => true,
            Err(why) => {
                doubts.push(Doubt::Other(why.clone()));
                false
            }
        };
        let identity: Vec<_> = policies.identity.iter().filter(&mut is_read).cloned().collect();
        let boundary = policies.boundary.iter().find(&mut is_read).cloned();
        let mut context = Context::open();
        holder.set_context(&mut context);
        let mut probe = Self {
            account,
            caller: holder.caller(),
            name: holder.short_name().to_owned(),
            policies: Policies { identity, boundary, ..Policies::default() },
            doubts,
            context,
            granted: HashSet::new(),
            things: HashMap::new(),
            answers: HashMap::new(),
            own_trust: trusting(holder.arn),
        };
        let actions: HashSet<&'static str> = PATHS.iter().flat_map(|path| path.required.iter().copied()).collect();
        probe.granted = actions.into_iter().filter(|action| probe.names(action).next().is_some()).collect();
        probe
    }

    /// Whether a statement allows an action on anything, whatever denies it.
    pub(super) fn is_granted(&self, action: &str) -> bool {
        self.granted.contains(action)
    }

    /// The statements that allow an action.
    fn names(&self, action: &str) -> impl Iterator<Item = &Statement> {
        let documents = self.policies.identity.iter().filter_map(|own| own.document.as_ref().ok());
        documents.flat_map(|document| document.with_effect(Effect::Allow)).map(|(_, statement)| statement).filter(
            move |statement| {
                let list = &statement.action;
                list.patterns.iter().any(|pattern| matching::action(pattern, action)) != list.negated
            },
        )
    }

    /// Whether it may do something: asked of all things of the sort at once, and of this one where that does not decide.
    pub(super) fn answer(&mut self, question: &Question) -> Truth {
        match &question.all {
            Some(all) if question.trust.is_none() => match self.answer_to_all(question, all) {
                Truth::Unknown(_) => self.answer_to_each(question),
                decided => decided,
            },
            _ => self.answer_to_each(question),
        }
    }

    fn answer_to_all(&mut self, question: &Question, all: &str) -> Truth {
        let service = question.keys.iter().find(|(key, _)| *key == PASSED_TO).cloned();
        let key = (question.action, all.to_owned(), service);
        if let Some(known) = self.answers.get(&key) {
            return known.clone();
        }
        let mut whole = Question::new(question.action, vec![all.to_owned()]);
        whole.keys.extend(key.2.clone());
        whole.is_pattern = true;
        let answer = self.answer_to_each(&whole);
        self.answers.insert(key, answer.clone());
        answer
    }

    fn answer_to_each(&mut self, question: &Question) -> Truth {
        Truth::any(question.resources.iter().map(|resource| match self.decide(question, resource).verdict {
            Verdict::Allowed => Truth::Yes,
            Verdict::Unknown(doubts) => Truth::Unknown(doubts),
            Verdict::ExplicitlyDenied | Verdict::ImplicitlyDenied => Truth::No,
        }))
    }

    /// The policies and statements that let it, or may.
    pub(super) fn allowed_by(&mut self, question: &Question) -> Vec<String> {
        let decisions: Vec<_> = question.resources.iter().map(|resource| self.decide(question, resource)).collect();
        let is = |wanted: fn(&Verdict) -> bool| decisions.iter().find(|own| wanted(&own.verdict));
        let best = is(|own| *own == Verdict::Allowed).or_else(|| is(|own| matches!(own, Verdict::Unknown(_))));
        let reasons = best.into_iter().flat_map(|decision| &decision.reasons).filter(|own| own.part != Did::Deny);
        let sentence = |policy: &String, statements: &[String]| {
            if statements.is_empty() { policy.clone() } else { format!("{policy}, {}", statements.join(", ")) }
        };
        reasons.filter_map(|own| Some(sentence(own.policy.as_ref()?, &own.statements))).collect()
    }

    fn decide(&mut self, question: &Question, resource: &str) -> Decision {
        let own_account = self.account.inventory.account.id.as_str();
        let mut context = self.context.clone();
        for (key, value) in &question.keys {
            match value {
                Some(value) => context.set_one(key, value),
                None => context.set_absent(key),
            }
        }
        if let Some(tags) = &question.tags {
            let service = question.action.split(':').next().unwrap_or_default();
            for family in ["aws:ResourceTag/".to_owned(), format!("{service}:ResourceTag/")] {
                for tag in tags {
                    context.set_one(&format!("{family}{}", tag.key), &tag.value);
                }
                context.set_family_whole(&family);
            }
        }
        context.set_if_not_given("aws:ResourceAccount", own_account);
        let request = Request {
            principal: self.caller.clone(),
            action: question.action.to_owned(),
            resource: resource.to_owned(),
            context,
        };
        let request = request.with_derived_keys();
        let circumstances = Circumstances {
            resource_account: Some(own_account.to_owned()),
            resource_decides: !question.is_pattern && decides_alone(question.action, resource),
            resource_is_pattern: question.is_pattern,
            ..Circumstances::default()
        };
        match question.trust {
            None => decide(&request, &self.policies, &circumstances),
            Some(Trust::OfRole(role)) => {
                self.policies.resource = self.account.holders[role].trust();
                let decision = decide(&request, &self.policies, &circumstances);
                self.policies.resource = None;
                decision
            }
            Some(Trust::OfCaller) => {
                let own = Named::read("the trust policy that the caller writes", &self.own_trust);
                let policies = Policies { resource: Some(own), ..self.policies.clone() };
                decide(&request, &policies, &circumstances)
            }
        }
    }

    /// For each type of resource that a statement must name, ARNs of something new that the caller's policies may mean;
    /// one must be allowed of each.
    pub(super) fn things(&mut self, action: &'static str) -> Vec<Vec<String>> {
        if let Some(known) = self.things.get(action) {
            return known.clone();
        }
        let found = self.find_things(action);
        self.things.insert(action, found.clone());
        found
    }

    fn find_things(&self, action: &'static str) -> Vec<Vec<String>> {
        let Some((service, known)) = Catalogue::embedded().action(action) else { return vec![vec!["*".to_owned()]] };
        let required: Vec<_> = known.resource_types().filter(|(_, is_required)| *is_required).collect();
        let types = |name: &str| service.resource_type(name).map(|kind| self.candidates(action, kind.arn));
        if required.is_empty() {
            let any: Vec<_> = known.resource_types().filter_map(|(name, _)| types(name)).flatten().collect();
            return vec![if any.is_empty() { vec!["*".to_owned()] } else { any }];
        }
        required.into_iter().filter_map(|(name, _)| types(name)).collect()
    }

    /// ARNs of this type: of any name, and as each statement names them.
    fn candidates(&self, action: &str, type_arn: &str) -> Vec<String> {
        let inventory = self.account.inventory;
        let partition = inventory.account.partition.to_string();
        let region = a_region_of(inventory.account.partition);
        let account = inventory.account.id.as_str();
        let filled = |variable: &str| match variable {
            "Partition" => partition.clone(),
            "Region" => region.to_owned(),
            "Account" => account.to_owned(),
            _ => NEW.to_owned(),
        };
        let any = fill(type_arn, filled);
        let pattern = type_pattern(type_arn);
        let mut found = vec![any];
        for list in self.names(action).filter_map(|statement| statement.resource.as_ref()).filter(|own| !own.negated) {
            for own in &list.patterns {
                let own = own.replace("${aws:username}", &self.name);
                if own.contains("${") || !overlaps(Dialect::Arn, &own, &pattern) {
                    continue;
                }
                let Some([_, _, service, own_region, own_account, resource]) = matching::fields(&own) else { continue };
                let or = |field: &str, other: &str| {
                    if field.contains(['*', '?']) { other.to_owned() } else { field.to_owned() }
                };
                let (own_region, own_account) = (or(own_region, region), or(own_account, account));
                let service = or(service, matching::fields(type_arn).map_or("*", |fields| fields[2]));
                let resource = resource.replace('*', NEW).replace('?', "x");
                let arn = format!("arn:{partition}:{service}:{own_region}:{own_account}:{resource}");
                if matching::arn(&pattern, &arn) && !found.contains(&arn) {
                    found.push(arn);
                }
            }
        }
        found
    }
}

/// A pattern that matches every ARN of a type.
pub(super) fn type_pattern(type_arn: &str) -> String {
    fill(type_arn, |_| "*".to_owned())
}

/// A pattern that matches every ARN of a type in one account.
pub(super) fn type_pattern_within(type_arn: &str, partition: Partition, account: &str) -> String {
    fill(type_arn, |variable| match variable {
        "Partition" => partition.to_string(),
        "Account" => account.to_owned(),
        _ => "*".to_owned(),
    })
}

/// The region where something new would be made: which one it is makes no difference to most policies.
fn a_region_of(partition: Partition) -> &'static str {
    let usual = "us-east-1";
    let is_there = |name: &&&str| name.parse::<Region>().is_ok_and(|region| region.partition() == partition);
    if partition == Partition::Aws { usual } else { REGIONS.iter().find(is_there).copied().unwrap_or(usual) }
}

/// Replaces each `${…}`.
fn fill(text: &str, with: impl Fn(&str) -> String) -> String {
    let mut parts = text.split("${");
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (variable, rest) = part.split_once('}').unwrap_or((part, ""));
        filled.push_str(&with(variable));
        filled.push_str(rest);
    }
    filled
}

/// A trust policy that lets a principal in by its name.
fn trusting(arn: &str) -> Document {
    let statement = Statement {
        sid: None,
        effect: Effect::Allow,
        principal: Some(PrincipalMatch { negated: false, principals: vec![Principal::Aws(arn.to_owned())] }),
        action: Match { negated: false, patterns: vec!["sts:AssumeRole".to_owned()] },
        resource: None,
        conditions: Vec::new(),
    };
    Document { version: Some("2012-10-17".to_owned()), id: None, statements: vec![statement] }
}
