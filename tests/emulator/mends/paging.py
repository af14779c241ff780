"""Page tokens: opaque to a client, as AWS's are."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections import OrderedDict
from threading import Lock
from typing import Any, Optional


def token(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


def untoken(value: str) -> Optional[str]:
    """What a token of `token` stands for, or None for any other text."""
    try:
        return base64.b64decode(value, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        return None


class Listings:
    """Listings under way, by token. A token serves again when a client retries; the oldest listings are forgotten."""

    def __init__(self, kept: int = 64) -> None:
        self._kept = kept
        self._lock = Lock()
        self._by_token: OrderedDict[str, Any] = OrderedDict()

    def keep(self, listing: Any) -> str:
        key = secrets.token_urlsafe(48)
        with self._lock:
            self._by_token[key] = listing
            while len(self._by_token) > self._kept:
                self._by_token.popitem(last=False)
        return key

    def find(self, key: str) -> Any:
        """The listing of a token, or None."""
        with self._lock:
            return self._by_token.get(key)
