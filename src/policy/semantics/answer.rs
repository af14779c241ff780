//! What a check says.

use crate::policy::eval::Request;

/// What a check says: it holds, it does not and here is why, or it cannot be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<Proof = Grant> {
    /// It holds for every request.
    Pass,
    /// It does not; each by a request that proves it. At least one.
    Fail(Vec<Proof>),
    /// It cannot be told, for these reasons. At least one.
    Unknown(Vec<String>),
}

/// A statement that allows what it should not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Its place in its document, from 0.
    pub statement: usize,
    /// A request that it allows.
    pub request: Request,
    /// Why the request is not one that was allowed before.
    pub reason: Reason,
}

/// Why a request is not one that may be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No statement of the other policy allows it.
    NotAllowed,
    /// A statement of the other policy denies it: its place, from 0.
    Denied(usize),
    /// The other policy neither denies nor allows it.
    NotDenied,
    /// The check is about it.
    Listed,
}

impl<Proof: PartialEq> Answer<Proof> {
    /// Whether it holds for sure.
    #[must_use]
    pub fn is_pass(&self) -> bool {
        *self == Self::Pass
    }

    /// What proves that it does not hold; nothing otherwise.
    #[must_use]
    pub fn proofs(&self) -> &[Proof] {
        match self {
            Self::Fail(grants) => grants,
            Self::Pass | Self::Unknown(_) => &[],
        }
    }
}
