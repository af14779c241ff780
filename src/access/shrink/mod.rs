//! A narrower policy for a principal, by what it was seen to use.
