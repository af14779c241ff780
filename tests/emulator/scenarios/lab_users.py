"""The lab's users and groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

from scenarios.documents import allow, document
from scenarios.emulator import ACCOUNT, Emulator, stamp

GROUPS = ("group-people", "group-empty")
PASSWORD = "Correct-Horse-Battery-9"
DIRECT_POLICY = f"arn:aws:iam::{ACCOUNT}:policy/policy-write-scoped"
INLINE_POLICY = document(allow("s3:GetObject", "arn:aws:s3:::lab-good/*"))

NO_MFA = "iam-user-console-no-mfa"
UNUSED = "iam-user-unused-credentials"
KEY_OLD = "iam-access-key-old"
KEY_UNUSED = "iam-access-key-unused"
TWO_KEYS = "iam-user-two-active-keys"
AT_CREATION = "iam-access-key-never-used-at-creation"
NO_GROUP = "iam-user-in-no-group"
DIRECT = "iam-user-policy-attached-directly"
INLINE = "iam-user-inline-policy"
MANY_SERVICES = "iam-access-key-used-from-many-services"
GROUP_EMPTY = "iam-group-empty"

SERVICES = (
    ("Amazon S3", "s3"), ("Amazon EC2", "ec2"), ("AWS Lambda", "lambda"), ("Amazon DynamoDB", "dynamodb"),
    ("Amazon RDS", "rds"), ("Amazon SQS", "sqs"), ("Amazon SNS", "sns"), ("Amazon CloudWatch", "cloudwatch"),
    ("AWS Key Management Service", "kms"), ("AWS CloudFormation", "cloudformation"), ("Amazon ECS", "ecs"),
    ("Amazon EKS", "eks"), ("AWS Secrets Manager", "secretsmanager"), ("Amazon Bedrock", "bedrock"),
    ("Amazon SageMaker", "sagemaker"), ("AWS Glue", "glue"), ("Amazon Athena", "athena"),
    ("AWS Step Functions", "states"), ("Amazon Kinesis", "kinesis"), ("Amazon Route 53", "route53"),
)  # fmt: skip


@dataclass(frozen=True)
class KeySpec:
    """An access key; times in days ago, `used` None when never."""

    created: float = 20
    used: Optional[float] = 1
    active: bool = True


@dataclass(frozen=True)
class UserSpec:
    """A user (a good one by default); times in days ago. `logged_in` None: has a password, never used it."""

    name: str
    shows: str
    created: float = 300
    password: bool = True
    logged_in: Optional[float] = 1
    mfa: bool = True
    keys: tuple[KeySpec, ...] = ()
    grouped: bool = True
    attached: bool = False
    inline: bool = False
    services: int = 0
    fires: tuple[str, ...] = ()

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{ACCOUNT}:user/{self.name}"


USERS = (
    UserSpec("user-good", "nothing wrong", keys=(KeySpec(),), services=2),
    UserSpec("user-api-only", "no password, one key in use", password=False, mfa=False, keys=(KeySpec(),)),
    UserSpec("user-no-mfa", "a password without MFA", mfa=False, fires=(NO_MFA,)),
    UserSpec("user-unused-password", "last login 100 days ago", logged_in=100, fires=(UNUSED,)),
    UserSpec(
        "user-never-logged-in", "made 100 days ago, never logged in", created=100, logged_in=None, fires=(UNUSED,)
    ),
    UserSpec("user-new", "made today, not logged in yet", created=0, logged_in=None),
    UserSpec("user-key-old", "a key of 120 days, in use", keys=(KeySpec(created=120),), fires=(KEY_OLD,)),
    UserSpec(
        "user-key-unused", "a key last used 60 days ago", keys=(KeySpec(created=80, used=60),),
        fires=(KEY_UNUSED,),
    ),
    UserSpec(
        "user-key-never-used", "no password, a key of 60 days that was never used", password=False, mfa=False,
        keys=(KeySpec(created=60, used=None),), fires=(KEY_UNUSED,),
    ),
    UserSpec(
        "user-key-at-creation", "a key made with the user, never used", created=10,
        keys=(KeySpec(created=10, used=None),), fires=(AT_CREATION,),
    ),
    UserSpec("user-key-at-creation-used", "a key made with the user, in use", created=10, keys=(KeySpec(created=10),)),
    UserSpec(
        "user-two-keys", "two active keys", keys=(KeySpec(created=25), KeySpec(created=20)), fires=(TWO_KEYS,)
    ),
    UserSpec(
        "user-two-keys-one-off", "two keys, one of them inactive",
        keys=(KeySpec(created=25, active=False), KeySpec(created=20)),
    ),
    UserSpec("user-no-group", "in no group", grouped=False, fires=(NO_GROUP,)),
    UserSpec("user-direct-policy", "a policy attached to the user", attached=True, fires=(DIRECT,)),
    UserSpec("user-inline-policy", "a policy inside the user", inline=True, fires=(INLINE,)),
    UserSpec(
        "user-shared-key", "a key that 20 services saw", password=False, mfa=False, keys=(KeySpec(),),
        services=len(SERVICES),
        fires=(MANY_SERVICES,),
    ),
)  # fmt: skip


def seed(emulator: Emulator, people_policy: str) -> dict[str, int]:
    iam = emulator.client("iam")
    for group in GROUPS:
        iam.create_group(GroupName=group)
        iam.attach_group_policy(GroupName=group, PolicyArn=people_policy)
    keys: dict[str, Any] = {}
    for spec in USERS:
        keys.update(_seed_user(iam, spec))
    emulator.set({
        "users": {spec.name: _user_dates(spec) for spec in USERS},
        "access_keys": keys,
        "service_last_accessed": {spec.arn: services(spec.services, spec.arn) for spec in USERS if spec.services},
    })
    return {"users": len(USERS), "groups": len(GROUPS), "access_keys": len(keys)}


def services(used: int, entity: str, unused: int = 0) -> list[dict[str, str]]:
    """Entries of a last-accessed report: some services used in the last days, some never."""
    entries = []
    for number, (name, namespace) in enumerate(SERVICES[:used + unused]):
        entry = {"ServiceName": name, "ServiceNamespace": namespace}
        if number < used:
            entry.update(
                LastAuthenticated=stamp(1 + number % 5),
                LastAuthenticatedEntity=entity,
                LastAuthenticatedRegion="us-east-1",
            )
        entries.append(entry)
    return entries


def _seed_user(iam: Any, spec: UserSpec) -> dict[str, Any]:
    """Make a user; the dates of its keys, by key id."""
    iam.create_user(UserName=spec.name)
    if spec.password:
        iam.create_login_profile(UserName=spec.name, Password=PASSWORD)
    if spec.mfa:
        serial = iam.create_virtual_mfa_device(VirtualMFADeviceName=spec.name)["VirtualMFADevice"]["SerialNumber"]
        iam.enable_mfa_device(
            UserName=spec.name, SerialNumber=serial, AuthenticationCode1="123456", AuthenticationCode2="654321"
        )
    if spec.grouped:
        iam.add_user_to_group(GroupName=GROUPS[0], UserName=spec.name)
    if spec.attached:
        iam.attach_user_policy(UserName=spec.name, PolicyArn=DIRECT_POLICY)
    if spec.inline:
        iam.put_user_policy(UserName=spec.name, PolicyName="inline", PolicyDocument=INLINE_POLICY)
    return dict(_seed_key(iam, spec.name, key) for key in spec.keys)


def _seed_key(iam: Any, user: str, key: KeySpec) -> tuple[str, dict[str, str]]:
    key_id: str = iam.create_access_key(UserName=user)["AccessKey"]["AccessKeyId"]
    if not key.active:
        iam.update_access_key(UserName=user, AccessKeyId=key_id, Status="Inactive")
    dates = {"CreateDate": stamp(key.created)}
    if key.used is not None:
        dates.update(LastUsedDate=stamp(key.used), Region="us-east-1", ServiceName="s3")
    return key_id, dates


def _user_dates(spec: UserSpec) -> dict[str, str]:
    dates = {"CreateDate": stamp(spec.created)}
    if spec.password and spec.logged_in is not None:
        dates["PasswordLastUsed"] = stamp(spec.logged_in)
    return dates
