//! The rules: one folder a service, one file a rule.
//!
//! A new rule is one file and one line in the list below; `cargo test rules` says what is missing.

/// Declares the modules and the list of all rules at once, so that there is one list and no second.
macro_rules! rules {
    ($($service:ident { $($rule:ident),* $(,)? })*) => {
        $(#[allow(missing_docs, reason = "a rule documents itself in its DOCS")] pub mod $service { $(pub mod $rule;)* })*

        /// All rules, sorted by id.
        pub static ALL: &[&crate::rule::Rule] = &[$($(&$service::$rule::RULE),*),*];
    };
}

rules! {
    iam {
        root_access_key,
    }
    s3 {
        bucket_public_access_not_blocked,
    }
}
