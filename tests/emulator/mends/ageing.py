"""Dates that moto takes from the clock, and a test from the control endpoint."""

from __future__ import annotations

from typing import Any

from control import STATE, naive_utc
from exchange import Forward, Reply, Request
from mends.mend import Mend, iam


def iam_backend(request: Request) -> Any:
    from moto.iam.models import iam_backends

    return iam_backends[request.account]["aws"]


def aged_entities(request: Request, forward: Forward) -> Reply:
    """AWS knows entities that are months old. In moto everything was made a moment ago, and what moto tracks (the last
    use of a key or a role) is the present too. Before each IAM request the dates of the control endpoint are written
    into moto's own objects, so that all operations agree on them."""
    backend = iam_backend(request)
    _age_users(backend)
    _age_access_keys(backend)
    _age_roles(backend)
    _age_saml_providers(backend)
    return forward()


def _age_users(backend: Any) -> None:
    for name, facts in STATE.section("users").items():
        user = backend.users.get(name)
        if user is not None:
            _set_date(user, "create_date", facts, "CreateDate")
            _set_date(user, "password_last_used", facts, "PasswordLastUsed")


def _age_access_keys(backend: Any) -> None:
    from moto.iam.models import AccessKeyLastUsed

    facts_by_id = STATE.section("access_keys")
    if not facts_by_id:
        return
    for user in list(backend.users.values()):
        for key in user.access_keys:
            facts = facts_by_id.get(key.access_key_id, {})
            _set_date(key, "create_date", facts, "CreateDate")
            if "LastUsedDate" in facts:
                used = naive_utc(facts["LastUsedDate"])
                key.last_used = AccessKeyLastUsed(used, facts.get("ServiceName", "N/A"), facts.get("Region", "N/A"))


def _age_roles(backend: Any) -> None:
    facts_by_name = STATE.section("roles")
    if not facts_by_name:
        return
    for role in list(backend.roles.values()):
        facts = facts_by_name.get(role.name, {})
        _set_date(role, "create_date", facts, "CreateDate")
        if "LastUsedDate" in facts:
            role.last_used = naive_utc(facts["LastUsedDate"])
            role.last_used_region = facts.get("Region", "us-east-1")


def _age_saml_providers(backend: Any) -> None:
    for name, facts in STATE.section("saml_providers").items():
        provider = backend.saml_providers.get(name)
        if provider is not None:
            _set_date(provider, "create_date", facts, "CreateDate")
            _set_date(provider, "valid_until", facts, "ValidUntil")


def _set_date(target: Any, attribute: str, facts: dict[str, Any], key: str) -> None:
    if key in facts:
        setattr(target, attribute, naive_utc(facts[key]))


MENDS = [Mend("iam: dates", iam(), aged_entities)]
