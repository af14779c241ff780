//! Services that a policy grants whole, on every resource: `s3:*` on `*`.

use super::catalogue::{Catalogue, Service};
use super::conditions::leave_resources_open;
use super::grant::{Decider, Grant, Grants, On};
use super::model::{Effect, Statement};
use super::pattern::{Dialect, covers};

/// Of these services those that are granted whole, with what grants them; a service whose actions change nothing, or of
/// which a denial leaves nothing that changes anything, is left out.
pub fn granted_whole<'a>(grants: &Grants<'a>, named: Vec<&'static Service>) -> Vec<(&'static Service, Grant<'a>)> {
    let whole = |service: &Service| grants.find_where(&format!("{}:*", service.prefix), On::Everything, counts);
    let granted = named.into_iter().filter_map(|service| Some((service, whole(service)?)));
    granted.filter(|(service, _)| lets_change_things(grants, service)).collect()
}

fn counts(allow: Decider<'_>) -> bool {
    !allow.statement.action.negated && leave_resources_open(allow.statement)
}

/// The services of which a pattern names every action, in the catalogue's order.
pub fn named_whole(grants: &Grants<'_>) -> Vec<&'static Service> {
    let catalogue = Catalogue::embedded();
    let allows = grants.document().with_effect(Effect::Allow);
    let of_statement = |statement: &Statement| !statement.action.negated;
    let mut services: Vec<&Service> = Vec::new();
    for (_, statement) in allows.filter(|(_, statement)| of_statement(statement)) {
        for pattern in &statement.action.patterns {
            let Some(prefix) = pattern.strip_suffix('*') else { continue };
            let prefix = prefix.split(':').next().unwrap_or_default();
            if prefix.is_empty() || prefix.contains(['*', '?']) {
                let covered = |s: &&Service| covers(Dialect::Action, pattern, &format!("{}:*", s.prefix));
                services.extend(catalogue.services().iter().filter(covered));
            } else {
                services.extend(catalogue.service(prefix));
            }
        }
    }
    services.sort_by_key(|service| service.prefix);
    services.dedup_by_key(|service| service.prefix);
    services
}

/// Whether any action that is left changes things.
fn lets_change_things(grants: &Grants<'_>, service: &Service) -> bool {
    service.actions().iter().filter(|action| action.level.changes_things()).any(|action| {
        grants.find_where(&format!("{}:{}", service.prefix, action.name), On::Everything, counts).is_some()
    })
}
