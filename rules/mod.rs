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

/// Declares the families of lints and the list of all of them at once.
macro_rules! lints {
    ($($family:ident),* $(,)?) => {
        /// Lints of IAM policy text.
        #[allow(missing_docs, reason = "a family documents itself in its DOCS")] pub mod policy { $(pub mod $family;)* }

        /// All families of lints, sorted by name.
        pub static FAMILIES: &[&crate::lint::Family] = &[$(&policy::$family::FAMILY),*];
    };
}

lints! {
    action_name,
    administrator,
    condition_key,
    condition_operator,
    condition_type,
    condition_value,
    create_service_linked_role,
    data_types,
    dead_action,
    duplicate_keys,
    dynamodb_condition,
    effect,
    elements,
    empty,
    ip_range,
    json_syntax,
    key_support,
    never_applies,
    outsider,
    pass_role,
    principal,
    rcp,
    rcp_condition,
    redundant,
    resource_arn,
    resource_policy_scope,
    s3_prefix,
    scp,
    service_principal,
    service_principal_access,
    sid,
    size,
    tag_support,
    trust_policy,
    variable,
    version,
    weak_condition,
    web_identity,
    wide_grant,
    wildcard_value,
}

rules! {
    account {
        resource_outside_allowed_regions,
    }
    iam {
        access_key_never_used_at_creation,
        access_key_old,
        access_key_unused,
        access_key_used_from_many_services,
        group_empty,
        no_account_alias,
        password_policy_missing,
        password_policy_weak,
        policy_bedrock_wildcard,
        policy_full_admin,
        policy_lint,
        policy_not_action_allow,
        policy_pass_role_any,
        policy_privilege_escalation,
        policy_resource_star_on_write,
        policy_service_wildcard,
        policy_unattached,
        role_admin_attached,
        role_ec2_instance_profile_unused,
        role_permissions_unused,
        role_trust_anyone,
        role_trust_external_account_no_external_id,
        role_trust_lint,
        role_trust_oidc_no_subject,
        role_trust_service_no_source_condition,
        role_unused,
        root_access_key,
        root_no_hardware_mfa,
        root_no_mfa,
        root_used_recently,
        saml_provider_expiring,
        server_certificate_expired,
        user_console_no_mfa,
        user_in_no_group,
        user_inline_policy,
        user_policy_attached_directly,
        user_two_active_keys,
        user_unused_credentials,
    }
    s3 {
        account_public_access_not_blocked,
        bucket_access_logging_off,
        bucket_acl_public,
        bucket_acls_enabled,
        bucket_empty,
        bucket_encryption_not_kms,
        bucket_large_standard,
        bucket_mfa_delete_off,
        bucket_name_has_dots,
        bucket_name_invalid,
        bucket_name_predictable,
        bucket_no_lifecycle,
        bucket_policy_lint,
        bucket_policy_public,
        bucket_public_access_not_blocked,
        bucket_tls_not_required,
        bucket_untagged,
        bucket_versioning_off,
        bucket_website_public,
        lifecycle_transition_too_early,
        multipart_uploads_left,
        noncurrent_versions_kept_forever,
        objects_in_wrong_class,
        objects_too_small_for_class,
    }
}
