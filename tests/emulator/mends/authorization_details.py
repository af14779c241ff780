"""GetAccountAuthorizationDetails: the whole of IAM, in pages."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any, NamedTuple, Optional
from urllib.parse import quote
from xml.etree.ElementTree import Element

from exchange import Forward, Reply, Request
from mends.ageing import iam_backend
from mends.mend import Mend, iam
from mends.paging import Listings
from mends.xml import XML_HEADERS, child, edits, every, iam_error, iam_reply, members, put, serialize, text_of

ACTION = "GetAccountAuthorizationDetails"
LISTS = ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies")
DEFAULT_ITEMS = 100
MAXIMUM_ITEMS = 1000
AWS_POLICIES = "arn:aws:iam::aws:policy/"

Entities = list[tuple[str, Element]]
LISTINGS = Listings()


class Place(NamedTuple):
    """A listing, and how far a client has read it."""

    entities: Entities
    start: int


def authorization_details(request: Request, forward: Forward) -> Reply:
    """AWS sends at most MaxItems entities (100 by default), then IsTruncated and a Marker; encodes trust policies as it
    encodes all others; names each policy; and shows AWS's own policies only where they are used. moto sends everything
    at once, leaves trust policies bare, and leaves out PolicyName, PolicyId and PermissionsBoundaryUsageCount. Paging
    could not be tested, and a policy that serves as a boundary only would look unused."""
    limit = _limit(request)
    if limit is None:
        return iam_error(400, "ValidationError", f"MaxItems must be between 1 and {MAXIMUM_ITEMS}.")
    place = _place(request, forward)
    return place if isinstance(place, Reply) else _page(place, limit)


def boundary_usage(request: Request, root: Element) -> None:
    """AWS counts in PermissionsBoundaryUsageCount how many principals have a policy as their boundary. moto leaves the
    member out, so that a policy in use as a boundary could not be told from an unused one."""
    counts = _boundary_counts(iam_backend(request))
    for policy in [*every(root, "Policy"), *members(root, "Policies")]:
        put(policy, "PermissionsBoundaryUsageCount", str(counts[text_of(policy, "Arn")]))


def _limit(request: Request) -> Optional[int]:
    text = request.form.get("MaxItems", str(DEFAULT_ITEMS))
    return int(text) if text.isdigit() and 1 <= int(text) <= MAXIMUM_ITEMS else None


def _place(request: Request, forward: Forward) -> Place | Reply:
    marker = request.form.get("Marker")
    if marker is not None:
        found: Optional[Place] = LISTINGS.find(marker)
        return found or iam_error(400, "ValidationError", "Invalid Marker.")
    reply = forward()
    if not reply.ok:
        return reply
    return Place(_entities(ET.fromstring(reply.body), iam_backend(request)), 0)


def _entities(root: Element, backend: Any) -> Entities:
    for trust in every(root, "AssumeRolePolicyDocument"):
        trust.text = quote(trust.text or "", safe="")
    counts = _boundary_counts(backend)
    entities: Entities = []
    for name in LISTS:
        # moto keeps filtered policies in a set; by date they always come in the same order.
        for entity in sorted(_members(root, name), key=lambda entity: text_of(entity, "CreateDate")):
            if name != "Policies" or _completed(entity, backend, counts):
                entities.append((name, entity))
    return entities


def _members(root: Element, name: str) -> list[Element]:
    return root.findall(f"{{*}}{ACTION}Result/{{*}}{name}/{{*}}member")


def _completed(policy: Element, backend: Any, counts: Counter[str]) -> bool:
    """Add what moto leaves out of a policy; False for a policy of AWS that nobody uses."""
    arn = text_of(policy, "Arn")
    known = backend.managed_policies[arn]
    put(policy, "PolicyName", known.name)
    put(policy, "PolicyId", known.id)
    put(policy, "PermissionsBoundaryUsageCount", str(counts[arn]))
    return not arn.startswith(AWS_POLICIES) or known.attachment_count + counts[arn] > 0


def _boundary_counts(backend: Any) -> Counter[str]:
    return Counter(role.permissions_boundary_arn for role in list(backend.roles.values()))


def _page(place: Place, limit: int) -> Reply:
    root, result = iam_reply(ACTION)
    parents = {name: child(result, name) for name in LISTS}
    end = place.start + limit
    for name, entity in place.entities[place.start:end]:
        parents[name].append(entity)
    truncated = end < len(place.entities)
    child(result, "IsTruncated", "true" if truncated else "false")
    if truncated:
        child(result, "Marker", LISTINGS.keep(Place(place.entities, end)))
    return Reply(200, serialize(root), XML_HEADERS)


MENDS = [
    Mend(f"iam {ACTION}", iam(ACTION), authorization_details),
    Mend("iam GetPolicy, ListPolicies", iam("GetPolicy", "ListPolicies"), edits(boundary_usage)),
]
