"""A way to the emulator: boto3 clients that know nothing of the environment, and the control endpoint."""

from __future__ import annotations

import json
import re
import urllib.request
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

from environment import forget_environment

ACCOUNT = "123456789012"
HOME_REGION = "us-east-1"
NOW = datetime.now(timezone.utc)


class Emulator:
    """Clients of one endpoint."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint.rstrip("/")
        forget_environment()

    @lru_cache(maxsize=None)
    def client(self, service: str, region: str = HOME_REGION) -> Any:
        """A client of a service, made once. boto3 lets threads share clients, but not make them at the same time."""
        import boto3
        from botocore.config import Config

        client = boto3.client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}, max_pool_connections=32),
        )
        client.meta.events.register("before-sign.s3-control.*", _without_host_prefix)
        return client

    def set(self, patch: dict[str, Any]) -> None:
        """Merge into the state of the control endpoint."""
        request = urllib.request.Request(
            f"{self.endpoint}/afterlab-test/set",
            data=json.dumps(patch).encode(),
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        with urllib.request.urlopen(request) as reply:
            reply.read()



def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def midnight(days: float) -> datetime:
    """The start of the day that many days ago."""
    return days_ago(days).replace(hour=0, minute=0, second=0, microsecond=0)


def stamp(days: float) -> str:
    """A time that many days ago (negative: ahead), as the control endpoint takes it."""
    return days_ago(days).strftime("%Y-%m-%dT%H:%M:%SZ")


def _without_host_prefix(request: Any, **_: Any) -> None:
    """s3control puts the account id before the host, which does not resolve before an IP address."""
    request.url = re.sub(r"//\d{12}\.", "//", request.url)
