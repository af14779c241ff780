"""What a test sets because moto cannot know it: `POST /afterlab-test/set` and `POST /afterlab-test/reset`.

The body of `set` is a JSON object that is merged, level by level, into the state; `null` removes a member. The reply
of both is the whole state. Times are ISO 8601 in UTC ("2026-11-22T10:00:00Z"). `reset` empties the state; it does not
touch moto, and `/moto-api/reset` does not touch the state.

key                     value
----------------------  --------------------------------------------------------------------------------------------
account_summary         {name: number} of GetAccountSummary, such as AccountMFAEnabled, AccountAccessKeysPresent
root_virtual_mfa        true: ListVirtualMFADevices shows the root user's virtual device
credential_report       {user: {column: value}}: last word on any column; the root user is "<root_account>"
users                   {name: {CreateDate, PasswordLastUsed, PasswordLastChanged}}
access_keys             {id: {CreateDate, LastUsedDate, Region, ServiceName}}
roles                   {name: {CreateDate, LastUsedDate, Region}}
server_certificates     {name: {UploadDate, Expiration}}
saml_providers          {name: {CreateDate, ValidUntil}}
service_last_accessed   {arn: [{ServiceName, ServiceNamespace, LastAuthenticated, LastAuthenticatedEntity,
                        LastAuthenticatedRegion, TotalAuthenticatedEntities}]}; the last four may be left out
last_accessed_polls     how many times GetServiceLastAccessedDetails answers IN_PROGRESS first (0)
regions                 {region: opt status} added to, or changed in, the reply of ListRegions
buckets                 {name: {MfaDelete: "Enabled" or "Disabled"}}
multipart_uploads       {"bucket/key": time of initiation}
replies                 {"service:Operation" or "service:Operation region": reply} of operations that moto lacks
"""

from __future__ import annotations

import json
from datetime import datetime, timezone
from threading import Lock
from typing import Any

from exchange import Reply, Request

PREFIX = "/afterlab-test/"


class State:
    """The merged settings. A reader gets a value that no writer changes any more."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._values: dict[str, Any] = {}

    def merge(self, patch: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            self._values = _merged(self._values, patch)
            return self._values

    def reset(self) -> dict[str, Any]:
        with self._lock:
            self._values = {}
            return self._values

    def section(self, key: str) -> dict[str, Any]:
        """The members under a key that holds an object; empty when unset."""
        value: dict[str, Any] = self._values.get(key, {})
        return value

    def value(self, key: str, default: Any) -> Any:
        return self._values.get(key, default)


STATE = State()


def answer(request: Request) -> Reply:
    """Serve the control endpoint."""
    verb = request.path[len(PREFIX):]
    if request.method != "POST" or verb not in ("set", "reset"):
        return _json(404, {"error": f"no such control: {request.method} {request.path}"})
    if verb == "reset":
        return _json(200, STATE.reset())
    try:
        patch = json.loads(request.body)
    except ValueError as error:
        return _json(400, {"error": f"the body is not JSON: {error}"})
    if not isinstance(patch, dict):
        return _json(400, {"error": "the body is not a JSON object"})
    return _json(200, STATE.merge(patch))


def naive_utc(text: str) -> datetime:
    """A time of the state as moto keeps times: in UTC, without a time zone."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc).replace(tzinfo=None)


def _merged(old: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    new = dict(old)
    for key, value in patch.items():
        if value is None:
            new.pop(key, None)
        elif isinstance(value, dict):
            below = new.get(key)
            new[key] = _merged(below if isinstance(below, dict) else {}, value)
        else:
            new[key] = value
    return new


def _json(status: int, value: dict[str, Any]) -> Reply:
    return Reply(status, json.dumps(value).encode(), [("Content-Type", "application/json")])
