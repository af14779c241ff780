//! One dangerous action on every resource, in the six ways a statement can say so.

use super::{Findings, Lint, Subject};
use crate::policy::matching;
use crate::policy::outline::{ConditionLine, Item, ListElement, Statement};
use crate::policy::pattern::is_star;

/// An action that should name its resources, and the lints for each way of not doing so.
#[derive(Debug)]
pub struct OnAnything {
    /// The action: `iam:PassRole`.
    pub action: &'static str,
    /// The condition keys that bound it as well as resources would; the first one is named to the user.
    pub bounded_by: &'static [&'static str],
    /// The action by its name, on `*`.
    pub star_resource: &'static Lint,
    /// By a wildcard, on `*`.
    pub star_action_star_resource: &'static Lint,
    /// By `NotAction`, on `*`.
    pub not_action_star_resource: &'static Lint,
    /// By its name, with `NotResource`.
    pub not_resource: &'static Lint,
    /// By a wildcard, with `NotResource`.
    pub star_action_not_resource: &'static Lint,
    /// By `NotAction`, with `NotResource`.
    pub not_action_not_resource: &'static Lint,
}

/// How a statement names an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Plainly,
    ByWildcard,
    ByNotAction,
}

impl OnAnything {
    /// Reports the statements of an identity policy that allow the action on everything.
    pub fn check(&self, subject: &Subject<'_>, findings: &mut Findings<'_>) {
        if !subject.kind.is_identity() {
            return;
        }
        for statement in subject.allows() {
            let (Some(action), Some(resource)) = (&statement.action, &statement.resource) else { continue };
            let Some((named, item)) = self.names(action) else { continue };
            let star = resource.items.iter().find(|item| is_star(item.text.as_str()));
            if (!resource.negated && star.is_none()) || self.is_bounded(statement) {
                continue;
            }
            let lint = self.lint(named, resource.negated);
            let element = if resource.negated { "every resource but those of NotResource" } else { "every resource" };
            let how = match named {
                Named::Plainly => "allows".to_owned(),
                Named::ByWildcard => format!("takes in {}, which is then allowed", self.action),
                Named::ByNotAction => format!("leaves out {}, which is then allowed", self.action),
            };
            let message = match (named, item) {
                (Named::Plainly, _) => format!("{} is allowed on {element}", self.action),
                (_, Some(item)) => format!("{:?} {how} on {element}", item.text.as_str()),
                (_, None) => format!("NotAction {how} on {element}"),
            };
            let help = format!(
                "name the ARNs that it needs in Resource, or add a condition on {}",
                self.bounded_by.first().unwrap_or(&"the service")
            );
            let place = item.map_or_else(
                || (format!("{}.{}", statement.path, action.name()), action.span()),
                |item| (item.path.clone(), item.text.span),
            );
            let span = star.map_or_else(|| resource.span(), |star| star.text.span);
            findings.report(lint, statement, &place, message).also(span).help(help);
        }
    }

    fn names<'s, 'a>(&self, list: &'s ListElement<'a>) -> Option<(Named, Option<&'s Item<'a>>)> {
        let matching = |item: &&Item<'_>| matching::action(item.text.as_str(), self.action);
        if list.negated {
            let left_out = list.partly_unknown || list.items.iter().any(|item| matching(&item));
            return (!left_out).then_some((Named::ByNotAction, None));
        }
        let plain = list.items.iter().find(|item| item.text.as_str().eq_ignore_ascii_case(self.action));
        if plain.is_some() {
            return Some((Named::Plainly, plain));
        }
        list.items.iter().find(matching).map(|item| (Named::ByWildcard, Some(item)))
    }

    /// A condition with `…IfExists` does not bind a request without the key, and one that begins with `*` hardly any.
    fn is_bounded(&self, statement: &Statement<'_>) -> bool {
        let binds = |line: &ConditionLine<'_>| {
            !line.operator.if_exists && !line.values.iter().any(|value| value.text.starts_with('*'))
        };
        self.bounded_by.iter().any(|key| statement.conditions_on(key).any(binds))
    }

    fn lint(&self, named: Named, negated: bool) -> &'static Lint {
        match (named, negated) {
            (Named::Plainly, false) => self.star_resource,
            (Named::ByWildcard, false) => self.star_action_star_resource,
            (Named::ByNotAction, false) => self.not_action_star_resource,
            (Named::Plainly, true) => self.not_resource,
            (Named::ByWildcard, true) => self.star_action_not_resource,
            (Named::ByNotAction, true) => self.not_action_not_resource,
        }
    }
}
