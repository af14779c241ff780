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
        policy_full_admin,
        policy_not_action_allow,
        policy_pass_role_any,
        policy_privilege_escalation,
        policy_resource_star_on_write,
        policy_service_wildcard,
        role_admin_attached,
        role_trust_anyone,
        role_trust_external_account_no_external_id,
        role_trust_oidc_no_subject,
        role_trust_service_no_source_condition,
        root_access_key,
    }
    s3 {
        bucket_public_access_not_blocked,
    }
}
