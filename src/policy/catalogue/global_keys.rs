//! Condition keys that work with any service.

use super::service::{ConditionKey, KeyType, ValueType};

const fn one(name: &'static str, value: ValueType) -> ConditionKey {
    ConditionKey { name, kind: KeyType::one(value) }
}

const fn many(name: &'static str, value: ValueType) -> ConditionKey {
    ConditionKey { name, kind: KeyType::many(value) }
}

/// The global condition keys, and those of single services that go with every request of a role session.
///
/// Source: "AWS global condition context keys" in the IAM user guide, as of 2026-11.
pub static GLOBAL_KEYS: &[ConditionKey] = &[
    one("aws:AssumedRoot", ValueType::Bool),
    many("aws:CalledVia", ValueType::String),
    one("aws:CalledViaAWSMCP", ValueType::String),
    one("aws:CalledViaFirst", ValueType::String),
    one("aws:CalledViaLast", ValueType::String),
    one("aws:ChatbotSourceArn", ValueType::Arn),
    one("aws:CurrentTime", ValueType::Date),
    one("aws:Ec2InstanceSourcePrivateIPv4", ValueType::IpAddress),
    one("aws:Ec2InstanceSourceVpc", ValueType::String),
    one("aws:EpochTime", ValueType::Date),
    one("aws:FederatedProvider", ValueType::String),
    one("aws:IsMcpServiceAction", ValueType::Bool),
    one("aws:MultiFactorAuthAge", ValueType::Numeric),
    one("aws:MultiFactorAuthPresent", ValueType::Bool),
    one("aws:PrincipalAccount", ValueType::String),
    one("aws:PrincipalArn", ValueType::Arn),
    one("aws:PrincipalIsAWSService", ValueType::Bool),
    one("aws:PrincipalOrgID", ValueType::String),
    many("aws:PrincipalOrgPaths", ValueType::String),
    one("aws:PrincipalServiceName", ValueType::String),
    many("aws:PrincipalServiceNamesList", ValueType::String),
    one("aws:PrincipalTag/${TagKey}", ValueType::String),
    one("aws:PrincipalType", ValueType::String),
    one("aws:Referer", ValueType::String),
    one("aws:RequestedRegion", ValueType::String),
    one("aws:RequestTag/${TagKey}", ValueType::String),
    one("aws:ResourceAccount", ValueType::String),
    one("aws:ResourceOrgID", ValueType::String),
    many("aws:ResourceOrgPaths", ValueType::String),
    one("aws:ResourceTag/${TagKey}", ValueType::String),
    one("aws:SecureTransport", ValueType::Bool),
    one("aws:SignInSessionArn", ValueType::Arn),
    one("aws:SourceAccount", ValueType::String),
    one("aws:SourceArn", ValueType::Arn),
    one("aws:SourceIdentity", ValueType::String),
    one("aws:SourceIp", ValueType::IpAddress),
    one("aws:SourceOrgID", ValueType::String),
    many("aws:SourceOrgPaths", ValueType::String),
    one("aws:SourceOwner", ValueType::String),
    one("aws:SourceVpc", ValueType::String),
    one("aws:SourceVpcArn", ValueType::Arn),
    one("aws:SourceVpce", ValueType::String),
    many("aws:TagKeys", ValueType::String),
    one("aws:TokenIssueTime", ValueType::Date),
    one("aws:UserAgent", ValueType::String),
    one("aws:UserId", ValueType::String),
    one("aws:Username", ValueType::String),
    one("aws:ViaAWSMCPService", ValueType::Bool),
    one("aws:ViaAWSService", ValueType::Bool),
    one("aws:VpceAccount", ValueType::String),
    one("aws:VpceOrgID", ValueType::String),
    many("aws:VpceOrgPaths", ValueType::String),
    one("aws:VpcSourceIp", ValueType::IpAddress),
    one("codebuild:BuildArn", ValueType::Arn),
    one("codebuild:ProjectArn", ValueType::Arn),
    one("ec2:RoleDelivery", ValueType::Numeric),
    one("ec2:SourceInstanceArn", ValueType::Arn),
    one("glue:CredentialIssuingService", ValueType::String),
    one("glue:RoleAssumedBy", ValueType::String),
    one("identitystore:UserId", ValueType::String),
    one("lambda:SourceFunctionArn", ValueType::Arn),
    one("ssm:SourceInstanceArn", ValueType::Arn),
];
