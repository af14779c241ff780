"""What a mend is, and the questions by which one recognises its requests."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import partial
from typing import Callable

from exchange import Forward, Reply, Request

Wants = Callable[[Request], bool]


@dataclass(frozen=True)
class Mend:
    """One difference between moto and AWS, taken away: `wants` picks the requests, `apply` answers them.

    The docstring of `apply` says what AWS does, what moto does, and why it matters.
    """

    name: str
    wants: Wants
    apply: Callable[[Request, Forward], Reply]

    @property
    def reason(self) -> str:
        return " ".join((inspect.getdoc(self.apply) or "").split())

    def around(self, request: Request, forward: Forward) -> Forward:
        return partial(self.apply, request, forward)


def iam(*actions: str) -> Wants:
    """IAM requests of these actions; of any action when none is named."""
    return lambda request: request.service == "iam" and (not actions or request.form.get("Action") in actions)


def s3_service(method: str) -> Wants:
    """Requests to S3 itself, not to a bucket."""
    return lambda request: request.service == "s3" and request.method == method and request.path == "/"


def s3_bucket(method: str, *subresources: str) -> Wants:
    """Requests to a bucket (path style) with one of these subresources; with no query when none is named."""

    def wants(request: Request) -> bool:
        return (
            request.service == "s3"
            and request.method == method
            and _is_bucket_path(request.path)
            and (any(name in request.query for name in subresources) if subresources else not request.query)
        )

    return wants


def s3_object(method: str, subresource: str) -> Wants:
    """Requests to an object (path style) with this subresource."""

    def wants(request: Request) -> bool:
        return (
            request.service == "s3"
            and request.method == method
            and not _is_bucket_path(request.path)
            and subresource in request.query
        )

    return wants


def bucket_of(request: Request) -> str:
    return request.path.split("/")[1]


def _is_bucket_path(path: str) -> bool:
    return path != "/" and "/" not in path.strip("/")
