"""Mends of S3's control plane."""

from __future__ import annotations

from typing import Any

from exchange import Forward, Reply, Request
from mends.mend import Mend
from mends.permission import are_checked, is_refused, refusal
from mends.xml import XML_HEADERS, child, element, sender_error, serialize

NAMESPACE = "http://awss3control.amazonaws.com/doc/2018-08-20/"
PATH = "/v20180820/configuration/publicAccessBlock"
ACTION = "s3:GetAccountPublicAccessBlock"
FLAGS = {
    "BlockPublicAcls": "block_public_acls",
    "IgnorePublicAcls": "ignore_public_acls",
    "BlockPublicPolicy": "block_public_policy",
    "RestrictPublicBuckets": "restrict_public_buckets",
}


def account_block(request: Request, forward: Forward) -> Reply:
    """AWS asks for s3:GetAccountPublicAccessBlock. moto, once `/moto-api/reset-auth` makes it check permissions, finds
    every signature of s3control wrong, and answers 403 without a body."""
    if not are_checked():
        return forward()
    if is_refused(request, ACTION):
        return sender_error(NAMESPACE, 403, "AccessDenied", refusal(ACTION))
    block = _backend(request).public_access_block
    if block is None:
        message = "The public access block configuration was not found"
        return sender_error(NAMESPACE, 404, "NoSuchPublicAccessBlockConfiguration", message)
    root = element(NAMESPACE, "PublicAccessBlockConfiguration")
    for name, attribute in FLAGS.items():
        child(root, name, "true" if getattr(block, attribute) else "false")
    return Reply(200, serialize(root), XML_HEADERS)


def _wants(request: Request) -> bool:
    return request.service == "s3" and request.method == "GET" and request.path == PATH


def _backend(request: Request) -> Any:
    from moto.s3control.models import s3control_backends

    return s3control_backends[request.account]["aws"]


MENDS = [Mend("s3control GetPublicAccessBlock", _wants, account_block)]
