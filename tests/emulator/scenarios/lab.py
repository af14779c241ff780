"""The lab: one small account with every fault of the IAM and S3 rules, and for each a good twin."""

from __future__ import annotations

from typing import Any, Iterable, Protocol

from scenarios import lab_account, lab_roles, lab_s3, lab_users
from scenarios.emulator import ACCOUNT, Emulator
from scenarios.lab_account import AccountOptions
from scenarios.lab_policies import POLICIES


class Spec(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def fires(self) -> tuple[str, ...]: ...


def seed(emulator: Emulator, options: AccountOptions) -> dict[str, int]:
    """Seed the lab; how many there are of each kind. The order is fixed, so that moto's seeded ids are too."""
    iam = emulator.client("iam")
    for policy in POLICIES:
        first, *later = policy.versions
        iam.create_policy(PolicyName=policy.name, PolicyDocument=first, Description=policy.shows)
        for version in later:
            iam.create_policy_version(PolicyArn=policy.arn, PolicyDocument=version, SetAsDefault=True)
    counts = {"policies": len(POLICIES)}
    people = next(policy.arn for policy in POLICIES if policy.name == "policy-people")
    counts.update(lab_users.seed(emulator, people))
    counts.update(lab_roles.seed(emulator))
    counts.update(lab_account.seed(emulator, options))
    counts.update(lab_s3.seed(emulator, options.account_block))
    return counts


def expected(options: AccountOptions) -> dict[str, Any]:
    """What the rules must say of the lab.

    `rules` names for each rule the kind of resource it looks at and the resources that must fail. All others of that
    kind must not.
    """
    rules: dict[str, dict[str, Any]] = {}
    for rule in lab_account.account_rules():
        rules[rule] = {"resource": "account", "fail": [ACCOUNT] if rule in options.fires() else []}
    kinds: dict[str, Iterable[Spec]] = {
        "bucket": lab_s3.BUCKETS, "user": lab_users.USERS, "role": lab_roles.ROLES, "policy": POLICIES,
    }  # fmt: skip
    for kind, specs in kinds.items():
        for spec in specs:
            for rule in spec.fires:
                rules.setdefault(rule, {"resource": kind, "fail": []})["fail"].append(spec.name)
    for rule, kind, name in (
        (lab_users.GROUP_EMPTY, "group", "group-empty"),
        (lab_account.CERTIFICATE_EXPIRED, "server-certificate", "cert-expired"),
        (lab_account.SAML_EXPIRING, "saml-provider", "saml-expiring"),
    ):
        rules[rule] = {"resource": kind, "fail": [name]}
    if options.account_block == "on":
        for rule in lab_s3.PUBLIC_ACCESS_RULES:
            rules[rule]["fail"] = []
    return {"account": ACCOUNT, "resources": _resources(kinds), "rules": dict(sorted(rules.items()))}


def _resources(kinds: dict[str, Iterable[Spec]]) -> dict[str, list[str]]:
    resources = {kind: [spec.name for spec in specs] for kind, specs in kinds.items()}
    resources["account"] = [ACCOUNT]
    resources["role"].append(lab_roles.SERVICE_LINKED_ROLE)
    resources["group"] = list(lab_users.GROUPS)
    resources["server-certificate"] = list(lab_account.CERTIFICATES)
    resources["saml-provider"] = list(lab_account.SAML_PROVIDERS)
    return resources
