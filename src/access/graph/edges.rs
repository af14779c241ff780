//! The steps of one principal.

use std::collections::{BTreeMap, HashMap};

use super::objects::{leads_to_users, passes_a_role, widens_its_target};
use super::probe::{Probe, Trust};
use super::questions::passed_to;
use super::runners::sort_of;
use super::targets::with_everything;
use super::{Edge, First, Standing, Targets, To, Way};
use crate::access::{AccountView, Holder};
use crate::inventory::Known;
use crate::inventory::iam::{Credentials, Role};
use crate::policy::escalation::{Category, PATHS, Path};
use crate::policy::eval::{Doubt, Policies, Truth};

/// AWS allows a user so many access keys.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MOST_ACCESS_KEYS: usize = 2;

/// The steps of the principal at a place, who is no administrator yet.
pub(super) fn of<'a>(
    account: &AccountView<'a>,
    targets: &Targets<'a>,
    place: usize,
    standing: &Standing,
) -> (Vec<Edge>, Vec<Way>) {
    let holder = &account.holders[place];
    if standing.is_administrator() || holder.role().is_some_and(Role::is_service_linked) {
        return (Vec::new(), Vec::new());
    }
    let mut found = Found::default();
    let mut finder = Finder::new(account, targets, place, &holder.policies, None, Vec::new());
    let widenings = finder.own(&mut found);
    finder.outward(&mut found);
    for widening in widenings {
        if found.is_administrator_surely() {
            break;
        }
        let mut wider = Finder::new(account, targets, place, &widening.policies, Some(widening.first), widening.doubts);
        wider.own(&mut found);
        wider.outward(&mut found);
    }
    (found.edges.into_values().collect(), found.ways)
}

/// The statements that let a principal take a step.
pub(super) fn allowed_by<'a>(
    account: &AccountView<'a>,
    targets: &Targets<'a>,
    place: usize,
    edge: &Edge,
) -> Vec<String> {
    let holder = &account.holders[place];
    let mut statements = Vec::new();
    let mut policies = holder.policies.clone();
    if let Some(first) = edge.first {
        let mut finder = Finder::new(account, targets, place, &policies, None, Vec::new());
        statements.extend(finder.statements(first.path, Aim { group: first.group, ..Aim::default() }));
        policies = match first.group {
            Some(group) => with_group(&policies, targets, group),
            None => with_everything(&policies),
        };
    }
    let target = match edge.to {
        To::Node(target) => Some(target),
        To::Administrator => edge.via,
    };
    let mut finder = Finder::new(account, targets, place, &policies, edge.first, Vec::new());
    statements.extend(finder.statements(edge.path, Aim { target, runner: edge.runner, group: edge.group }));
    let mut once: Vec<String> = Vec::new();
    for statement in statements {
        if !once.contains(&statement) {
            once.push(statement);
        }
    }
    once
}

/// The best step to each end, and every way that is open.
#[derive(Default)]
struct Found {
    edges: BTreeMap<To, Edge>,
    ways: Vec<Way>,
}

impl Found {
    /// Keeps a step when it is more certain, or simpler, than what is known to the same end.
    fn add(&mut self, edge: Edge) {
        let way = Way { path: edge.path, is_certain: edge.doubts.is_empty() };
        match self.ways.iter_mut().find(|known| known.path == way.path) {
            Some(known) => known.is_certain |= way.is_certain,
            None => self.ways.push(way),
        }
        let rank = |edge: &Edge| (!edge.doubts.is_empty(), edge.first.is_some(), edge.path.required.len());
        match self.edges.get_mut(&edge.to) {
            Some(known) if rank(known) <= rank(&edge) => {}
            Some(known) => *known = edge,
            None => {
                self.edges.insert(edge.to, edge);
            }
        }
    }

    fn is_administrator_surely(&self) -> bool {
        self.edges.get(&To::Administrator).is_some_and(|edge| edge.doubts.is_empty())
    }

    fn has_surely(&self, path: &Path) -> bool {
        self.ways.iter().any(|way| way.path == path && way.is_certain)
    }
}

/// More rights that a principal can give itself, which alone make no administrator.
struct Widening<'a> {
    first: First,
    policies: Policies<'a>,
    doubts: Vec<Doubt>,
}

/// What a way is aimed at.
#[derive(Clone, Copy, Default)]
pub(super) struct Aim {
    /// The principal that it leads to, or through.
    pub(super) target: Option<usize>,
    /// The thing that it gets at, by its place among those of the way.
    pub(super) runner: Option<usize>,
    /// The group that is joined.
    pub(super) group: Option<usize>,
}

/// Looks for the steps of one principal with certain policies.
pub(super) struct Finder<'g, 'a> {
    pub(super) account: &'g AccountView<'a>,
    pub(super) targets: &'g Targets<'a>,
    pub(super) place: usize,
    pub(super) holder: &'g Holder<'a>,
    policies: &'g Policies<'a>,
    pub(super) probe: Probe<'g, 'a>,
    first: Option<First>,
    /// Of what came before.
    doubts: Vec<Doubt>,
    assumed: HashMap<usize, Truth>,
}

impl<'g, 'a> Finder<'g, 'a> {
    fn new(
        account: &'g AccountView<'a>,
        targets: &'g Targets<'a>,
        place: usize,
        policies: &'g Policies<'a>,
        first: Option<First>,
        doubts: Vec<Doubt>,
    ) -> Self {
        let holder = &account.holders[place];
        let probe = Probe::of(account, holder, policies);
        Self { account, targets, place, holder, policies, probe, first, doubts, assumed: HashMap::new() }
    }

    /// Steps in which it gives rights to itself; with what it can have by them without being an administrator.
    fn own(&mut self, found: &mut Found) -> Vec<Widening<'a>> {
        let mut widenings: Vec<Widening<'a>> = Vec::new();
        for path in PATHS.iter().filter(|path| path.category == Category::SelfEscalation) {
            if !path.required.iter().all(|action| self.probe.is_granted(action)) {
                continue;
            }
            if path.required.contains(&"iam:AddUserToGroup") {
                if self.first.is_none() && self.holder.user().is_some() {
                    self.join(path, found, &mut widenings);
                }
                continue;
            }
            let Some(doubts) = self.may(path, Aim::default()) else { continue };
            match &self.targets.widened[self.place] {
                Standing::Administrator => self.add(found, To::Administrator, path, Aim::default(), doubts),
                Standing::Unknown(more) => {
                    self.add(found, To::Administrator, path, Aim::default(), both(doubts, more));
                }
                Standing::Ordinary if self.first.is_none() => {
                    let first = First { path, group: None };
                    let policies = with_everything(self.policies);
                    widenings.push(Widening { first, policies, doubts });
                }
                Standing::Ordinary => {}
            }
        }
        // All of these have the same effect: the most certain one suffices.
        widenings.sort_by_key(|own| (own.first.group, !own.doubts.is_empty()));
        widenings.dedup_by_key(|own| own.first.group);
        widenings
    }

    /// Joins each group that it is not in.
    fn join(&mut self, path: &'static Path, found: &mut Found, widenings: &mut Vec<Widening<'a>>) {
        let own = self.own_groups();
        for (place, group) in self.account.inventory.iam.groups.items().iter().enumerate() {
            if own.iter().any(|known| known.group_name == group.group_name) {
                continue;
            }
            let aim = Aim { group: Some(place), ..Aim::default() };
            let Some(doubts) = self.may(path, aim) else { continue };
            let policies = with_group(self.policies, self.targets, place);
            match Standing::of(&policies) {
                Standing::Administrator => self.add(found, To::Administrator, path, aim, doubts),
                Standing::Unknown(_) | Standing::Ordinary => {
                    widenings.push(Widening { first: First { path, group: Some(place) }, policies, doubts });
                }
            }
        }
    }

    /// Steps that lead to others.
    fn outward(&mut self, found: &mut Found) {
        for path in PATHS.iter().filter(|path| path.category != Category::SelfEscalation) {
            // Whom a trust policy names needs no permission of its own to take the role.
            let is_granted = |action: &str| action == "sts:AssumeRole" || self.probe.is_granted(action);
            if !path.required.iter().all(|action| is_granted(action)) {
                continue;
            }
            if leads_to_users(path) {
                self.reach_users(path, found);
            } else if passes_a_role(path) {
                self.by_new_things(path, found);
            } else if sort_of(path).is_some() {
                self.by_things(path, found);
            } else {
                self.reach_roles(path, found);
            }
        }
    }

    fn reach_users(&mut self, path: &'static Path, found: &mut Found) {
        for (place, user) in self.account.holders.iter().enumerate() {
            let Some(user) = user.user().filter(|_| place != self.place) else { continue };
            let doubts = match fits(path, &user.credentials) {
                Ok(true) => Vec::new(),
                Ok(false) => continue,
                Err(doubt) => vec![doubt],
            };
            self.reach(path, place, doubts, found);
        }
    }

    fn reach_roles(&mut self, path: &'static Path, found: &mut Found) {
        if path.required.contains(&"sts:AssumeRole") {
            let has_permission = self.probe.is_granted("sts:AssumeRole");
            let targets = self.targets;
            for (place, _) in targets.doors.iter().filter(|(_, door)| door.may_let_in(self.holder, has_permission)) {
                self.reach(path, *place, Vec::new(), found);
            }
            return;
        }
        for (place, holder) in self.account.holders.iter().enumerate() {
            // AWS keeps others from changing its own roles.
            if holder.role().is_some_and(|role| !role.is_service_linked() && !role.is_identity_center()) {
                self.reach(path, place, Vec::new(), found);
            }
        }
    }

    /// A step to a user or a role; or through it, when the way gives it an administrator's rights before.
    fn reach(&mut self, path: &'static Path, place: usize, mut doubts: Vec<Doubt>, found: &mut Found) {
        if place == self.place {
            return;
        }
        let is_widened = widens_its_target(path);
        if is_widened {
            if self.targets.standings[place].is_administrator() || found.has_surely(path) {
                return;
            }
            match &self.targets.widened[place] {
                Standing::Administrator => {}
                Standing::Ordinary => return,
                Standing::Unknown(more) => doubts = both(doubts, more),
            }
        }
        let aim = Aim { target: Some(place), ..Aim::default() };
        let Some(own) = self.may(path, aim) else { return };
        let to = if is_widened { To::Administrator } else { To::Node(place) };
        self.add(found, to, path, aim, both(own, &doubts));
    }

    /// Hands a role to something new.
    fn by_new_things(&mut self, path: &'static Path, found: &mut Found) {
        let mut others = Vec::new();
        for action in path.required.iter().filter(|action| **action != "iam:PassRole") {
            match self.all(path, action, Aim::default()) {
                None => return,
                Some(doubts) => others = both(others, &doubts),
            }
        }
        let (targets, own) = (self.targets, self.place);
        for (role, doubts) in targets.trusting(path).iter().filter(|(role, _)| *role != own) {
            let passing = self.of_principal("iam:PassRole", *role, passed_to(path.passed_to));
            let passed = self.probe.answer(&passing);
            let Some(own) = doubts_of(passed) else { continue };
            let aim = Aim { target: Some(*role), ..Aim::default() };
            self.add(found, To::Node(*role), path, aim, both(both(own, doubts), &others));
        }
    }

    /// Gets at something that runs with a role already.
    fn by_things(&mut self, path: &'static Path, found: &mut Found) {
        let targets = self.targets;
        for (place, runner) in targets.runners(path).iter().enumerate() {
            let aim = Aim { runner: Some(place), ..Aim::default() };
            let Some(own) = self.may(path, aim) else { continue };
            let own = both(own, &runner.doubts);
            match runner.role {
                Some(role) if role == self.place => {}
                Some(role) => self.add(found, To::Node(role), path, Aim { target: Some(role), ..aim }, own),
                None => {
                    for (role, doubts) in targets.trusting(path).iter().filter(|(role, _)| *role != self.place) {
                        let aim = Aim { target: Some(*role), ..aim };
                        self.add(found, To::Node(*role), path, aim, both(own.clone(), doubts));
                    }
                }
            }
        }
    }

    fn add(&self, found: &mut Found, to: To, path: &'static Path, aim: Aim, doubts: Vec<Doubt>) {
        let doubts = both(both(doubts, &self.doubts), &self.probe.doubts);
        let via = aim.target.filter(|_| to == To::Administrator);
        found.add(Edge { to, path, first: self.first, via, runner: aim.runner, group: aim.group, doubts });
    }

    /// The doubts about a way; none when it is not open.
    fn may(&mut self, path: &Path, aim: Aim) -> Option<Vec<Doubt>> {
        let mut doubts = Vec::new();
        for action in path.required {
            let own = match (*action, aim.target) {
                ("sts:AssumeRole", Some(role)) => {
                    if !self.assumed.contains_key(&role) {
                        let answer = self.probe.answer(&self.taking(role, Trust::OfRole(role)));
                        self.assumed.insert(role, answer);
                    }
                    self.assumed.get(&role).cloned().and_then(doubts_of)?
                }
                _ => self.all(path, action, aim)?,
            };
            doubts = both(doubts, &own);
        }
        if path.required.contains(&"iam:UpdateAssumeRolePolicy")
            && let Some(role) = aim.target
        {
            let taking = self.taking(role, Trust::OfCaller);
            doubts = both(doubts, &doubts_of(self.probe.answer(&taking))?);
        }
        Some(doubts)
    }

    /// The doubts about one action of a way; none when it may not be done.
    fn all(&mut self, path: &Path, action: &'static str, aim: Aim) -> Option<Vec<Doubt>> {
        let questions = self.questions(path, action, aim);
        doubts_of(Truth::all(questions.iter().map(|question| self.probe.answer(question))))
    }
}

fn with_group<'a>(policies: &Policies<'a>, targets: &Targets<'a>, group: usize) -> Policies<'a> {
    let mut policies = policies.clone();
    policies.identity.extend(targets.groups.get(group).into_iter().flatten().cloned());
    policies
}

/// Whether a way fits a user's credentials.
fn fits(path: &Path, credentials: &Known<Credentials>) -> Result<bool, Doubt> {
    let Ok(credentials) = credentials.known() else {
        return Err(Doubt::Other("the user's credentials were not read".to_owned()));
    };
    let has = |action: &str| path.required.contains(&action);
    let is_full = credentials.access_keys.len() >= MOST_ACCESS_KEYS;
    Ok(if has("iam:DeleteAccessKey") {
        is_full
    } else if has("iam:CreateAccessKey") {
        !is_full
    } else {
        // A password alone does not sign in where an MFA device is asked for.
        !credentials.mfa_active && credentials.password_enabled == has("iam:UpdateLoginProfile")
    })
}

/// Why something is not certain; none when it does not hold.
fn doubts_of(truth: Truth) -> Option<Vec<Doubt>> {
    match truth {
        Truth::Yes => Some(Vec::new()),
        Truth::No => None,
        Truth::Unknown(doubts) => Some(doubts),
    }
}

fn both(mut own: Vec<Doubt>, other: &[Doubt]) -> Vec<Doubt> {
    for doubt in other {
        if !own.contains(doubt) {
            own.push(doubt.clone());
        }
    }
    own
}
