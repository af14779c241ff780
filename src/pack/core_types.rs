//! What packs see of the resources that afterlab reads itself: derived facts, each worked out only when a rule reads it.

use serde_json::{Map, Value, json};

use crate::inventory::iam::Role;
use crate::inventory::s3::Bucket;
use crate::inventory::{GapId, Unknown};
use crate::rule::role_width;
use crate::rule::{Context, Need, NoVerdict};
use crate::s3::exposure;

/// A type that afterlab reads itself.
#[derive(Debug)]
pub struct CoreType {
    /// `CloudFormation`'s name of it.
    pub name: &'static str,
    /// What rules of packs can read of it.
    pub members: &'static [Member],
}

/// A member of a core type.
#[derive(Debug)]
pub struct Member {
    /// Its name: as AWS's API has it, or in `snake_case` where afterlab works it out.
    pub name: &'static str,
    /// What it tells, for the guide.
    pub meaning: &'static str,
    /// What must be read for it.
    pub needs: &'static [Need],
}

/// The type of roles.
pub(super) const ROLE: &str = "AWS::IAM::Role";

/// The type of buckets.
pub(super) const BUCKET: &str = "AWS::S3::Bucket";

/// The types that afterlab reads itself.
pub const CORE_TYPES: &[CoreType] = &[
    CoreType {
        name: ROLE,
        members: &[
            Member { name: "RoleName", meaning: "its name", needs: &[Need::IamPrincipals] },
            Member {
                name: "too_wide",
                meaning: "why it grants far more than one task takes, in words; `null` if it does not",
                needs: &[Need::IamPrincipals],
            },
        ],
    },
    CoreType {
        name: BUCKET,
        members: &[
            Member { name: "Name", meaning: "its name", needs: &[Need::Buckets] },
            Member {
                name: "is_public",
                meaning: "whether its policy or its ACL lets anyone in",
                needs: &[
                    Need::AccountPublicAccessBlock,
                    Need::BucketPublicAccessBlock,
                    Need::BucketPolicyStatus,
                    Need::BucketAcl,
                ],
            },
            Member {
                name: "logs_access",
                meaning: "whether it writes server access logs",
                needs: &[Need::BucketLogging],
            },
        ],
    },
];

/// The core type of this name.
#[must_use]
pub(super) fn core_type(name: &str) -> Option<&'static CoreType> {
    CORE_TYPES.iter().find(|kind| kind.name == name)
}

/// What a rule reads of the resource that is called so: a name, an ARN, or an `s3://` address; none if the account has
/// none of that name.
pub(super) fn find(
    kind: &CoreType,
    called: &str,
    members: &[&'static str],
    cx: &Context<'_>,
) -> Option<Result<Value, NoVerdict>> {
    // A scan of some regions does not list the buckets of others.
    let beyond = || cx.inventory.is_limited().then_some(Unknown(GapId::UNREAD));
    let (found, unseen) = if kind.name == ROLE {
        (cx.lookup().role(called).map(Found::Role), cx.inventory.iam.roles.known().err())
    } else {
        (
            cx.lookup().bucket(bucket_name(called)).map(Found::Bucket),
            cx.inventory.s3.buckets.known().err().or_else(beyond),
        )
    };
    let Some(found) = found else { return unseen.map(|gap| Err(gap.into())) };
    let facts = members.iter().map(|member| Ok(((*member).to_owned(), found.fact(member, cx)?)));
    Some(facts.collect::<Result<Map<_, _>, NoVerdict>>().map(Value::Object))
}

/// A resource of a core type.
enum Found<'a> {
    Role(&'a Role),
    Bucket(&'a Bucket),
}

impl Found<'_> {
    fn fact(&self, member: &str, cx: &Context<'_>) -> Result<Value, NoVerdict> {
        match self {
            Self::Role(role) => of_role(role, member, cx),
            Self::Bucket(bucket) => of_bucket(bucket, member, cx),
        }
    }
}

/// `logs` of `s3://logs/prefix`, `arn:aws:s3:::logs/prefix` and `logs`.
fn bucket_name(called: &str) -> &str {
    let rest = called.strip_prefix("s3://").unwrap_or_else(|| called.rsplit(":::").next().unwrap_or(called));
    rest.split('/').next().unwrap_or(rest)
}

fn of_role(role: &Role, member: &str, cx: &Context<'_>) -> Result<Value, NoVerdict> {
    Ok(match member {
        "too_wide" => json!(role_width::too_wide(role, cx)?),
        _ => json!(role.role_name),
    })
}

fn of_bucket(bucket: &Bucket, member: &str, cx: &Context<'_>) -> Result<Value, NoVerdict> {
    Ok(match member {
        "is_public" => json!(exposure::way_in(bucket, &cx.inventory.s3)?.is_some()),
        "logs_access" => json!(bucket.logging.known()?.is_some()),
        _ => json!(bucket.name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_found_by_every_form_of_its_name() {
        for form in ["logs", "s3://logs", "s3://logs/a/b", "arn:aws:s3:::logs", "arn:aws-cn:s3:::logs/AWSLogs"] {
            assert_eq!(bucket_name(form), "logs", "{form}");
        }
    }
}
