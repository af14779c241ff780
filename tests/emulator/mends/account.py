"""Mends of the Account Management service."""

from __future__ import annotations

import json

from control import STATE
from exchange import Forward, Reply, Request
from mends.mend import Mend
from mends.paging import token, untoken
from mends.permission import is_refused, refusal

ACTION = "account:ListRegions"
MAXIMUM_REGIONS = 50
# AWS turns 17 regions on by default. Every region is asked for every type, so that a few make the tests quick.
DEFAULT_REGIONS = ("eu-central-1", "eu-west-1", "us-east-1", "us-west-2")
OPT_IN_REGIONS = ("af-south-1", "me-south-1")


def list_regions(request: Request, forward: Forward) -> Reply:
    """AWS lists all commercial regions with their opt-in status, in pages. moto has no such operation and answers 404.
    Here an account has four regions that are on, and two that are off; the control endpoint (`regions`) changes that."""
    if is_refused(request, ACTION):
        return _json(403, {"message": refusal(ACTION)}, "AccessDeniedException")
    wanted = json.loads(request.body or b"{}")
    limit = int(wanted.get("MaxResults", MAXIMUM_REGIONS))
    after = untoken(wanted["NextToken"]) if "NextToken" in wanted else ""
    if not 1 <= limit <= MAXIMUM_REGIONS or after is None:
        problem: dict[str, object] = {"message": "The input is not valid.", "reason": "fieldValidationFailed"}
        return _json(400, problem, "ValidationException")
    statuses = {
        **dict.fromkeys(DEFAULT_REGIONS, "ENABLED_BY_DEFAULT"),
        **dict.fromkeys(OPT_IN_REGIONS, "DISABLED"),
        **STATE.section("regions"),
    }
    contains = wanted.get("RegionOptStatusContains") or list(statuses.values())
    names = sorted(name for name, status in statuses.items() if status in contains and name > after)
    reply: dict[str, object] = {
        "Regions": [{"RegionName": name, "RegionOptStatus": statuses[name]} for name in names[:limit]]
    }
    if len(names) > limit:
        reply["NextToken"] = token(names[limit - 1])
    return _json(200, reply)


def _wants(request: Request) -> bool:
    return request.service == "account" and request.method == "POST" and request.path == "/listRegions"


def _json(status: int, value: dict[str, object], error: str = "") -> Reply:
    headers = [("Content-Type", "application/json")]
    if error:
        headers.append(("x-amzn-ErrorType", error))
    return Reply(status, json.dumps(value).encode(), headers)


MENDS = [Mend("account ListRegions", _wants, list_regions)]
