"""The lab's customer managed policies: each fault alone, and what looks like it but is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from scenarios.documents import ADMIN, Statement, allow, deny, document
from scenarios.emulator import ACCOUNT

HARMLESS = allow(["s3:GetObject", "s3:ListBucket"], ["arn:aws:s3:::lab-good", "arn:aws:s3:::lab-good/*"])
ALL_BUT_SOME: Statement = {
    "Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "account:*"], "Resource": "*",
}  # fmt: skip
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/lab"
TO_LAMBDA = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}

FULL_ADMIN = "iam-policy-full-admin"
WILDCARD = "iam-policy-service-wildcard"
ESCALATION = "iam-policy-privilege-escalation"
WRITE_ON_STAR = "iam-policy-resource-star-on-write"
PASS_ROLE = "iam-policy-pass-role-any"
NOT_ACTION = "iam-policy-not-action-allow"
UNATTACHED = "iam-policy-unattached"
LINT = "iam-policy-lint"
ANY_MODEL = "iam-policy-bedrock-wildcard"


@dataclass(frozen=True)
class PolicySpec:
    """A policy, the role that holds it, the rules that must fire, and those that may. `older`: no longer in force."""

    name: str
    shows: str
    statements: tuple[Statement, ...]
    holder: Optional[str] = "role-holder-harmless"
    older: Optional[tuple[Statement, ...]] = None
    fires: tuple[str, ...] = ()

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{ACCOUNT}:policy/{self.name}"

    @property
    def versions(self) -> list[str]:
        """The documents in the order they were made; the last is the default one."""
        return [document(*statements) for statements in (self.older, self.statements) if statements]


POLICIES = (
    PolicySpec(
        "policy-full-admin", "everything on everything", (ADMIN,), holder="role-holder-admin",
        fires=(FULL_ADMIN,),
    ),
    PolicySpec(
        "policy-service-wildcard", "a whole service", (allow("s3:*"),), holder="role-holder-risky",
        fires=(WILDCARD,),
    ),
    PolicySpec(
        "policy-not-action-allow", "all but some", (ALL_BUT_SOME,), holder="role-holder-risky",
        fires=(NOT_ACTION, ESCALATION),
    ),
    PolicySpec(
        "policy-any-model", "every Bedrock model", (allow("bedrock:InvokeModel"),), holder="role-holder-risky",
        fires=(ANY_MODEL,),
    ),
    PolicySpec(
        "policy-one-model", "one Bedrock model",
        (allow("bedrock:InvokeModel", "arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0"),),
    ),
    PolicySpec("policy-not-action-deny", "refuses all but some", (HARMLESS, {**ALL_BUT_SOME, "Effect": "Deny"})),
    PolicySpec(
        "policy-pass-role-any", "any role to any service", (allow("iam:PassRole"),), holder="role-holder-risky",
        fires=(PASS_ROLE,),
    ),
    PolicySpec(
        "policy-pass-role-scoped", "one role to one service",
        (allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/role-used", TO_LAMBDA),),
    ),
    PolicySpec(
        "policy-write-on-star", "writes to any table", (allow(["dynamodb:PutItem", "dynamodb:DeleteTable"]),),
        holder="role-holder-risky", fires=(WRITE_ON_STAR,),
    ),
    PolicySpec("policy-write-scoped", "writes to one table", (allow("dynamodb:PutItem", TABLE),)),
    PolicySpec(
        "policy-read-on-star", "lists that know no resource", (allow(["dynamodb:ListTables", "ec2:DescribeInstances"]),)
    ),
    PolicySpec(
        "policy-escalation-new-version", "may rewrite any policy", (allow("iam:CreatePolicyVersion"),),
        holder="role-holder-risky", fires=(ESCALATION, WRITE_ON_STAR),
    ),
    PolicySpec(
        "policy-escalation-lambda", "may run code as any role",
        (
            allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/*"),
            allow(["lambda:CreateFunction", "lambda:InvokeFunction"]),
        ),
        holder="role-holder-risky", fires=(ESCALATION, PASS_ROLE, WRITE_ON_STAR),
    ),
    PolicySpec(
        "policy-escalation-denied", "would be an escalation, but for its Deny",
        (allow("iam:CreatePolicyVersion"), deny("iam:CreatePolicyVersion")),
    ),
    PolicySpec("policy-admin-denied", "an admin statement that a Deny takes back", (ADMIN, deny("*"))),
    PolicySpec("policy-old-version-admin", "admin in a version that is not in force", (HARMLESS,), older=(ADMIN,)),
    PolicySpec(
        "policy-mistyped", "an action that does not exist", (allow("dynamodb:GetItems", TABLE),), fires=(LINT,),
    ),
    PolicySpec("policy-unattached", "held by nobody", (HARMLESS,), holder=None, fires=(UNATTACHED,)),
    PolicySpec("policy-boundary-only", "serves as a boundary only", (HARMLESS,), holder=None),
    PolicySpec("policy-people", "what the people's group may do", (HARMLESS,), holder=None),
)  # fmt: skip
