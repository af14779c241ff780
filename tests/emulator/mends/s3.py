"""Mends of S3."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from functools import partial
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from control import STATE
from exchange import Forward, Reply, Request
from mends.mend import Mend, bucket_of, s3_bucket, s3_object, s3_service
from mends.paging import token, untoken
from mends.xml import S3_NAMESPACE, XML_HEADERS, child, edits, element, every, put, s3_error, serialize, text_of

MAXIMUM_BUCKETS = 10_000
MAXIMUM_UPLOADS = 1000
OWNER = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"
LIST_BUCKETS_PARAMETERS = ("max-buckets", "continuation-token", "prefix", "bucket-region")

PERMISSIONS = {
    "encryption": "GetEncryptionConfiguration",
    "ownershipControls": "GetBucketOwnershipControls",
    "publicAccessBlock": "GetBucketPublicAccessBlock",
}

INITIATED: dict[str, str] = {}


class Upload(NamedTuple):
    """What AWS sorts and pages unfinished uploads by."""

    key: str
    initiated: str
    upload_id: str
    entry: Element


def new_bucket(request: Request, forward: Forward) -> Reply:
    """Since April 2023 AWS makes a bucket with all four public access blocks on and ACLs disabled. moto makes it with
    neither, and answers 404 for both, as AWS does only when someone took them away."""
    reply = forward()
    if reply.ok:
        bucket = _backend(request).buckets[bucket_of(request)]
        bucket.public_access_block = _full_block()
        bucket.ownership_rule = bucket.ownership_rule or "BucketOwnerEnforced"
    return reply


def object_access(request: Request, forward: Forward) -> Reply:
    """AWS weighs the conditions of a bucket policy. moto ignores them on object requests, so that the usual statement
    against unencrypted connections refuses every PutObject and ListParts. In a bucket made here, moto sees no Deny
    statement that has a condition."""
    reply = forward()
    if reply.ok:
        bucket = _backend(request).buckets[bucket_of(request)]
        bucket.get_permission = partial(_permission, bucket)
    return reply


def permissions(request: Request, forward: Forward) -> Reply:
    """AWS asks for s3:GetEncryptionConfiguration, s3:GetBucketOwnershipControls and s3:GetBucketPublicAccessBlock.
    moto, once `/moto-api/reset-auth` makes it check permissions, asks for s3:ListBucket in their place, so that a scan
    with exactly the permissions it needs would be refused."""
    from moto.s3.responses import ACTION_MAP

    ACTION_MAP["BUCKET"]["GET"].update(PERMISSIONS)
    return forward()


def encryption(request: Request, forward: Forward) -> Reply:
    """Since January 2023 AWS encrypts every bucket, with AES256 where nothing else is set, and says so. moto answers
    404 ServerSideEncryptionConfigurationNotFoundError, which AWS no longer sends."""
    reply = forward()
    if b"<Code>ServerSideEncryptionConfigurationNotFoundError</Code>" not in reply.body:
        return reply
    root = element(S3_NAMESPACE, "ServerSideEncryptionConfiguration")
    rule = child(root, "Rule")
    child(child(rule, "ApplyServerSideEncryptionByDefault"), "SSEAlgorithm", "AES256")
    child(rule, "BucketKeyEnabled", "false")
    return Reply(200, serialize(root), XML_HEADERS)


def list_buckets(request: Request, forward: Forward) -> Reply:
    """AWS sorts buckets by name, names their region when the request has any parameter, and cuts a list short only with
    a ContinuationToken. moto never names a region, and under max-buckets drops the rest without a token."""
    reply = forward()
    if not reply.ok:
        return reply
    query = request.query
    limit = query.get("max-buckets", str(MAXIMUM_BUCKETS))
    after = untoken(query["continuation-token"]) if "continuation-token" in query else ""
    if not limit.isdigit() or not 1 <= int(limit) <= MAXIMUM_BUCKETS:
        return s3_error(400, "InvalidArgument", f"max-buckets must be between 1 and {MAXIMUM_BUCKETS}")
    if after is None:
        return s3_error(400, "InvalidArgument", "The continuation token provided is incorrect")
    names = sorted(name for name, bucket in list(_backend(request).buckets.items()) if _matches(bucket, query))
    return _bucket_page(request, [name for name in names if name > after], int(limit))


def versioning(request: Request, root: Element) -> None:
    """AWS's root element is VersioningConfiguration, and MfaDelete stands in it once it was ever set. moto writes
    GetBucketVersioningResponse, which a Rust SDK refuses, and knows no MFA delete; the control endpoint (`buckets`)
    sets it."""
    root.tag = f"{{{S3_NAMESPACE}}}VersioningConfiguration"
    facts = STATE.section("buckets").get(bucket_of(request), {})
    if "MfaDelete" in facts:
        put(root, "MfaDelete", facts["MfaDelete"])


def create_upload(request: Request, root: Element) -> None:
    """AWS remembers when an upload began; moto does not. The launcher does, for ListMultipartUploads."""
    INITIATED[text_of(root, "UploadId")] = _now()


def list_uploads(request: Request, root: Element) -> None:
    """AWS sorts uploads by key and time, pages them by max-uploads with a marker of key and upload id, and tells when
    each began and its storage class. moto says 2010 and STANDARD of all, ignores max-uploads and both markers, and
    never truncates. A time may come from the control endpoint (`multipart_uploads`)."""
    bucket = bucket_of(request)
    kept = _backend(request).buckets[bucket].multiparts
    limit = min(int(request.query.get("max-uploads", MAXIMUM_UPLOADS)), MAXIMUM_UPLOADS)
    key_marker = request.query.get("key-marker", "")
    id_marker = request.query.get("upload-id-marker", "")
    uploads = sorted(_upload(bucket, entry) for entry in every(root, "Upload"))
    for upload in uploads:
        root.remove(upload.entry)
        put(upload.entry, "Initiated", upload.initiated)
        put(upload.entry, "StorageClass", kept[upload.upload_id].storage or "STANDARD")
    rest = _after(uploads, key_marker, id_marker)
    page, truncated = rest[:limit], len(rest) > limit
    put(root, "KeyMarker", key_marker)
    put(root, "UploadIdMarker", id_marker)
    put(root, "NextKeyMarker", page[-1].key if truncated else "")
    put(root, "NextUploadIdMarker", page[-1].upload_id if truncated else "")
    put(root, "MaxUploads", str(limit))
    put(root, "IsTruncated", "true" if truncated else "false")
    root.extend(upload.entry for upload in page)


def list_parts(request: Request, root: Element) -> None:
    """AWS's root element is ListPartsResult; moto's ListPartsResponse is refused by a Rust SDK."""
    root.tag = f"{{{S3_NAMESPACE}}}ListPartsResult"


def _backend(request: Request) -> Any:
    from moto.s3.models import s3_backends

    return s3_backends[request.account]["aws"]


def _full_block() -> Any:
    from moto.s3.models import PublicAccessBlock

    return PublicAccessBlock(True, True, True, True)


def _permission(bucket: Any, action: str, resource: str) -> Any:
    from moto.iam.access_control import IAMPolicy, PermissionResult

    if bucket.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(bucket.policy)
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    policy["Statement"] = [item for item in statements if item["Effect"] != "Deny" or "Condition" not in item]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


def _matches(bucket: Any, query: dict[str, str]) -> bool:
    name: str = bucket.name
    return name.startswith(query.get("prefix", "")) and query.get("bucket-region") in (None, bucket.region_name)


def _bucket_page(request: Request, names: list[str], limit: int) -> Reply:
    buckets = _backend(request).buckets
    root = element(S3_NAMESPACE, "ListAllMyBucketsResult")
    child(child(root, "Owner"), "ID", OWNER)
    listed = child(root, "Buckets")
    for name in names[:limit]:
        entry = child(listed, "Bucket")
        child(entry, "Name", name)
        child(entry, "CreationDate", buckets[name].creation_date_ISO8601)
        if any(parameter in request.query for parameter in LIST_BUCKETS_PARAMETERS):
            child(entry, "BucketRegion", buckets[name].region_name)
    if len(names) > limit:
        child(root, "ContinuationToken", token(names[limit - 1]))
    if "prefix" in request.query:
        child(root, "Prefix", request.query["prefix"])
    return Reply(200, serialize(root), XML_HEADERS)


def _upload(bucket: str, entry: Element) -> Upload:
    key, upload_id = text_of(entry, "Key"), text_of(entry, "UploadId")
    initiated = STATE.section("multipart_uploads").get(f"{bucket}/{key}") or INITIATED.get(upload_id) or _now()
    return Upload(key, initiated, upload_id, entry)


def _after(uploads: list[Upload], key_marker: str, id_marker: str) -> list[Upload]:
    """The uploads after the markers: a key marker alone skips all uploads of that key."""
    for index, upload in enumerate(uploads):
        if upload.key == key_marker and upload.upload_id == id_marker:
            return uploads[index + 1:]
    return [upload for upload in uploads if upload.key > key_marker]


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


MENDS = [
    Mend("s3 CreateBucket: defaults", s3_bucket("PUT"), new_bucket),
    Mend("s3 CreateBucket: conditions of its policy", s3_bucket("PUT"), object_access),
    Mend("s3: names of permissions", s3_bucket("GET", *PERMISSIONS), permissions),
    Mend("s3 GetBucketEncryption", s3_bucket("GET", "encryption"), encryption),
    Mend("s3 ListBuckets", s3_service("GET"), list_buckets),
    Mend("s3 GetBucketVersioning", s3_bucket("GET", "versioning"), edits(versioning)),
    Mend("s3 CreateMultipartUpload", s3_object("POST", "uploads"), edits(create_upload)),
    Mend("s3 ListMultipartUploads", s3_bucket("GET", "uploads"), edits(list_uploads)),
    Mend("s3 ListParts", s3_object("GET", "uploadId"), edits(list_parts)),
]
