//! Gaps for people: two hundred refused calls of one operation are one thing to mend.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::UnknownOutcome;
use crate::inventory::{Gap, GapId, GapKind, Gaps};

/// Gaps of one operation with one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GapGroup {
    /// `s3:GetBucketPolicy`; for what was never asked for, `snapshot`.
    pub operation: String,
    /// Why.
    pub kind: GapKind,
    /// AWS's error code, where one came.
    pub code: Option<String>,
    /// What the first of them said.
    pub message: String,
    /// How many calls failed alike.
    pub calls: usize,
    /// The resources that they were about.
    pub resources: BTreeSet<String>,
    /// The regions that were asked.
    pub regions: BTreeSet<String>,
    /// The IAM action that closes the gap when granted.
    pub iam_action: Option<String>,
    /// Whether trying again later could help.
    pub retry_may_help: bool,
    /// The rules that could not judge something because of it.
    pub blinds: BTreeSet<&'static str>,
}

impl GapGroup {
    /// What can be done about it.
    #[must_use]
    pub fn advice(&self) -> String {
        match (&self.iam_action, self.kind) {
            (Some(action), _) => format!("allow {action}"),
            (None, GapKind::Throttled) => "try again with a lower --max-rps or --concurrency".to_owned(),
            (None, GapKind::Unreachable) => "check the network, or raise --call-timeout".to_owned(),
            (None, GapKind::Unsupported) => "nothing: the emulator lacks it".to_owned(),
            (None, GapKind::Stopped) => "let the scan finish, or raise --timeout".to_owned(),
            (None, GapKind::Unread) => "scan all regions, or take a new snapshot".to_owned(),
            (None, GapKind::Malformed) => "an emulator? then nothing; else try again".to_owned(),
            (None, _) if self.retry_may_help => "try again".to_owned(),
            (None, _) => "see the message".to_owned(),
        }
    }
}

type Key<'a> = (&'a str, GapKind, Option<&'a str>);

/// Puts alike gaps together: those that blind a rule first, then by operation.
pub(super) fn group(gaps: &Gaps, unknown: &[UnknownOutcome]) -> Vec<GapGroup> {
    let mut blinded: HashMap<GapId, BTreeSet<&'static str>> = HashMap::new();
    for outcome in unknown {
        blinded.entry(outcome.gap).or_default().insert(outcome.rule.id);
    }
    let mut groups: BTreeMap<Key<'_>, GapGroup> = BTreeMap::new();
    for gap in gaps {
        let key = (gap.operation.as_str(), gap.kind, gap.code.as_deref());
        let group = groups.entry(key).or_insert_with(|| empty(gap));
        group.calls += 1;
        group.resources.extend(gap.resource.clone());
        group.regions.extend(gap.region.clone());
        group.retry_may_help |= gap.retry_may_help;
        group.blinds.extend(blinded.remove(&gap.id).unwrap_or_default());
    }
    let mut groups: Vec<GapGroup> = groups.into_values().collect();
    // What is left refers to nothing that was asked: a snapshot without the member, or with a number of no gap.
    let unread: BTreeSet<&'static str> = blinded.into_values().flatten().collect();
    if !unread.is_empty() {
        groups.push(GapGroup {
            operation: "snapshot".to_owned(),
            kind: GapKind::Unread,
            code: None,
            message: "the snapshot lacks it, or it is in no region that was asked for".to_owned(),
            calls: 0,
            resources: BTreeSet::new(),
            regions: BTreeSet::new(),
            iam_action: None,
            retry_may_help: false,
            blinds: unread,
        });
    }
    groups.sort_by_key(|group| group.blinds.is_empty());
    groups
}

fn empty(gap: &Gap) -> GapGroup {
    GapGroup {
        operation: gap.operation.clone(),
        kind: gap.kind,
        code: gap.code.clone(),
        message: gap.message.clone(),
        calls: 0,
        resources: BTreeSet::new(),
        regions: BTreeSet::new(),
        iam_action: gap.iam_action.clone(),
        retry_may_help: false,
        blinds: BTreeSet::new(),
    }
}
