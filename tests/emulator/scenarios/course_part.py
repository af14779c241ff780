"""What the parts of the course's account have in common: whose they are, and what the rules must say of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Callable

from scenarios.emulator import ACCOUNT, HOME_REGION, Emulator

# The regions that an account of the launcher has on. Two more have what a region has one of, in other states.
SECOND_REGION, THIRD_REGION = "eu-west-1", "eu-central-1"
REGIONS = (HOME_REGION, SECOND_REGION, THIRD_REGION, "us-west-2")

WIDE_ROLE, NARROW_ROLE = (f"arn:aws:iam::{ACCOUNT}:role/course-{name}" for name in ("wide", "narrow"))
PUBLIC_BUCKET, PRIVATE_BUCKET = "course-public-6f1a", "course-private-6f1a"
PROMPTS_BUCKET = "course-prompts-6f1a"

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
    """One service of the account, and how many findings each rule must have there when it is at fault."""

    seed: Callable[[Course], None]
    finds: Findings


def part(finds: Findings) -> Callable[[Callable[[Course], None]], Part]:
    """Say of a function that seeds a service what the rules find there when it is at fault; put right, nothing."""
    return lambda seed: Part(seed, finds)
