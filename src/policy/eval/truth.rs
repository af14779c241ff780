//! Yes, no, or not known and why.

use std::fmt;

/// An answer that may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Truth {
    /// It holds.
    Yes,
    /// It does not hold.
    No,
    /// It cannot be told, for these reasons; at least one.
    Unknown(Vec<Doubt>),
}

/// Why something cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// The request's value of this condition key is not given.
    Key(String),
    /// Something else, as a sentence without its full stop.
    Other(String),
}

impl Truth {
    /// Not known, for one reason.
    #[must_use]
    pub fn unknown(doubt: Doubt) -> Self {
        Self::Unknown(vec![doubt])
    }

    /// Whether it holds for sure.
    #[must_use]
    pub fn is_yes(&self) -> bool {
        *self == Self::Yes
    }

    /// Whether it does not hold for sure.
    #[must_use]
    pub fn is_no(&self) -> bool {
        *self == Self::No
    }

    /// Why it is not known; nothing when it is.
    #[must_use]
    pub fn doubts(&self) -> &[Doubt] {
        match self {
            Self::Unknown(doubts) => doubts,
            Self::Yes | Self::No => &[],
        }
    }

    /// Whether both hold: a no is a no, whatever the other one is.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, other) => other,
            (own, Self::Yes) => own,
            (Self::Unknown(own), Self::Unknown(other)) => Self::Unknown(joined(own, other)),
        }
    }

    /// Whether one of both holds: a yes is a yes, whatever the other one is.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, other) => other,
            (own, Self::No) => own,
            (Self::Unknown(own), Self::Unknown(other)) => Self::Unknown(joined(own, other)),
        }
    }

    /// Whether it does not hold.
    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            unknown @ Self::Unknown(_) => unknown,
        }
    }

    /// Whether all of these hold; of none, all do.
    pub fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut all = Self::Yes;
        for truth in truths {
            all = all.and(truth);
            if all.is_no() {
                break;
            }
        }
        all
    }

    /// Whether any of these holds; of none, none does.
    pub fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        let mut any = Self::No;
        for truth in truths {
            any = any.or(truth);
            if any.is_yes() {
                break;
            }
        }
        any
    }
}

impl From<bool> for Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

impl From<Result<bool, Doubt>> for Truth {
    fn from(answer: Result<bool, Doubt>) -> Self {
        answer.map_or_else(Self::unknown, Self::from)
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(f, "the request's {key} is not given"),
            Self::Other(reason) => f.write_str(reason),
        }
    }
}

fn joined(mut own: Vec<Doubt>, other: Vec<Doubt>) -> Vec<Doubt> {
    for doubt in other {
        if !own.contains(&doubt) {
            own.push(doubt);
        }
    }
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_doubt_gives_way_only_to_what_decides() {
        let unknown = || Truth::unknown(Doubt::Key("aws:SourceIp".into()));
        assert_eq!(unknown().and(Truth::No), Truth::No);
        assert_eq!(unknown().and(Truth::Yes), unknown());
        assert_eq!(unknown().or(Truth::Yes), Truth::Yes);
        assert_eq!(unknown().or(Truth::No), unknown());
        assert_eq!(unknown().negated(), unknown());
        assert_eq!(unknown().and(unknown()), unknown(), "each doubt once");
        assert_eq!(Truth::all([]), Truth::Yes);
        assert_eq!(Truth::any([]), Truth::No);
        assert_eq!(Truth::any([unknown(), Truth::Yes]), Truth::Yes);
        assert_eq!(unknown().doubts()[0].to_string(), "the request's aws:SourceIp is not given");
    }
}
