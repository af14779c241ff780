//! What the data of a proposal cannot show.

use super::event_names::PASS_ROLE;
use super::events::Events;
use super::narrow::Narrower;
use super::{Subject, Terms};
use crate::policy::Document;
use crate::policy::matching;
use crate::policy::model::Effect;
use crate::policy::write::to_value;
use crate::text::{count, join_some};

/// Characters that a managed policy may have, white space left out.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const LARGEST_MANAGED: usize = 6_144;

/// Names that a sentence shows before it only counts.
const SHOWN: usize = 8;

pub(super) fn of(
    subject: &Subject<'_>,
    narrower: &Narrower<'_>,
    events: Option<&Events>,
    document: &Document,
    terms: Terms,
) -> Vec<String> {
    let mut all = vec![
        format!(
            "what was last used more than {} days ago counts as unused, also a job that runs once a quarter or a year; AWS \
             looks back 400 days at most, less in regions where it began later, and the last four hours may be missing",
            terms.days
        ),
        "AWS counts attempts as use, also refused ones and those that a resource's own policy allowed".to_owned(),
    ];
    all.extend(of_subject(subject, terms));
    let whole = narrower.kept_whole();
    if !whole.is_empty() {
        all.push(format!("only the service's use is known, not which actions, of {}", some(&whole)));
    }
    let part = narrower.kept_in_part();
    if !part.is_empty() {
        all.push(format!(
            "of {} AWS tracks only some actions by themselves; the others stay, among them those on objects, items and messages",
            some(&part)
        ));
    }
    let untold = narrower.kept_untold();
    if !untold.is_empty() {
        all.push(format!("AWS says nothing about {}, which therefore stays as it is", some(&untold)));
    }
    if narrower.lost_untold {
        all.push("a wildcard also stood for services that AWS's list does not name; they are left out".to_owned());
    }
    let passes = |pattern: &String| matching::action(pattern, PASS_ROLE);
    let mut allows = document.with_effect(Effect::Allow).map(|(_, statement)| &statement.action);
    if allows.any(|action| action.patterns.iter().any(passes)) {
        all.push(format!("{PASS_ROLE} is recorded nowhere and stays; take it out if no role is passed to a service"));
    } else if narrower.lost_pass_role {
        all.push(format!(
            "{PASS_ROLE} is recorded nowhere; a wildcard allowed it and the proposal does not: add it for the very roles \
             that are passed to a service"
        ));
    }
    if let Some(events) = events {
        all.extend(of_events(narrower, events, terms));
    }
    let size = to_value(document).to_string().chars().filter(|c| !c.is_whitespace()).count();
    if size > LARGEST_MANAGED {
        all.push(format!(
            "it has {size} characters and a managed policy at most {LARGEST_MANAGED}: cut it into several"
        ));
    }
    all
}

fn of_subject(subject: &Subject<'_>, terms: Terms) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(created) = subject.created.filter(|created| terms.counts(*created)) {
        all.push(format!("{} is only {} old", subject.name, count(days(terms.days_since(created)), "day")));
    }
    if let Some(boundary) = subject.boundary {
        all.push(format!("the permissions boundary {boundary} stays attached and limits the proposal as before"));
    }
    if !subject.groups.is_empty() {
        let groups: Vec<String> = subject.groups.iter().map(|group| format!("group/{group}")).collect();
        let groups = join_some(groups.iter().map(String::as_str), SHOWN);
        all.push(format!("what the user has from {groups} is in it, too: it only helps once the user has left"));
    }
    all
}

fn of_events(narrower: &Narrower<'_>, events: &Events, terms: Terms) -> Vec<String> {
    let mut all = Vec::new();
    match events.span {
        None => all.push(format!("the files hold no event of the last {} days that it made", terms.days)),
        Some((first, last)) => all.push(format!(
            "the events ({}) are of {} to {}; an action or a resource that was needed before is not in it",
            events.counted,
            first.strftime("%Y-%m-%d"),
            last.strftime("%Y-%m-%d")
        )),
    }
    if events.refused > 0 {
        all.push(format!("{} that AWS refused did not count", count(events.refused, "event")));
    }
    let without = narrower.kept_without_event();
    if events.span.is_some() && !without.is_empty() {
        all.push(format!("no event is of {}: it stays as AWS's list has it", some(&without)));
    }
    for (prefix, names) in events.unmapped() {
        let names = join_some(names.iter().map(String::as_str), SHOWN);
        all.push(format!(
            "events of {prefix} have no action of their name ({names}), so that events did not narrow it"
        ));
    }
    let (quiet, data) = (narrower.narrowed_by_events(false), narrower.narrowed_by_events(true));
    if !quiet.is_empty() {
        all.push(format!(
            "the files have no data events of {}, as the event history never does: its actions on objects, items, messages \
             and the like stay",
            some(&quiet)
        ));
    }
    if !data.is_empty() {
        all.push(format!(
            "data events of {} are only of the resources that the trail records; what was done to others is not in it",
            some(&data)
        ));
    }
    if !quiet.is_empty() || !data.is_empty() {
        all.push("permissions that are no call of their own, such as those to tag or to set an ACL while creating, may be missing".to_owned());
    }
    all
}

fn some(names: &[&str]) -> String {
    join_some(names.iter().copied(), SHOWN)
}

fn days(number: i64) -> usize {
    usize::try_from(number).unwrap_or_default()
}
