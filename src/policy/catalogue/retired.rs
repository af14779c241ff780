//! Services that AWS has shut down: their actions are in old policies and in no list.

/// Prefixes of services that were retired, sorted.
///
/// Source: AWS's announcements of the end of each service, as of 2026-11.
pub(super) const RETIRED: &[&str] = &[
    "aws-portal",
    "clouddirectory",
    "codestar",
    "deepcomposer",
    "deeplens",
    "deepracer",
    "elastic-inference",
    "iot1click",
    "lumberyard",
    "mechanicalturk",
    "mobilehub",
    "mobiletargeting",
    "opsworks",
    "opsworks-cm",
    "qldb",
    "robomaker",
    "sms",
    "sumerian",
    "worklink",
    "zocalo",
];
