"""The credential report, as AWS writes it."""

from __future__ import annotations

import base64
import csv
import io
from datetime import datetime, timedelta, timezone
from typing import Any, Optional
from xml.etree.ElementTree import Element

from control import STATE, naive_utc
from exchange import Request
from mends.ageing import iam_backend
from mends.mend import Mend, iam
from mends.xml import edits, put

ROOT = "<root_account>"
ACCOUNT_CREATED = (datetime.now(timezone.utc) - timedelta(days=400)).strftime("%Y-%m-%dT%H:%M:%SZ")
KEY_COLUMNS = ("active", "last_rotated", "last_used_date", "last_used_region", "last_used_service")
COLUMNS = (
    "user", "arn", "user_creation_time",
    "password_enabled", "password_last_used", "password_last_changed", "password_next_rotation",
    "mfa_active",
    *(f"access_key_1_{column}" for column in KEY_COLUMNS),
    *(f"access_key_2_{column}" for column in KEY_COLUMNS),
    "cert_1_active", "cert_1_last_rotated", "cert_2_active", "cert_2_last_rotated",
)  # fmt: skip

Row = dict[str, str]


def credential_report(request: Request, root: Element) -> None:
    """AWS puts the root user first, then the users by name without regard to case, writes N/A for what a user has not,
    and ends dates with Z. moto has no root row, writes not_supported where AWS has a value, never knows a last use of a
    password or a region and service of a key, and dates each report 2015. Rules on root and on ageing credentials could
    not be shown to fire."""
    backend = iam_backend(request)
    rows = [_root_row(request.account)]
    rows += [_user_row(backend, user) for _, user in sorted(backend.users.items(), key=lambda item: item[0].casefold())]
    for row in rows:
        row.update(STATE.section("credential_report").get(row["user"], {}))
    for result in root.findall("{*}GetCredentialReportResult"):
        put(result, "Content", base64.b64encode(_csv(rows)).decode())
        put(result, "GeneratedTime", _date(datetime.now(timezone.utc)))


def _root_row(account: str) -> Row:
    summary = STATE.section("account_summary")
    row = dict.fromkeys(COLUMNS, "N/A")
    row.update(
        user=ROOT,
        arn=f"arn:aws:iam::{account}:root",
        user_creation_time=ACCOUNT_CREATED,
        password_enabled="true",
        password_last_used="no_information",
        password_last_changed=ACCOUNT_CREATED,
        password_next_rotation="not_supported",
        mfa_active=_flag(summary.get("AccountMFAEnabled", 0) == 1),
        access_key_1_active=_flag(summary.get("AccountAccessKeysPresent", 0) == 1),
        access_key_2_active="false",
        cert_1_active="false",
        cert_2_active="false",
    )
    return row


def _user_row(backend: Any, user: Any) -> Row:
    row = dict.fromkeys(COLUMNS, "N/A")
    row.update(
        user=user.name,
        arn=user.arn,
        user_creation_time=_date(user.create_date),
        password_enabled=_flag(bool(user.password)),
        mfa_active=_flag(bool(user.mfa_devices)),
    )
    if user.password:
        row.update(_password_columns(backend, user))
    for number, key in enumerate(_two(sorted(user.access_keys, key=lambda key: key.access_key_id)), start=1):
        row.update({f"access_key_{number}_{column}": value for column, value in _key_columns(key).items()})
    for number, certificate in enumerate(_two(list(user.signing_certificates.values())), start=1):
        row[f"cert_{number}_active"] = _flag(certificate is not None and certificate.status == "Active")
        if certificate is not None:
            row[f"cert_{number}_last_rotated"] = _date(certificate.upload_date)
    return row


def _password_columns(backend: Any, user: Any) -> Row:
    facts = STATE.section("users").get(user.name, {})
    changed = naive_utc(facts["PasswordLastChanged"]) if "PasswordLastChanged" in facts else user.create_date
    policy = backend.account_password_policy
    days = int(policy.max_password_age or 0) if policy else 0
    return {
        "password_last_used": _date(user.password_last_used) if user.password_last_used else "no_information",
        "password_last_changed": _date(changed),
        "password_next_rotation": _date(changed + timedelta(days=days)) if days else "N/A",
    }


def _key_columns(key: Any) -> Row:
    if key is None:
        return {"active": "false"}
    columns = {"active": _flag(key.status == "Active"), "last_rotated": _date(key.create_date)}
    if key.last_used:
        columns["last_used_date"] = _date(key.last_used.timestamp)
        columns["last_used_region"] = key.last_used.region
        columns["last_used_service"] = key.last_used.service
    return columns


def _two(items: list[Any]) -> list[Optional[Any]]:
    return [*items, None, None][:2]


def _csv(rows: list[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().rstrip("\n").encode()


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _date(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


MENDS = [Mend("iam GetCredentialReport", iam("GetCredentialReport"), edits(credential_report))]
