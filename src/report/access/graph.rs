//! The escalation graph in its formats.
