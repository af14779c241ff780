"""What the parts of the course's account have in common: whose they are, and what the rules must say of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable, Optional

from scenarios.emulator import ACCOUNT, HOME_REGION, Emulator

# Where the account has something. The second has what the first cannot have at the same time, the third is bare.
SECOND_REGION, BARE_REGION = "eu-west-1", "ap-southeast-2"
REGIONS = (HOME_REGION, SECOND_REGION, BARE_REGION)

KEY = f"arn:aws:kms:{HOME_REGION}:{ACCOUNT}:key/1b2c3d4e-0000-4000-8000-000000000001"
TOPIC = f"arn:aws:sns:{HOME_REGION}:{ACCOUNT}:course"
WIDE_ROLE, NARROW_ROLE = (f"arn:aws:iam::{ACCOUNT}:role/course-{name}" for name in ("wide", "narrow"))
PUBLIC_BUCKET, PRIVATE_BUCKET = "course-public-6f1a", "course-private-6f1a"

Findings = dict[str, int]


@dataclass(frozen=True)
class Course:
    """The account while it is made, at fault or put right."""

    emulator: Emulator
    is_right: bool
    made: dict[str, str] = field(default_factory=dict)
    """Ids that moto chose, for the parts that follow."""

    def client(self, service: str, region: str = HOME_REGION) -> Any:
        return self.emulator.client(service, region)

    @property
    def role(self) -> str:
        return NARROW_ROLE if self.is_right else WIDE_ROLE

    @property
    def bucket(self) -> str:
        return PRIVATE_BUCKET if self.is_right else PUBLIC_BUCKET


@dataclass(frozen=True)
class Part:
    """One service of the account, and how many findings a rule must have there."""

    seed: Callable[[Course], None]
    at_fault: Findings
    put_right: Findings


def part(at_fault: Findings, put_right: Optional[Findings] = None) -> Callable[[Callable[[Course], None]], Part]:
    """Say of a function that seeds a service what the rules find there at fault, and what is left when put right."""
    return lambda seed: Part(seed, at_fault, put_right or {})
