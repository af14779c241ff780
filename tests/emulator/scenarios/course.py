"""The course: an account with one violation of each rule on the services around IAM and S3, and its twin put right.

It is about what moto can hold; for parts of `watchers`, `functions` and `guardrails` the launcher answers in its stead.
Left out is what takes weeks (unused images, idle endpoints) and what rules the rest out (an account without any trail).
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from scenarios import course_governance, course_machines, course_models
from scenarios.course_part import Course
from scenarios.emulator import Emulator

PARTS = (*course_governance.PARTS, *course_machines.PARTS, *course_models.PARTS)


def seed(emulator: Emulator, is_right: bool) -> dict[str, int]:
    """Seed the account; how many parts there are. The order is fixed: later parts use what earlier ones made."""
    course = Course(emulator, is_right)
    for each in PARTS:
        each.seed(course)
    return {"parts": len(PARTS)}


def expected(is_right: bool) -> dict[str, Any]:
    """How many findings each rule must have; all other rules have none."""
    rules: Counter[str] = Counter()
    for each in PARTS:
        rules.update({} if is_right else each.finds)
    return {"rules": dict(sorted(rules.items()))}
