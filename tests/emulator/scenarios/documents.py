"""Policy documents, and the parts they are made of."""

from __future__ import annotations

import json
from typing import Any, Optional, Union

from scenarios.emulator import ACCOUNT

Strings = Union[str, list[str]]
Statement = dict[str, Any]

OWN_ACCOUNT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
ADMIN: Statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def document(*statements: Statement) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Strings, resource: Strings = "*", condition: Optional[dict[str, Any]] = None) -> Statement:
    return _with_condition({"Effect": "Allow", "Action": action, "Resource": resource}, condition)


def deny(action: Strings, resource: Strings = "*", condition: Optional[dict[str, Any]] = None) -> Statement:
    return _with_condition({"Effect": "Deny", "Action": action, "Resource": resource}, condition)


def trust(principal: Any, condition: Optional[dict[str, Any]] = None, action: str = "sts:AssumeRole") -> str:
    """A role's trust policy."""
    return document(_with_condition({"Effect": "Allow", "Principal": principal, "Action": action}, condition))


def bucket_arns(bucket: str) -> list[str]:
    return [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]


def tls_only(bucket: str) -> Statement:
    """The statement that refuses unencrypted connections."""
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    return {**deny("s3:*", bucket_arns(bucket), insecure), "Sid": "DenyInsecure", "Principal": "*"}


def public_read(bucket: str) -> Statement:
    return {**allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"), "Sid": "AnyoneReads", "Principal": "*"}


def _with_condition(statement: Statement, condition: Optional[dict[str, Any]]) -> Statement:
    return {**statement, "Condition": condition} if condition else statement
