use crate::inventory::s3::{Bucket, LifecycleRule, Transition};
use crate::rule::prelude::*;
use crate::s3::class::Class;
use crate::s3::lifecycle;
use crate::text::count;

const DOCS: &str = "\
## What it finds
Enabled lifecycle rules that move or delete objects before the time is over that their class bills at least: 30 days
in Standard-IA and One Zone-IA, 90 in the Glacier classes, 180 in Deep Archive. Rules that act on the same objects are
read together. Also rules that move objects to an IA class before they are 30 days old, which S3 refuses today.

In a bucket with versioning `Expiration` deletes nothing: the object stays as an older version, until the rule for
older versions comes. That is counted in.

## Why it matters
A cold class is a contract. Who leaves early pays the rest of the time all the same, so that the move costs more than
staying in Standard would have: the move itself, the time in the class, and the rest of it.

## How to fix it
Let the later step wait until the minimum is over, or drop the move. For what is deleted within a month or two,
Standard is the cheapest class.
";

pub static RULE: Rule = Rule {
    id: "s3-lifecycle-transition-too-early",
    title: "Lifecycle rules leave a class before its minimum time is over",
    docs: DOCS,
    kind: Kind::Cost,
    severity: Severity::Low,
    confidence: Confidence::High,
    note: "s3-storage-classes#minimum-duration",
    references: &[
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html",
    ],
    needs: &[Need::BucketLifecycle, Need::BucketVersioning],
    since: "0.1.0",
    opt_in: None,
    params: &[],
    check: Check::Bucket(check),
    examples: EXAMPLES,
};

/// What versioning makes of `Expiration`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Versions {
    /// It deletes, and there are no older versions.
    Never,
    /// It deletes what was written since, and there are older versions.
    Suspended,
    /// It makes an older version of the object.
    Kept,
}

fn check(bucket: &Bucket, _cx: &Context<'_>) -> Verdict {
    let rules: Vec<_> = bucket.lifecycle.known()?.iter().filter(|rule| rule.is_enabled()).collect();
    let early = match bucket.versioning.known() {
        Ok(versioning) if versioning.is_enabled() => early(&rules, Versions::Kept),
        Ok(versioning) if versioning.status.is_some() => early(&rules, Versions::Suspended),
        Ok(_) => early(&rules, Versions::Never),
        Err(unknown) => {
            // What is wrong whatever the versioning is, is wrong.
            let [never, suspended, kept] =
                [Versions::Never, Versions::Suspended, Versions::Kept].map(|versions| early(&rules, versions));
            let open = never.len() + suspended.len() + kept.len();
            let sure: Vec<_> = never.into_iter().filter(|e| suspended.contains(e) && kept.contains(e)).collect();
            if sure.is_empty() && open > 0 {
                return Err(unknown.into());
            }
            sure
        }
    };
    if early.is_empty() {
        return pass();
    }
    let says: Vec<_> = early.iter().map(|early| early.what.as_str()).collect();
    let remedies: Vec<_> = early.iter().map(|early| early.remedy.as_str()).collect();
    let mut problem = fail(format!("Lifecycle of bucket {}: {}", bucket.name, says.join("; ")));
    for early in &early {
        let (what, class, days) = early.evidence;
        problem = problem.evidence(format!("{what}.{class}"), days);
    }
    problem.fixes(lifecycle::edit_rules(bucket, &remedies.join("; "))).verdict()
}

/// A step that comes too early.
#[derive(PartialEq, Eq)]
struct Early {
    what: String,
    remedy: String,
    /// What is counted, of which class, and how many days.
    evidence: (&'static str, &'static str, u32),
}

/// A day on which something happens to an object, and the rule that does it.
struct Step {
    day: u32,
    rule: String,
}

/// A list of moves in a rule: of current objects or of older versions.
type Moves = fn(&LifecycleRule) -> &[Transition];

/// All steps that come too early, each once.
fn early(rules: &[&LifecycleRule], versions: Versions) -> Vec<Early> {
    let mut found = Vec::new();
    for rule in rules {
        found.extend(too_young(rule, &rule.transitions));
        if versions != Versions::Never {
            found.extend(too_young(rule, &rule.noncurrent_version_transitions));
        }
        // The objects of this rule, with every other rule that is sure to act on all of them.
        let acting: Vec<_> = rules.iter().copied().filter(|other| acts_on_all_of(other, rule)).collect();
        found.extend(left_too_early(&acting, versions));
    }
    let mut unique: Vec<Early> = Vec::new();
    for early in found {
        if !unique.contains(&early) {
            unique.push(early);
        }
    }
    unique
}

/// Whether a rule acts on every object that another one acts on.
fn acts_on_all_of(rule: &LifecycleRule, other: &LifecycleRule) -> bool {
    std::ptr::eq(rule, other) || (!rule.narrowed && other.prefix.starts_with(&rule.prefix))
}

/// Moves to an IA class within 30 days.
fn too_young<'a>(rule: &'a LifecycleRule, transitions: &'a [Transition]) -> impl Iterator<Item = Early> + 'a {
    transitions.iter().filter_map(|transition| {
        let class = Class::find(&transition.storage_class).filter(|class| class.takes_only_objects_of_30_days())?;
        let days = transition.days.filter(|days| *days < 30)?;
        Some(Early {
            what: format!(
                "{} moves objects to {} after {}, before the 30 that S3 asks for",
                name(rule),
                class.name,
                text(days)
            ),
            remedy: format!("let {} wait 30 days before {}", name(rule), class.name),
            evidence: ("days_before_class", class.name, days),
        })
    })
}

/// Stays in a class that end before its minimum time is over, for objects on which all these rules act.
fn left_too_early(rules: &[&LifecycleRule], versions: Versions) -> Vec<Early> {
    const CURRENT: Moves = |rule| &rule.transitions;
    const OLDER: Moves = |rule| &rule.noncurrent_version_transitions;
    let expiration = first(rules, |rule| rule.expiration_days, 0);
    let deletion = |from| first(rules, |rule| rule.noncurrent_version_expiration_days, from);

    let mut found = match expiration {
        // From its expiration on the object is an older version: the days of those rules count from there.
        Some(hidden) if versions == Versions::Kept => {
            let mut steps = moves(rules, CURRENT, 0);
            steps.retain(|(_, step)| step.day < hidden.day);
            steps.extend(moves(rules, OLDER, hidden.day));
            stays(steps, deletion(hidden.day).as_ref())
        }
        end => stays(moves(rules, CURRENT, 0), end.as_ref()),
    };
    if versions != Versions::Never {
        found.extend(stays(moves(rules, OLDER, 0), deletion(0).as_ref()));
    }
    found
}

/// The moves of these rules, with their days counted from a day.
fn moves(rules: &[&LifecycleRule], of: Moves, from: u32) -> Vec<(&'static Class, Step)> {
    let step = |rule: &LifecycleRule, transition: &Transition| {
        let day = transition.days?.saturating_add(from);
        Some((Class::find(&transition.storage_class)?, Step { day, rule: name(rule) }))
    };
    rules.iter().flat_map(|rule| of(rule).iter().filter_map(|transition| step(rule, transition))).collect()
}

/// The earliest end that these rules set, with its day counted from a day.
fn first(rules: &[&LifecycleRule], of: fn(&LifecycleRule) -> Option<u32>, from: u32) -> Option<Step> {
    let step = |rule: &&LifecycleRule| Some(Step { day: of(rule)?.saturating_add(from), rule: name(rule) });
    rules.iter().filter_map(step).min_by_key(|step| step.day)
}

/// Follows an object down the classes and tells where it does not stay long enough.
fn stays(mut moves: Vec<(&'static Class, Step)>, end: Option<&Step>) -> Vec<Early> {
    moves.retain(|(_, step)| end.is_none_or(|end| step.day < end.day));
    moves.sort_by_key(|(class, step)| (step.day, class.coldness()));
    let mut found = Vec::new();
    let mut now: Option<(&'static Class, Step)> = None;
    for (class, step) in moves {
        if let Some((here, since)) = &now {
            if class.coldness() <= here.coldness() {
                continue;
            }
            // Of several moves on one day the coldest counts.
            if step.day > since.day {
                found.extend(stay(here, since, &step, &format!("moves them on to {}", class.name)));
            }
        }
        now = Some((class, step));
    }
    if let (Some((here, since)), Some(end)) = (&now, end) {
        found.extend(stay(here, since, end, "deletes them"));
    }
    found
}

fn stay(class: &'static Class, since: &Step, until: &Step, what: &str) -> Option<Early> {
    let days = until.day - since.day;
    let by = if until.rule == since.rule { String::new() } else { format!("{} ", until.rule) };
    (days < class.min_days).then(|| Early {
        what: format!(
            "{} moves objects to {} on day {} and {by}{what} on day {}: {} there, {} billed",
            since.rule,
            class.name,
            since.day,
            until.day,
            text(days),
            class.min_days
        ),
        remedy: format!("let objects stay in {} for {} ({})", class.name, text(class.min_days), until.rule),
        evidence: ("days_in_class", class.name, days),
    })
}

fn text(days: u32) -> String {
    count(usize::try_from(days).unwrap_or(usize::MAX), "day")
}

fn name(rule: &LifecycleRule) -> String {
    rule.id.as_deref().map_or_else(|| "a rule without a name".to_owned(), |id| format!("rule {id}"))
}

const EXAMPLES: &[Example] = &[
    Example {
        name: "deleted a month after the move to Glacier Flexible Retrieval, which bills 90 days",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {}, "Lifecycle": [{"ID": "archive",
            "Status": "Enabled", "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}], "ExpirationDays": 60}]}]}}"#,
    },
    Example {
        name: "moved on after 15 of 30 days, by two rules for the same objects",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {}, "Lifecycle": [
            {"ID": "ia", "Status": "Enabled", "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}]},
            {"ID": "glacier", "Status": "Enabled", "Prefix": "logs/",
             "Transitions": [{"Days": 45, "StorageClass": "GLACIER"}]}]}]}}"#,
    },
    Example {
        name: "to Standard-IA after a week, which S3 refuses today",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {}, "Lifecycle": [{"ID": "ia",
            "Status": "Enabled", "Transitions": [{"Days": 7, "StorageClass": "STANDARD_IA"}]}]}]}}"#,
    },
    Example {
        name: "older versions deleted 20 days after their move to Deep Archive",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {"Status": "Enabled"}, "Lifecycle": [
            {"Status": "Enabled", "NoncurrentVersionTransitions": [{"Days": 10, "StorageClass": "DEEP_ARCHIVE"}],
             "NoncurrentVersionExpirationDays": 30}]}]}}"#,
    },
    Example {
        name: "versions: hidden on day 60 and deleted a week later, 37 days after the move to Glacier",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {"Status": "Enabled"}, "Lifecycle": [
            {"ID": "archive", "Status": "Enabled", "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}],
             "ExpirationDays": 60, "NoncurrentVersionExpirationDays": 7}]}]}}"#,
    },
    Example {
        name: "what is wrong with or without versions needs no reading of them",
        expected: Expected::Fail,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Lifecycle": [
            {"ID": "cold", "Status": "Enabled", "Transitions": [{"Days": 0, "StorageClass": "GLACIER_IR"},
             {"Days": 30, "StorageClass": "DEEP_ARCHIVE"}]}]}]}}"#,
    },
    Example {
        name: "each class has its time: 30 days, 90 days, 180 days",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {}, "Lifecycle": [{"ID": "cool",
            "Status": "Enabled", "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"},
            {"Days": 60, "StorageClass": "GLACIER"}, {"Days": 150, "StorageClass": "DEEP_ARCHIVE"}],
            "ExpirationDays": 330}]}]}}"#,
    },
    Example {
        name: "versions: hidden on day 60, but never deleted",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {"Status": "Enabled"}, "Lifecycle": [
            {"ID": "archive", "Status": "Enabled", "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}],
             "ExpirationDays": 60}]}]}}"#,
    },
    Example {
        name: "two rules for different objects, and one that is disabled",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {}, "Lifecycle": [
            {"ID": "raw", "Status": "Enabled", "Prefix": "raw/",
             "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]},
            {"ID": "tmp", "Status": "Enabled", "Prefix": "tmp/", "ExpirationDays": 40},
            {"ID": "all", "Status": "Disabled", "ExpirationDays": 40}]}]}}"#,
    },
    Example {
        name: "Intelligent-Tiering has no minimum; deletion before the move makes the move void",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {}, "Lifecycle": [
            {"ID": "tier", "Status": "Enabled", "Transitions": [{"Days": 0, "StorageClass": "INTELLIGENT_TIERING"},
             {"Days": 90, "StorageClass": "GLACIER"}], "ExpirationDays": 30}]}]}}"#,
    },
    Example {
        name: "no rules",
        expected: Expected::Pass,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Lifecycle": []}]}}"#,
    },
    Example {
        name: "whether Expiration deletes depends on versioning, which could not be read",
        expected: Expected::Unknown,
        snapshot: r#"{"s3": {"Buckets": [{"Name": "lab-data", "Versioning": {"$gap": 1}, "Lifecycle": [{"ID": "archive",
            "Status": "Enabled", "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}], "ExpirationDays": 60}]}]},
            "gaps": [{"id": 1, "kind": "denied", "operation": "s3:GetBucketVersioning", "message": "Access Denied"}]}"#,
    },
];
