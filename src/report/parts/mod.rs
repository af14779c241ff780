//! What the reports of accounts and those of policies have in common, by format.

pub(super) mod junit;
pub(super) mod markdown;
pub(super) mod sarif;
