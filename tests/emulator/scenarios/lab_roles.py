"""The lab's roles and instance profiles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

from scenarios.documents import OWN_ACCOUNT, allow, document, trust
from scenarios.emulator import ACCOUNT, Emulator, stamp
from scenarios.lab_policies import POLICIES
from scenarios.lab_users import services

OTHER_ACCOUNT = {"AWS": "arn:aws:iam::210987654321:root"}
BEDROCK = {"Service": "bedrock.amazonaws.com"}
EC2 = {"Service": "ec2.amazonaws.com"}
GITHUB_URL = "https://token.actions.githubusercontent.com"
GITHUB = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"}
AUDIENCE = {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"}
SUBJECT = "token.actions.githubusercontent.com:sub"
FROM_OWN_ACCOUNT = {
    "StringEquals": {"aws:SourceAccount": ACCOUNT},
    "ArnLike": {"aws:SourceArn": f"arn:aws:bedrock:us-east-1:{ACCOUNT}:agent/*"},
}
AWS_POLICY = "arn:aws:iam::aws:policy/"
FOUR_SERVICES = document(allow(["s3:Get*", "ec2:Describe*", "lambda:List*", "dynamodb:Describe*"]))

ANYONE = "iam-role-trust-anyone"
EXTERNAL = "iam-role-trust-external-account-no-external-id"
SERVICE = "iam-role-trust-service-no-source-condition"
OIDC = "iam-role-trust-oidc-no-subject"
ADMIN_ROLE = "iam-role-admin-attached"
UNUSED = "iam-role-unused"
PERMISSIONS_UNUSED = "iam-role-permissions-unused"
TRUST_LINT = "iam-role-trust-lint"
PROFILE_UNUSED = "iam-role-ec2-instance-profile-unused"


def github(subject: Optional[str]) -> str:
    condition: dict[str, Any] = {"StringEquals": AUDIENCE}
    if subject:
        condition["StringLike"] = {SUBJECT: subject}
    return trust(GITHUB, condition, "sts:AssumeRoleWithWebIdentity")


@dataclass(frozen=True)
class RoleSpec:
    """A role (a good one by default); times in days ago, `used` None when never. `services`: used, and never used."""

    name: str
    shows: str
    trust: str = trust(OWN_ACCOUNT)
    created: float = 100
    used: Optional[float] = 1
    attached: tuple[str, ...] = ()
    inline: Optional[str] = None
    boundary: Optional[str] = None
    profile: Optional[str] = None
    services: tuple[int, int] = (0, 0)
    fires: tuple[str, ...] = ()

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{ACCOUNT}:role/{self.name}"


ROLES = (
    RoleSpec("role-used", "nothing wrong"),
    RoleSpec("role-trust-anyone", "anyone may assume it", trust({"AWS": "*"}), fires=(ANYONE,)),
    RoleSpec(
        "role-trust-anyone-in-organization", "anyone in one organization may assume it",
        trust({"AWS": "*"}, {"StringEquals": {"aws:PrincipalOrgID": "o-lab1234567"}}),
    ),
    RoleSpec("role-trust-external", "another account may assume it", trust(OTHER_ACCOUNT), fires=(EXTERNAL,)),
    RoleSpec(
        "role-trust-external-with-id", "another account may assume it with an external id",
        trust(OTHER_ACCOUNT, {"StringEquals": {"sts:ExternalId": "lab-7f3c"}}),
    ),
    RoleSpec("role-trust-service", "a service may assume it for anyone", trust(BEDROCK), fires=(SERVICE,)),
    RoleSpec(
        "role-trust-service-with-source", "a service may assume it for this account", trust(BEDROCK, FROM_OWN_ACCOUNT)
    ),
    RoleSpec(
        "role-trust-mistyped", "a condition key that does not exist",
        trust(OWN_ACCOUNT, {"Bool": {"aws:MultiFactorAuthPresnt": "true"}}), fires=(TRUST_LINT,),
    ),
    RoleSpec("role-trust-github", "any repository of GitHub may assume it", github(None), fires=(OIDC,)),
    RoleSpec("role-trust-github-any-subject", "a subject of * is none", github("*"), fires=(OIDC,)),
    RoleSpec("role-trust-github-with-subject", "one repository may assume it", github("repo:lab/notes:*")),
    RoleSpec(
        "role-admin-attached", "AWS's administrator policy", attached=(f"{AWS_POLICY}AdministratorAccess",),
        fires=(ADMIN_ROLE,),
    ),
    RoleSpec("role-readonly-attached", "AWS's read-only policy", attached=(f"{AWS_POLICY}ReadOnlyAccess",)),
    RoleSpec("role-unused", "last used 200 days ago", created=400, used=200, fires=(UNUSED,)),
    RoleSpec("role-never-used", "made 200 days ago, never used", created=200, used=None, fires=(UNUSED,)),
    RoleSpec("role-new", "made today, not used yet", created=0, used=None),
    RoleSpec(
        "role-permissions-unused", "uses one of its four services", inline=FOUR_SERVICES, services=(1, 3),
        fires=(PERMISSIONS_UNUSED,),
    ),
    RoleSpec("role-permissions-used", "uses its four services", inline=FOUR_SERVICES, services=(4, 0)),
    RoleSpec(
        "role-profile-unused", "an instance profile that no instance has", trust(EC2), created=200, used=None,
        profile="profile-unused", fires=(PROFILE_UNUSED,),
    ),
    RoleSpec(
        "role-profile-used", "an instance profile that an instance has", trust(EC2), profile="profile-used",
    ),
    RoleSpec("role-bounded", "has a boundary", boundary="policy-boundary-only"),
    RoleSpec("role-holder-admin", "holds the lab's admin policy", fires=(ADMIN_ROLE,)),
    RoleSpec("role-holder-risky", "holds the lab's risky policies"),
    RoleSpec("role-holder-harmless", "holds the lab's harmless policies"),
)  # fmt: skip

# Made by AWS, never used, and none of the account's business: no rule may fire.
SERVICE_LINKED_ROLE = "AWSServiceRoleForAutoScaling"
USED_PROFILE = "profile-used"


def seed(emulator: Emulator) -> dict[str, int]:
    iam = emulator.client("iam")
    iam.create_open_id_connect_provider(
        Url=GITHUB_URL, ClientIDList=["sts.amazonaws.com"], ThumbprintList=["6938fd4d98bab03faadb97b34396831e3780aea1"]
    )
    for spec in ROLES:
        _seed_role(iam, spec)
    iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    ec2 = emulator.client("ec2")
    made = ec2.run_instances(
        ImageId="ami-12345678",
        InstanceType="t3.micro",
        MinCount=1,
        MaxCount=1,
        IamInstanceProfile={"Name": USED_PROFILE},
    )
    # A stopped instance has its profile all the same, and is no leftover.
    ec2.stop_instances(InstanceIds=[instance["InstanceId"] for instance in made["Instances"]])
    emulator.set({
        "roles": {
            **{spec.name: _role_dates(spec) for spec in ROLES},
            SERVICE_LINKED_ROLE: {"CreateDate": stamp(400)},
        },
        "service_last_accessed": {
            spec.arn: services(spec.services[0], spec.arn, spec.services[1]) for spec in ROLES if any(spec.services)
        },
    })
    return {"roles": len(ROLES) + 1, "instance_profiles": sum(1 for spec in ROLES if spec.profile), "instances": 1}


def _seed_role(iam: Any, spec: RoleSpec) -> None:
    boundary = {"PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/{spec.boundary}"} if spec.boundary else {}
    iam.create_role(RoleName=spec.name, AssumeRolePolicyDocument=spec.trust, Description=spec.shows, **boundary)
    held = [policy.arn for policy in POLICIES if policy.holder == spec.name]
    for arn in [*spec.attached, *held]:
        iam.attach_role_policy(RoleName=spec.name, PolicyArn=arn)
    if spec.inline:
        iam.put_role_policy(RoleName=spec.name, PolicyName="inline", PolicyDocument=spec.inline)
    if spec.profile:
        iam.create_instance_profile(InstanceProfileName=spec.profile)
        iam.add_role_to_instance_profile(InstanceProfileName=spec.profile, RoleName=spec.name)


def _role_dates(spec: RoleSpec) -> dict[str, str]:
    dates = {"CreateDate": stamp(spec.created)}
    if spec.used is not None:
        dates.update(LastUsedDate=stamp(spec.used), Region="us-east-1")
    return dates
