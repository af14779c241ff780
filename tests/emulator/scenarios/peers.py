"""The account on which other tools were measured: many buckets, users, roles and policies, half of them at fault."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Callable

from scenarios import peers_leftovers
from scenarios.documents import ADMIN, OWN_ACCOUNT, Statement, allow, document, public_read, trust
from scenarios.emulator import ACCOUNT, Emulator
from scenarios.lab_s3 import storage_metrics

THREADS = 8
METRICS_PER_CALL = 500
ROLES_FOR_ANYONE = 5  # one role in five, as in the account measured: 20 of 100
PUBLIC_BUCKETS = 2  # one bucket in two

EC2 = {"Service": "ec2.amazonaws.com"}
CONTENTS: tuple[Statement, ...] = (
    ADMIN,
    allow("s3:*"),
    allow(["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]),
    allow(["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::peers-bucket-0000", "arn:aws:s3:::peers-bucket-0000/*"]),
    allow("dynamodb:PutItem", f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/peers"),
)


@dataclass(frozen=True)
class Size:
    buckets: int = 200
    users: int = 50
    roles: int = 100
    policies: int = 50

    def scaled(self, scale: int) -> Size:
        return Size(self.buckets * scale, self.users * scale, self.roles * scale, self.policies * scale)


def seed(emulator: Emulator, size: Size) -> dict[str, int]:
    """Seed with several threads; how many there are of each kind."""
    iam, s3, cloudwatch = emulator.client("iam"), emulator.client("s3"), emulator.client("cloudwatch")
    _in_threads(lambda number: _policy(iam, number), size.policies)
    _in_threads(lambda number: _user(iam, number, size.policies), size.users)
    _in_threads(lambda number: _role(iam, number, size.policies), size.roles)
    _in_threads(lambda number: _bucket(s3, number), size.buckets)
    _metrics(cloudwatch, size.buckets)
    public = len(range(0, size.buckets, PUBLIC_BUCKETS))
    anyone = len(range(0, size.roles, ROLES_FOR_ANYONE))
    left = peers_leftovers.seed(emulator)
    return {**vars(size), "public_buckets": public, "roles_for_anyone": anyone, **left}


def _in_threads(make: Callable[[int], None], count: int) -> None:
    with ThreadPoolExecutor(THREADS) as pool:
        for _ in pool.map(make, range(count)):
            pass


def _policy(iam: Any, number: int) -> None:
    statement = CONTENTS[number % len(CONTENTS)]
    iam.create_policy(PolicyName=f"peers-policy-{number:04}", PolicyDocument=document(statement))


def _policy_arn(number: int, policies: int) -> str:
    return f"arn:aws:iam::{ACCOUNT}:policy/peers-policy-{number % policies:04}"


def _user(iam: Any, number: int, policies: int) -> None:
    name = f"peers-user-{number:04}"
    iam.create_user(UserName=name)
    iam.create_access_key(UserName=name)
    if policies:
        iam.attach_user_policy(UserName=name, PolicyArn=_policy_arn(number, policies))


def _role(iam: Any, number: int, policies: int) -> None:
    name = f"peers-role-{number:04}"
    principals = (EC2, OWN_ACCOUNT, EC2, EC2)
    principal = {"AWS": "*"} if number % ROLES_FOR_ANYONE == 0 else principals[number % len(principals)]
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(principal))
    iam.put_role_policy(RoleName=name, PolicyName="inline", PolicyDocument=document(CONTENTS[number % len(CONTENTS)]))
    if policies:
        iam.attach_role_policy(RoleName=name, PolicyArn=_policy_arn(number, policies))


def _bucket(s3: Any, number: int) -> None:
    name = f"peers-bucket-{number:04}"
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="data.csv", Body=b"a,b\n")
    if number % PUBLIC_BUCKETS == 0:
        s3.delete_public_access_block(Bucket=name)
        s3.put_bucket_policy(Bucket=name, Policy=document(public_read(name)))
    else:
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


def _metrics(cloudwatch: Any, buckets: int) -> None:
    data = [
        datum
        for number in range(buckets)
        for datum in storage_metrics(f"peers-bucket-{number:04}", (("StandardStorage", number * 2**20 + 4),), 1)
    ]
    for start in range(0, len(data), METRICS_PER_CALL):
        cloudwatch.put_metric_data(Namespace="AWS/S3", MetricData=data[start:start + METRICS_PER_CALL])
