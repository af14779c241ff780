//! What the names in CloudTrail's events are called in policies, and what no event shows.

use crate::policy::catalogue::Catalogue;
use crate::policy::matching;

/// The permission to hand a role to a service: no call of its own, so that nothing records its use.
pub(super) const PASS_ROLE: &str = "iam:PassRole";

/// Sources of events whose service has another prefix in policies.
///
/// Source: <https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html>
/// (prefixes) and <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-aws-service-specific-topics.html>
const SOURCES: &[(&str, &str)] =
    &[("monitoring", "cloudwatch"), ("email", "ses"), ("tagging", "tag"), ("iotdata", "iot")];

/// Sources of events that are no calls of a service: signing in.
const NO_CALLS: &[&str] = &["signin"];

/// Events that another action allows than the one of their name: service, event, actions.
///
/// Sources: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html>,
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html>,
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html>,
/// <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html>,
/// <https://docs.aws.amazon.com/kms/latest/APIReference/API_ReEncrypt.html> and, of SNS and SQS,
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html>.
const ACTIONS: &[(&str, &str, &[&str])] = &[
    ("s3", "ListBuckets", &["ListAllMyBuckets"]),
    ("s3", "ListObjects", &["ListBucket"]),
    ("s3", "ListObjectsV2", &["ListBucket"]),
    ("s3", "HeadBucket", &["ListBucket"]),
    ("s3", "HeadObject", &["GetObject"]),
    ("s3", "SelectObjectContent", &["GetObject"]),
    ("s3", "CopyObject", &["GetObject", "PutObject"]),
    ("s3", "UploadPartCopy", &["GetObject", "PutObject"]),
    ("s3", "CreateMultipartUpload", &["PutObject"]),
    ("s3", "UploadPart", &["PutObject"]),
    ("s3", "CompleteMultipartUpload", &["PutObject"]),
    ("s3", "DeleteObjects", &["DeleteObject"]),
    ("s3", "ListObjectVersions", &["ListBucketVersions"]),
    ("s3", "ListMultipartUploads", &["ListBucketMultipartUploads"]),
    ("s3", "ListParts", &["ListMultipartUploadParts"]),
    ("s3", "GetBucketLifecycle", &["GetLifecycleConfiguration"]),
    ("s3", "GetBucketLifecycleConfiguration", &["GetLifecycleConfiguration"]),
    ("s3", "PutBucketLifecycle", &["PutLifecycleConfiguration"]),
    ("s3", "PutBucketLifecycleConfiguration", &["PutLifecycleConfiguration"]),
    ("s3", "DeleteBucketLifecycle", &["PutLifecycleConfiguration"]),
    ("s3", "GetBucketEncryption", &["GetEncryptionConfiguration"]),
    ("s3", "PutBucketEncryption", &["PutEncryptionConfiguration"]),
    ("s3", "DeleteBucketEncryption", &["PutEncryptionConfiguration"]),
    ("s3", "GetBucketReplication", &["GetReplicationConfiguration"]),
    ("s3", "PutBucketReplication", &["PutReplicationConfiguration"]),
    ("s3", "DeleteBucketReplication", &["PutReplicationConfiguration"]),
    ("s3", "DeleteBucketCors", &["PutBucketCORS"]),
    ("s3", "DeleteBucketTagging", &["PutBucketTagging"]),
    ("s3", "DeleteBucketOwnershipControls", &["PutBucketOwnershipControls"]),
    ("s3", "DeleteBucketPublicAccessBlock", &["PutBucketPublicAccessBlock"]),
    ("s3", "GetBucketNotificationConfiguration", &["GetBucketNotification"]),
    ("s3", "PutBucketNotificationConfiguration", &["PutBucketNotification"]),
    ("s3", "GetObjectLockConfiguration", &["GetBucketObjectLockConfiguration"]),
    ("s3", "PutObjectLockConfiguration", &["PutBucketObjectLockConfiguration"]),
    ("s3", "GetBucketAccelerateConfiguration", &["GetAccelerateConfiguration"]),
    ("s3", "PutBucketAccelerateConfiguration", &["PutAccelerateConfiguration"]),
    ("s3", "GetBucketAnalyticsConfiguration", &["GetAnalyticsConfiguration"]),
    ("s3", "PutBucketAnalyticsConfiguration", &["PutAnalyticsConfiguration"]),
    ("s3", "GetBucketInventoryConfiguration", &["GetInventoryConfiguration"]),
    ("s3", "PutBucketInventoryConfiguration", &["PutInventoryConfiguration"]),
    ("s3", "GetBucketMetricsConfiguration", &["GetMetricsConfiguration"]),
    ("s3", "PutBucketMetricsConfiguration", &["PutMetricsConfiguration"]),
    ("lambda", "Invoke", &["InvokeFunction"]),
    ("lambda", "InvokeWithResponseStream", &["InvokeFunction"]),
    ("dynamodb", "TransactGetItems", &["GetItem"]),
    ("dynamodb", "TransactWriteItems", &["ConditionCheckItem", "DeleteItem", "PutItem", "UpdateItem"]),
    ("dynamodb", "ExecuteStatement", &["PartiQLDelete", "PartiQLInsert", "PartiQLSelect", "PartiQLUpdate"]),
    ("dynamodb", "BatchExecuteStatement", &["PartiQLDelete", "PartiQLInsert", "PartiQLSelect", "PartiQLUpdate"]),
    ("dynamodb", "ExecuteTransaction", &["PartiQLDelete", "PartiQLInsert", "PartiQLSelect", "PartiQLUpdate"]),
    ("bedrock", "Converse", &["InvokeModel"]),
    ("bedrock", "ConverseStream", &["InvokeModelWithResponseStream"]),
    ("kms", "ReEncrypt", &["ReEncryptFrom", "ReEncryptTo"]),
    ("sns", "PublishBatch", &["Publish"]),
    ("sqs", "SendMessageBatch", &["SendMessage"]),
    ("sqs", "DeleteMessageBatch", &["DeleteMessage"]),
    ("sqs", "ChangeMessageVisibilityBatch", &["ChangeMessageVisibility"]),
];

/// Actions of which only data events tell, if anything: the event history has none, a trail only where it was set up so.
///
/// Source: <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html>
const IN_DATA_EVENTS: &[&str] = &[
    "s3:*Object*",
    "s3:*MultipartUpload*",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3express:*",
    "s3-object-lambda:*",
    "lambda:Invoke*",
    "dynamodb:*Item*",
    "dynamodb:PartiQL*",
    "dynamodb:Query",
    "dynamodb:Scan",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "bedrock:Invoke*",
    "bedrock:Retrieve*",
    "bedrock:ApplyGuardrail",
    "bedrock:Rerank",
    "bedrock-agentcore:*",
    "sagemaker:Invoke*",
    "sagemaker:*Record",
    "sagemaker:BatchPutMetrics",
    "sagemaker-geospatial:*",
    "sns:Publish",
    "sqs:*Message*",
    "kinesis:Put*",
    "kinesis:Get*",
    "kinesis:SubscribeToShard",
    "firehose:Put*",
    "events:PutEvents",
    "logs:Put*",
    "logs:Get*",
    "logs:FilterLogEvents",
    "logs:Create*",
    "logs:Start*",
    "cloudwatch:*Metric*",
    "xray:*",
    "ses:Send*",
    "ssmmessages:*",
    "ec2messages:*",
    "ebs:*",
    "rds-data:*",
    "redshift-data:*",
    "timestream:*",
    "neptune-db:*",
    "cassandra:*",
    "es:ESHttp*",
    "aoss:*",
    "execute-api:*",
    "appsync:GraphQL",
    "cognito-identity:*",
    "cognito-sync:*",
    "iot:*",
    "kendra:Query",
    "kendra:Retrieve",
    "kendra:*QuerySuggestions",
    "qbusiness:*",
    "q:*",
    "codewhisperer:*",
    "lex:*",
    "personalize:Get*",
    "polly:SynthesizeSpeech",
    "rekognition:*Face*",
    "transcribe:Start*",
    "translate:Translate*",
    "comprehend:Detect*",
    "comprehend:BatchDetect*",
    "verifiedpermissions:*",
    "states:*",
    "swf:*",
    "servicediscovery:Discover*",
    "cloudtrail-data:*",
    "elasticfilesystem:Client*",
    "kafka-cluster:*",
    "ecr:GetDownloadUrlForLayer",
    "ecr:*Layer*",
    "ecr:BatchGetImage",
];

/// Actions that are no call of their own and that no event and no list of AWS shows.
const NOWHERE: &[&str] = &[PASS_ROLE];

/// What no event and no list of AWS shows.
pub(super) fn tracked_nowhere() -> impl Iterator<Item = &'static str> {
    NOWHERE.iter().copied()
}

/// Whether the silence of events says nothing about an action. `has_data` is whether they hold data events of its
/// service.
pub(super) fn is_hidden(action: &str, has_data: bool) -> bool {
    let is_in = |list: &[&str]| list.iter().any(|pattern| matching::action(pattern, action));
    is_in(NOWHERE) || (!has_data && is_in(IN_DATA_EVENTS))
}

/// The prefix in policies of an event's source (`monitoring.amazonaws.com`); none where it is no service's call.
pub(super) fn prefix_of(source: &str) -> Option<&str> {
    let name = source.split('.').next().filter(|name| !name.is_empty())?;
    let renamed = SOURCES.iter().find(|(own, _)| *own == name).map_or(name, |(_, prefix)| prefix);
    (!NO_CALLS.contains(&name)).then_some(renamed)
}

/// The full names of the actions that allow an event, as the catalogue writes them; none when no action is known.
pub(super) fn actions_of(prefix: &str, event: &str) -> Vec<String> {
    let full = |name: &str| {
        let (service, action) = Catalogue::embedded().action(&format!("{prefix}:{name}"))?;
        Some(format!("{}:{}", service.prefix, action.name))
    };
    for name in [event, without_version(event)] {
        if let Some((.., names)) = ACTIONS.iter().find(|(own, event, _)| *own == prefix && *event == name) {
            return names.iter().filter_map(|name| full(name)).collect();
        }
        if let Some(name) = full(name) {
            return vec![name];
        }
    }
    Vec::new()
}

/// An event's name without the API's date: `ListFunctions20150331`, `GetFunction20150331v2`, `GetDistribution2020_05_31`.
fn without_version(event: &str) -> &str {
    let digits = |text: &str, more: &[char]| {
        text.len() - text.trim_end_matches(|c: char| c.is_ascii_digit() || more.contains(&c)).len()
    };
    let revision = digits(event, &[]);
    let end = event.len() - revision;
    let plain = event[..end].strip_suffix('v').filter(|rest| revision > 0 && digits(rest, &[]) >= 8).unwrap_or(event);
    let date = digits(plain, &['_']);
    if date >= 8 { &plain[..plain.len() - date] } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_of_the_tables_is_known() {
        let catalogue = Catalogue::embedded();
        for (prefix, event, names) in ACTIONS {
            assert!(!names.is_empty());
            for name in *names {
                assert!(catalogue.action(&format!("{prefix}:{name}")).is_some(), "{event}: {name}");
            }
            assert!(*names != [*event], "{event} needs no line");
        }
        for pattern in IN_DATA_EVENTS.iter().chain(NOWHERE) {
            assert!(catalogue.matching(pattern).next().is_some(), "{pattern}");
        }
        for (_, prefix) in SOURCES {
            assert!(catalogue.service(prefix).is_some(), "{prefix}");
        }
    }

    #[test]
    fn events_have_their_actions() {
        assert_eq!(prefix_of("monitoring.amazonaws.com"), Some("cloudwatch"));
        assert_eq!((prefix_of("signin.amazonaws.com"), prefix_of("")), (None, None));
        let one = |prefix, event| actions_of(prefix, event).join(" ");
        assert_eq!(one("s3", "ListObjects"), "s3:ListBucket");
        assert_eq!(one("lambda", "ListFunctions20150331"), "lambda:ListFunctions");
        assert_eq!(one("lambda", "GetFunction20150331v2"), "lambda:GetFunction");
        assert_eq!(one("lambda", "Invoke"), "lambda:InvokeFunction");
        assert_eq!(one("cloudfront", "GetDistribution2020_05_31"), "cloudfront:GetDistribution");
        assert_eq!(one("ec2", "runinstances"), "ec2:RunInstances");
        assert_eq!(one("apigateway", "GetRestApi"), "");
        for short in ["", "v2", "20150331v2", "é20150331"] {
            assert_eq!(one("lambda", short), "");
        }
    }

    #[test]
    fn data_events_hide_what_they_would_show() {
        assert!(is_hidden("s3:GetObject", false) && !is_hidden("s3:GetObject", true));
        assert!(!is_hidden("s3:PutBucketPolicy", false) && is_hidden("iam:passrole", true));
    }
}
