"""The course's account as a whole: who may do what, who writes down what was done, and who looks at it."""

from __future__ import annotations

from scenarios.course_part import (
    NARROW_ROLE,
    PRIVATE_BUCKET,
    PROMPTS_BUCKET,
    PUBLIC_BUCKET,
    REGIONS,
    SECOND_REGION,
    THIRD_REGION,
    WIDE_ROLE,
    Course,
    part,
)
from scenarios.documents import ADMIN, allow, document, public_read, trust
from scenarios.emulator import ACCOUNT, HOME_REGION, days_ago

SERVICES = {"Service": [f"{name}.amazonaws.com" for name in ("bedrock", "ec2", "lambda", "sagemaker")]}
LOG_GROUP = "/course/trail"
TOPIC = f"arn:aws:sns:{HOME_REGION}:{ACCOUNT}:course"


@part({})
def roles(course: Course) -> None:
    """A role that may do everything and one that may do next to nothing; the other parts choose."""
    iam = course.client("iam")
    read = allow("s3:GetObject", f"arn:aws:s3:::{PRIVATE_BUCKET}/data/*")
    for arn, statement in ((WIDE_ROLE, ADMIN), (NARROW_ROLE, read)):
        name = arn.rsplit("/", 1)[-1]
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(SERVICES))
        iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=document(statement))
        iam.create_instance_profile(InstanceProfileName=name)
        iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)


@part({})
def buckets(course: Course) -> None:
    """A bucket that logs its accesses, and two that are open to the world."""
    s3 = course.client("s3")
    s3.create_bucket(Bucket=PRIVATE_BUCKET)
    log_delivery = {
        **allow("s3:PutObject", f"arn:aws:s3:::{PRIVATE_BUCKET}/*", {"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
        "Principal": {"Service": "logging.s3.amazonaws.com"},
    }
    s3.put_bucket_policy(Bucket=PRIVATE_BUCKET, Policy=document(log_delivery))
    target = {"TargetBucket": PRIVATE_BUCKET, "TargetPrefix": "access/"}
    s3.put_bucket_logging(Bucket=PRIVATE_BUCKET, BucketLoggingStatus={"LoggingEnabled": target})
    if course.is_right:
        return
    s3.create_bucket(Bucket=PUBLIC_BUCKET)
    elsewhere = course.client("s3", THIRD_REGION)
    elsewhere.create_bucket(Bucket=PROMPTS_BUCKET, CreateBucketConfiguration={"LocationConstraint": THIRD_REGION})
    for client, name in ((s3, PUBLIC_BUCKET), (elsewhere, PROMPTS_BUCKET)):
        client.delete_public_access_block(Bucket=name)
        client.put_bucket_policy(Bucket=name, Policy=document(public_read(name)))


@part({"account-no-security-contact": 1, "account-no-budget": 1})
def owner(course: Course) -> None:
    """Whom AWS writes to when something is wrong, or dear. At fault there is a budget that tells nobody."""
    alert = {
        "Notification": {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80},
        "Subscribers": [{"SubscriptionType": "EMAIL", "Address": "ana@example.com"}],
    }
    course.client("budgets").create_budget(
        AccountId=ACCOUNT,
        Budget={
            "BudgetName": "course", "BudgetType": "COST", "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": "10", "Unit": "USD"},
        },
        NotificationsWithSubscribers=[alert] if course.is_right else [],
    )  # fmt: skip
    if course.is_right:
        course.client("account").put_alternate_contact(
            AlternateContactType="SECURITY", Name="Ana", Title="Owner", EmailAddress="ana@example.com",
            PhoneNumber="+351210000000",
        )  # fmt: skip


@part({
    "guardduty-not-enabled": 1, "securityhub-not-enabled": 1, "inspector-not-enabled": 1, "macie-not-enabled": 1,
    "access-analyzer-not-enabled": 1,
})  # fmt: skip
def watchers(course: Course) -> None:
    """The services that look for trouble. moto has no Access Analyzer and a Macie that is always on."""
    if not course.is_right:
        return
    for region in REGIONS:
        course.client("guardduty", region).create_detector(Enable=True)
        course.client("securityhub", region).enable_security_hub()
        course.client("inspector2", region).enable(accountIds=[ACCOUNT], resourceTypes=["EC2", "ECR", "LAMBDA"])
    analyzer = {
        "arn": f"arn:aws:access-analyzer:{HOME_REGION}:{ACCOUNT}:analyzer/course", "name": "course",
        "type": "ACCOUNT", "status": "ACTIVE", "createdAt": "2026-11-01T08:00:00Z",
    }  # fmt: skip
    course.emulator.set({
        "replies": {
            "macie2:GetMacieSession": {"status": "ENABLED", "createdAt": "2026-11-01T08:00:00Z"},
            "accessanalyzer:ListAnalyzers": {"analyzers": [analyzer]},
        }
    })  # fmt: skip


@part({"logs-group-kept-forever": 1})
def logs(course: Course) -> None:
    """A log group with something in it."""
    logs = course.client("logs")
    logs.create_log_group(logGroupName=LOG_GROUP)
    logs.create_log_stream(logGroupName=LOG_GROUP, logStreamName="all")
    event = {"timestamp": int(days_ago(0).timestamp() * 1000), "message": "ConsoleLogin"}
    logs.put_log_events(logGroupName=LOG_GROUP, logStreamName="all", logEvents=[event])
    if course.is_right:
        logs.put_retention_policy(logGroupName=LOG_GROUP, retentionInDays=30)


@part({"cloudwatch-alarm-without-action": 1})
def alarms(course: Course) -> None:
    """An alarm, and whom it tells."""
    course.client("cloudwatch").put_metric_alarm(
        AlarmName="course-bill", Namespace="AWS/Billing", MetricName="EstimatedCharges", Statistic="Maximum",
        Period=21600, EvaluationPeriods=1, Threshold=10, ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[TOPIC] if course.is_right else [],
    )  # fmt: skip


@part({"kms-key-rotation-off": 1, "kms-key-pending-deletion": 1})
def keys(course: Course) -> None:
    """A key that rotates, or one that does not and one that is on its way out."""
    kms = course.client("kms")
    key = kms.create_key(Description="course")["KeyMetadata"]
    course.made["key"] = key["Arn"]
    if course.is_right:
        kms.enable_key_rotation(KeyId=key["KeyId"])
    else:
        leaving = kms.create_key(Description="leaving")["KeyMetadata"]["KeyId"]
        kms.schedule_key_deletion(KeyId=leaving, PendingWindowInDays=30)


@part({
    "cloudtrail-not-logging": 1, "cloudtrail-not-all-regions": 1, "cloudtrail-no-log-validation": 1,
    "cloudtrail-not-kms": 1, "cloudtrail-no-cloudwatch-logs": 1, "cloudtrail-bucket-public": 1,
    "cloudtrail-bucket-no-access-logging": 1, "cloudtrail-second-trail-bills": 1,
    "cloudtrail-no-bedrock-data-events": 1,
})  # fmt: skip
def trails(course: Course) -> None:
    """One trail that has everything; or one that lacks all, a second that is a copy, and a third that is stopped."""
    cloudtrail = course.client("cloudtrail")
    full = {
        "S3BucketName": PRIVATE_BUCKET, "EnableLogFileValidation": True, "KmsKeyId": course.made["key"],
        "CloudWatchLogsLogGroupArn": f"arn:aws:logs:{HOME_REGION}:{ACCOUNT}:log-group:{LOG_GROUP}:*",
        "CloudWatchLogsRoleArn": NARROW_ROLE,
    }  # fmt: skip
    if course.is_right:
        cloudtrail.create_trail(Name="course", IsMultiRegionTrail=True, IncludeGlobalServiceEvents=True, **full)
        of_bedrock = [
            {"Field": "eventCategory", "Equals": ["Data"]},
            {"Field": "resources.type", "Equals": ["AWS::Bedrock::AgentAlias"]},
        ]
        of_all = [{"Field": "eventCategory", "Equals": ["Management"]}]
        selectors = [{"Name": "data", "FieldSelectors": of_bedrock}, {"Name": "all", "FieldSelectors": of_all}]
        cloudtrail.put_event_selectors(TrailName="course", AdvancedEventSelectors=selectors)
        cloudtrail.start_logging(Name="course")
        return
    cloudtrail.create_trail(Name="course-bare", S3BucketName=PUBLIC_BUCKET)
    cloudtrail.create_trail(Name="course-copy", **full)
    cloudtrail.create_trail(Name="course-stopped", **full)
    for name in ("course-bare", "course-copy"):
        management = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]
        cloudtrail.put_event_selectors(TrailName=name, EventSelectors=management)
        cloudtrail.start_logging(Name=name)


@part({"config-recorder-partial": 1, "config-recorder-off": 1, "config-no-aggregator": 1})
def recorders(course: Course) -> None:
    """What AWS Config records: all of it everywhere; or some of it in two regions, without a common view."""
    some = {"allSupported": False, "includeGlobalResourceTypes": False, "resourceTypes": ["AWS::EC2::Instance"]}
    everything = {"allSupported": True, "includeGlobalResourceTypes": True}
    for region in REGIONS if course.is_right else (HOME_REGION, SECOND_REGION):
        config = course.client("config", region)
        group = everything if course.is_right else some
        config.put_configuration_recorder(
            ConfigurationRecorder={"name": "default", "roleARN": NARROW_ROLE, "recordingGroup": group}
        )
        config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": PRIVATE_BUCKET})
        config.start_configuration_recorder(ConfigurationRecorderName="default")
    if course.is_right:
        course.client("config").put_configuration_aggregator(
            ConfigurationAggregatorName="course",
            AccountAggregationSources=[{"AccountIds": [ACCOUNT], "AllAwsRegions": True}],
        )


PARTS = (roles, buckets, owner, watchers, logs, alarms, keys, trails, recorders)
