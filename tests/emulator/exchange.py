"""Requests and replies as the mends see them: a thin layer over WSGI."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from io import BytesIO
from typing import Any, Callable
from urllib.parse import parse_qsl

Environ = dict[str, Any]
Headers = list[tuple[str, str]]

_CREDENTIAL = re.compile(r"Credential=([^/,\s]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")


class Request:
    """One request; the body is read only when a mend asks for it."""

    def __init__(self, environ: Environ) -> None:
        self.environ = environ
        self.method: str = environ["REQUEST_METHOD"]
        self.path: str = environ.get("PATH_INFO", "/")
        scope = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
        self.access_key, self.region, self.service = scope.groups() if scope else ("", "us-east-1", "")

    @cached_property
    def query(self) -> dict[str, str]:
        """The query string; of a repeated name the last value."""
        return dict(parse_qsl(self.environ.get("QUERY_STRING", ""), keep_blank_values=True))

    @cached_property
    def body(self) -> bytes:
        """The body, put back so that moto can read it once more."""
        body: bytes = self.environ["wsgi.input"].read(int(self.environ.get("CONTENT_LENGTH") or 0))
        self.environ["wsgi.input"] = BytesIO(body)
        return body

    @cached_property
    def form(self) -> dict[str, str]:
        """The parameters of a request in AWS's query protocol."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @cached_property
    def account(self) -> str:
        """The account that moto will serve this request from (moto's own order of precedence)."""
        from moto.iam.models import get_account_id_from

        return self.environ.get("HTTP_X_MOTO_ACCOUNT_ID") or get_account_id_from(self.access_key)


@dataclass
class Reply:
    """One reply, complete in memory."""

    status: int
    body: bytes
    headers: Headers = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return self.status == HTTPStatus.OK

    def with_body(self, body: bytes) -> Reply:
        return Reply(self.status, body, self.headers)

    def send(self, start_response: Callable[..., Any]) -> list[bytes]:
        """Start the WSGI response, with a Content-Length that fits the body."""
        headers = [header for header in self.headers if header[0].lower() != "content-length"]
        headers.append(("Content-Length", str(len(self.body))))
        start_response(f"{self.status} {HTTPStatus(self.status).phrase}", headers)
        return [self.body]


Forward = Callable[[], Reply]
Application = Callable[[Environ, Callable[..., Any]], Any]


def call(app: Application, environ: Environ) -> Reply:
    """Send a request to a WSGI application and keep its whole reply."""
    started: list[tuple[int, Headers]] = []

    def start_response(status: str, headers: Headers, exc_info: Any = None) -> Callable[[bytes], Any]:
        started.append((int(status.split(" ", 1)[0]), headers))
        return lambda data: None

    chunks = app(environ, start_response)
    try:
        body = b"".join(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    status, headers = started[-1]
    return Reply(status, body, headers)
