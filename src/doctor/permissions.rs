//! Whether the caller may do what the selected rules need, by what IAM's own simulator says.

use std::collections::BTreeSet;

use aws_sdk_iam::types::{
    EvaluationResult, OrganizationsDecisionDetail, PermissionsBoundaryDecisionDetail, PolicyEvaluationDecisionType,
};

use super::Check;
use crate::aws::{Failure, Session};
use crate::inventory::{Arn, GapKind};
use crate::rule::{NeedSet, Rule};
use crate::text::{count, join_some};

/// Actions that are asked for at once.
const AT_ONCE: usize = 100;

/// Results of a page; AWS's largest.
const A_PAGE: i32 = 1000;

/// How many actions are named in the text.
const NAMED: usize = 6;

const NAME: &str = "permissions";

/// What to do where the simulator cannot be asked.
const BY_HAND: &str = "allow iam:SimulatePrincipalPolicy and iam:GetRole, or compare with `afterlab permissions`; a scan \
                       names what it was refused";

/// The same where the endpoint is not AWS's.
const OF_EMULATORS: &str = "nothing: few emulators look at permissions, and fewer simulate policies";

/// Whose policies decide.
enum Principal {
    /// A user or a role.
    Arn(String),
    /// The root user, whom no policy of the account binds.
    Root,
    /// One whom the simulator does not know.
    Other(String),
}

/// Asks the simulator.
pub(super) async fn check(session: &Session, rules: &[&'static Rule], is_emulator: bool) -> Check {
    let by_hand = if is_emulator { OF_EMULATORS } else { BY_HAND };
    let principal = match principal(session).await {
        Principal::Arn(arn) => arn,
        Principal::Root => return Check::ok(NAME, "the root user may do all that no organization forbids"),
        Principal::Other(why) => return Check::warn(NAME, format!("not looked at: {why}"), by_hand),
    };
    let needs = NeedSet::of_rules(rules);
    let actions: Vec<&'static str> = needs.iam_actions().into_iter().collect();
    match missing(session, &principal, &actions).await {
        Ok(missing) if missing.is_empty() => {
            let (actions, rules) = (count(actions.len(), "action"), count(rules.len(), "rule"));
            Check::ok(NAME, format!("{principal} may do the {actions} that {rules} need, says IAM's simulator"))
        }
        Ok(missing) => refused(&missing, actions.len(), rules),
        Err(failure) => Check::warn(NAME, format!("not looked at: {}", why(&failure)), by_hand),
    }
}

fn why(failure: &Failure) -> String {
    match (failure.kind, &failure.code) {
        (GapKind::Unsupported, _) => "the endpoint has no simulator of policies".to_owned(),
        (_, Some(code)) => format!("iam:SimulatePrincipalPolicy was answered with {code}: {}", failure.message),
        (_, None) => format!("iam:SimulatePrincipalPolicy was not answered: {}", failure.message),
    }
}

/// Which rules see less for want of these actions.
fn refused(missing: &BTreeSet<String>, asked: usize, rules: &[&'static Rule]) -> Check {
    let blind = |rule: &&&'static Rule| {
        let needs: NeedSet = rule.needs.iter().copied().collect();
        needs.iam_actions().iter().any(|action| missing.contains(*action))
    };
    let blind = rules.iter().filter(blind).count();
    let named = join_some(missing.iter().map(String::as_str), NAMED);
    let found = format!(
        "{} of {} are not allowed, which {blind} of {} need: {named}",
        missing.len(),
        count(asked, "action"),
        count(rules.len(), "rule"),
    );
    let advice =
        "attach what `afterlab permissions` prints for the same rules; until then they say unknown, never pass";
    Check { all: missing.iter().cloned().collect(), ..Check::warn(NAME, found, advice) }
}

/// Whose policies decide about the caller. The ARN of a role's session does not say the path of the role, so IAM is asked.
async fn principal(session: &Session) -> Principal {
    let other = || Principal::Other(format!("the simulator knows users and roles, and not {}", session.caller_arn));
    let Some(arn) = Arn::parse(&session.caller_arn) else { return other() };
    let (kind, name) = arn.resource.split_once('/').unwrap_or((arn.resource, ""));
    match (arn.service, kind) {
        ("iam", "root") => Principal::Root,
        ("iam", "user") => Principal::Arn(session.caller_arn.clone()),
        ("sts", "assumed-role") => {
            let name = name.split('/').next().unwrap_or_default();
            let role = session.clients.iam().get_role().role_name(name).send().await;
            let known = role.ok().and_then(|reply| reply.role).map(|role| role.arn);
            // Without the right to ask, the path is most likely the root.
            Principal::Arn(known.unwrap_or_else(|| format!("arn:{}:iam::{}:role/{name}", arn.partition, arn.account)))
        }
        _ => other(),
    }
}

/// The actions that are not allowed.
async fn missing(session: &Session, principal: &str, actions: &[&str]) -> Result<BTreeSet<String>, Failure> {
    let mut missing = BTreeSet::new();
    for some in actions.chunks(AT_ONCE) {
        let mut unanswered: BTreeSet<&str> = some.iter().copied().collect();
        let mut marker: Option<String> = None;
        loop {
            let request = session.clients.iam().simulate_principal_policy().policy_source_arn(principal);
            let names = some.iter().map(|action| (*action).to_owned()).collect();
            let request = request.set_action_names(Some(names)).max_items(A_PAGE).set_marker(marker.clone());
            let reply = request.send().await.map_err(|error| Failure::of(&error))?;
            for result in reply.evaluation_results() {
                unanswered.remove(result.eval_action_name());
                if !is_allowed(result) {
                    missing.insert(result.eval_action_name().to_owned());
                }
            }
            match reply.marker.filter(|_| reply.is_truncated) {
                Some(next) if marker.as_ref() == Some(&next) => {
                    return Err(Failure::malformed("a page token came again".to_owned()));
                }
                Some(next) => marker = Some(next),
                None => break,
            }
        }
        if let Some(action) = unanswered.first() {
            return Err(Failure::malformed(format!("the simulator said nothing of {action}")));
        }
    }
    Ok(missing)
}

fn is_allowed(result: &EvaluationResult) -> bool {
    let by_organization =
        result.organizations_decision_detail().is_none_or(OrganizationsDecisionDetail::allowed_by_organizations);
    let by_boundary = result
        .permissions_boundary_decision_detail()
        .is_none_or(PermissionsBoundaryDecisionDetail::allowed_by_permissions_boundary);
    *result.eval_decision() == PolicyEvaluationDecisionType::Allowed && by_organization && by_boundary
}
