//! What could not be read, and why.

use serde::{Deserialize, Serialize};

/// The number of a [`Gap`] within its inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct GapId(pub u32);

impl GapId {
    /// The gap of everything that was never asked for: a snapshot that leaves a member out, a need nobody selected.
    pub const UNREAD: Self = Self(0);
}

/// Why something could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GapKind {
    /// AWS refused: the credentials lack a permission.
    Denied,
    /// AWS kept answering "slow down" until the retries were used up.
    Throttled,
    /// The endpoint does not know this operation (an emulator, or a page that is not AWS).
    Unsupported,
    /// No answer in time, or the connection broke.
    Unreachable,
    /// An answer came, but it was cut short or cannot be understood.
    Malformed,
    /// AWS answered with an error of its own.
    Failed,
    /// The scan was stopped (Ctrl-C or `--timeout`) before this was read.
    Stopped,
    /// Nobody asked for it: the snapshot was taken without it.
    Unread,
}

impl GapKind {
    /// In a sentence: "s3:GetBucketPolicy was refused".
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Denied => "was refused",
            Self::Throttled => "was throttled until the retries ran out",
            Self::Unsupported => "is not supported by this endpoint",
            Self::Unreachable => "got no answer",
            Self::Malformed => "got an answer that cannot be trusted",
            Self::Failed => "failed",
            Self::Stopped => "was not reached before the scan stopped",
            Self::Unread => "was never read",
        }
    }
}

/// One thing that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// Its number in this inventory; rules and values refer to it.
    pub id: GapId,
    /// Why it could not be read.
    pub kind: GapKind,
    /// The operation, as `service:Operation` (`s3:GetBucketPolicy`).
    pub operation: String,
    /// The region that was asked, if the operation has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The resource that the call was about, if it was about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// AWS's error code, where one came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What was answered or what went wrong, in one line.
    pub message: String,
    /// Whether trying again later could help.
    #[serde(default)]
    pub retry_may_help: bool,
    /// The IAM action that closes this gap when granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iam_action: Option<String>,
}

/// All gaps of an inventory, by id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Gaps(Vec<Gap>);

impl Gaps {
    /// Records a gap and gives it the next id.
    pub fn add(&mut self, mut gap: Gap) -> GapId {
        let id = GapId(u32::try_from(self.0.len()).unwrap_or(u32::MAX - 1) + 1);
        gap.id = id;
        self.0.push(gap);
        id
    }

    /// The gap of this id; `None` for [`GapId::UNREAD`] and for ids that no gap has.
    #[must_use]
    pub fn get(&self, id: GapId) -> Option<&Gap> {
        let index = usize::try_from(id.0).ok()?.checked_sub(1)?;
        self.0.get(index)
    }

    /// All of them, in the order they were met.
    pub fn iter(&self) -> std::slice::Iter<'_, Gap> {
        self.0.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether everything was read.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first gap whose id is not its place, which a hand-edited snapshot may bring.
    #[must_use]
    pub fn first_misnumbered(&self) -> Option<&Gap> {
        (1_u32..).zip(&self.0).find(|(place, gap)| gap.id.0 != *place).map(|(_, gap)| gap)
    }
}

impl<'a> IntoIterator for &'a Gaps {
    type Item = &'a Gap;
    type IntoIter = std::slice::Iter<'a, Gap>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
