"""The lab's buckets. Each deviates in one thing from a bucket that breaks no rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

from scenarios.documents import allow, deny, document, public_read, tls_only
from scenarios.emulator import ACCOUNT, HOME_REGION, Emulator, midnight, stamp

IRELAND, SYDNEY = "eu-west-1", "ap-southeast-2"
LOG_BUCKETS = {
    HOME_REGION: "lab-access-logs-virginia",
    IRELAND: "lab-access-logs-ireland",
    SYDNEY: "lab-access-logs-sydney",
}
KMS_KEY = "arn:aws:kms:{region}:" + ACCOUNT + ":key/1b2c3d4e-0000-4000-8000-000000000001"
KIB, GIB, TIB = 2**10, 2**30, 2**40

# What a block on the whole account may overrule.
PUBLIC_ACCESS_RULES = (
    "s3-bucket-acl-public",
    "s3-bucket-policy-public",
    "s3-bucket-public-access-not-blocked",
    "s3-bucket-website-public",
)

ABORT = {"AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}}
DROP_NONCURRENT = {"NoncurrentVersionExpiration": {"NoncurrentDays": 30}}
EXPIRE = {"Expiration": {"Days": 365}}
LIFECYCLES: dict[str, dict[str, Any]] = {
    "good": {
        "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}, {"Days": 90, "StorageClass": "GLACIER"}],
        **EXPIRE, **DROP_NONCURRENT, **ABORT,
    },
    "no-transition": {**EXPIRE, **DROP_NONCURRENT, **ABORT},
    "infrequent-access-too-early": {
        "Transitions": [{"Days": 10, "StorageClass": "STANDARD_IA"}], **EXPIRE, **DROP_NONCURRENT, **ABORT,
    },
    "expires-inside-minimum-duration": {
        "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}], "Expiration": {"Days": 60},
        **DROP_NONCURRENT, **ABORT,
    },
    "keeps-noncurrent": {**EXPIRE, **ABORT},
    "keeps-uploads": {**EXPIRE, **DROP_NONCURRENT},
}  # fmt: skip


@dataclass(frozen=True)
class ObjectSpec:
    key: str = "notes.txt"
    size: int = KIB
    storage_class: str = "STANDARD"
    writes: int = 1


@dataclass(frozen=True)
class UploadSpec:
    """An upload that was never completed."""

    key: str
    days_ago: float
    parts: int = 2


@dataclass(frozen=True)
class BucketSpec:
    """A bucket: its settings (a good bucket's by default), the rules that must fire, and those that may."""

    name: str
    shows: str
    region: str = HOME_REGION
    block: str = "all"
    ownership: Optional[str] = "BucketOwnerEnforced"
    acl: Optional[str] = None
    policy: str = "tls"
    website: bool = False
    versioning: Optional[str] = "Enabled"
    mfa_delete: bool = True
    encryption: str = "aws:kms"
    tagged: bool = True
    logged: bool = True
    lifecycle: Optional[str] = "good"
    objects: tuple[ObjectSpec, ...] = (ObjectSpec(),)
    sizes: tuple[tuple[str, int], ...] = (("StandardStorage", KIB),)
    count: int = 1
    uploads: tuple[UploadSpec, ...] = ()
    fires: tuple[str, ...] = ()


BUCKETS = (
    BucketSpec("lab-good", "nothing wrong"),
    BucketSpec("lab-good-ireland", "nothing wrong, in another region", region=IRELAND),
    BucketSpec("lab-good-sydney", "nothing wrong, in a third region", region=SYDNEY),
    *(
        BucketSpec(
            name, "receives access logs", region=region, policy="log-delivery", encryption="AES256", logged=False,
        )
        for region, name in LOG_BUCKETS.items()
    ),
    BucketSpec(
        "lab-public-policy", "a policy lets anyone read", block="none", policy="public",
        fires=("s3-bucket-policy-public", "s3-bucket-public-access-not-blocked"),
    ),
    BucketSpec(
        "lab-public-policy-blocked", "a policy lets anyone read, the block forbids it", policy="public",
    ),
    BucketSpec(
        "lab-policy-mistyped", "a policy denies an action that does not exist", policy="mistyped",
        fires=("s3-bucket-policy-lint",),
    ),
    BucketSpec("lab-policy-scoped", "a policy lets one other account read", policy="scoped"),
    BucketSpec(
        "lab-public-acl", "an ACL lets anyone list", region=IRELAND, block="none", ownership="ObjectWriter",
        acl="public-read",
        fires=("s3-bucket-acl-public", "s3-bucket-acls-enabled", "s3-bucket-public-access-not-blocked"),
    ),
    BucketSpec(
        "lab-public-acl-ignored", "an ACL lets anyone list, the block ignores it", ownership="ObjectWriter",
        acl="public-read", fires=("s3-bucket-acls-enabled",),
    ),
    BucketSpec(
        "lab-public-website", "a website that anyone may read", block="none", policy="public", website=True,
        fires=("s3-bucket-policy-public", "s3-bucket-public-access-not-blocked", "s3-bucket-website-public"),
    ),
    BucketSpec("lab-website-private", "a website that nobody may read", website=True),
    BucketSpec(
        "lab-no-block", "no public access block", block="none", fires=("s3-bucket-public-access-not-blocked",)
    ),
    BucketSpec(
        "lab-partial-block", "three of the four blocks", block="partial", fires=("s3-bucket-public-access-not-blocked",)
    ),
    BucketSpec("Lab_Legacy", "a name that AWS took before 2018 only", fires=("s3-bucket-name-invalid",)),
    BucketSpec("lab.dots.bucket", "dots in the name", fires=("s3-bucket-name-has-dots",)),
    BucketSpec(f"lab-{ACCOUNT}-data", "the account id in the name", fires=("s3-bucket-name-predictable",)),
    BucketSpec("backup", "a common word for a name", fires=("s3-bucket-name-predictable",)),
    BucketSpec("lab-acls-enabled", "ACLs enabled", ownership="ObjectWriter", fires=("s3-bucket-acls-enabled",)),
    BucketSpec(
        "lab-ownership-unset", "no ownership controls, as before 2023", ownership=None,
        fires=("s3-bucket-acls-enabled",),
    ),
    BucketSpec(
        "lab-versioning-off", "never versioned", versioning=None, mfa_delete=False,
        fires=("s3-bucket-versioning-off",),
    ),
    BucketSpec(
        "lab-versioning-suspended", "versioning suspended", region=IRELAND, versioning="Suspended", mfa_delete=False,
        fires=("s3-bucket-versioning-off",),
    ),
    BucketSpec(
        "lab-mfa-delete-off", "versioned, MFA delete off; lifecycle rules would exclude it", mfa_delete=False,
        lifecycle=None, fires=("s3-bucket-mfa-delete-off", "s3-noncurrent-versions-kept-forever"),
    ),
    BucketSpec("lab-sse-s3", "encrypted with S3's key", encryption="AES256", fires=("s3-bucket-encryption-not-kms",)),
    BucketSpec("lab-tls-optional", "no policy", policy="none", fires=("s3-bucket-tls-not-required",)),
    BucketSpec("lab-untagged", "no tags", region=SYDNEY, tagged=False, fires=("s3-bucket-untagged",)),
    BucketSpec("lab-not-logged", "no access logs", logged=False, fires=("s3-bucket-access-logging-off",)),
    BucketSpec(
        "lab-no-lifecycle-large", "5 GiB without lifecycle rules", lifecycle=None,
        sizes=(("StandardStorage", 5 * GIB),), count=5000, fires=("s3-bucket-no-lifecycle",),
    ),
    BucketSpec(
        "lab-no-lifecycle-small", "1 KiB without lifecycle rules", lifecycle=None,
    ),
    BucketSpec(
        "lab-lifecycle-too-early", "to infrequent access after 10 days", lifecycle="infrequent-access-too-early",
        fires=("s3-lifecycle-transition-too-early",),
    ),
    BucketSpec(
        "lab-lifecycle-expires-early", "expires 30 days after it went to Glacier",
        lifecycle="expires-inside-minimum-duration", fires=("s3-lifecycle-transition-too-early",),
    ),
    BucketSpec(
        "lab-small-objects-in-ia", "objects of 1 KiB in infrequent access",
        objects=tuple(ObjectSpec(f"row-{number}.json", KIB, "STANDARD_IA") for number in range(5)),
        sizes=(("StandardIAStorage", 5 * KIB), ("StandardIASizeOverhead", 635 * KIB)), count=5,
        fires=("s3-objects-too-small-for-class",),
    ),
    BucketSpec(
        "lab-onezone-only-copy", "the only copy in one zone; without versions nothing replicates it", region=SYDNEY,
        versioning=None, mfa_delete=False,
        objects=(ObjectSpec("thesis.pdf", 200 * KIB, "ONEZONE_IA"),),
        sizes=(("OneZoneIAStorage", 200 * KIB),), fires=("s3-objects-in-wrong-class", "s3-bucket-versioning-off"),
    ),
    BucketSpec(
        "lab-large-objects-in-ia", "objects over 128 KiB in infrequent access",
        objects=(ObjectSpec("photo.raw", 200 * KIB, "STANDARD_IA"),), sizes=(("StandardIAStorage", 200 * KIB),),
    ),
    BucketSpec(
        "lab-noncurrent-forever", "old versions that no rule removes", lifecycle="keeps-noncurrent",
        objects=(ObjectSpec(writes=4),), fires=("s3-noncurrent-versions-kept-forever",),
    ),
    BucketSpec(
        "lab-multipart-left", "two uploads, 30 and 10 days old", region=IRELAND, lifecycle="keeps-uploads",
        uploads=(UploadSpec("model/weights.bin", 30), UploadSpec("model/tokenizer.bin", 10, parts=1)),
        fires=("s3-multipart-uploads-left",),
    ),
    BucketSpec(
        "lab-multipart-fresh", "an upload under way, and a rule that would end it",
        uploads=(UploadSpec("video.mp4", 0),),
    ),
    BucketSpec("lab-empty", "nothing in it", objects=(), sizes=(), count=0, fires=("s3-bucket-empty",)),
    BucketSpec(
        "lab-large-standard", "5 TiB in the dearest class", lifecycle="no-transition",
        sizes=(("StandardStorage", 5 * TIB),), count=1_200_000, fires=("s3-bucket-large-standard",),
    ),
    BucketSpec(
        "lab-large-archive", "5 TiB in the cheapest class",
        sizes=(("StandardStorage", KIB), ("DeepArchiveStorage", 5 * TIB)), count=1_200_001,
    ),
    BucketSpec("lab-no-metrics", "made today: no storage metrics yet", sizes=(), count=0),
)  # fmt: skip


def seed(emulator: Emulator, account_block: str) -> dict[str, int]:
    """Make the buckets and the account's public access block (`off`, `partial` or `on`)."""
    for region, name in LOG_BUCKETS.items():
        _create(emulator.client("s3", region), name, region)
        _put_policy(emulator.client("s3", region), name, "log-delivery")
    for spec in BUCKETS:
        _seed_bucket(emulator, spec)
    _put_metrics(emulator)
    emulator.set({
        "buckets": {spec.name: {"MfaDelete": "Enabled"} for spec in BUCKETS if spec.mfa_delete},
        "multipart_uploads": {
            f"{spec.name}/{upload.key}": stamp(upload.days_ago) for spec in BUCKETS for upload in spec.uploads
        },
    })
    if account_block != "off":
        emulator.client("s3control").put_public_access_block(
            AccountId=ACCOUNT, PublicAccessBlockConfiguration=_block("all" if account_block == "on" else "partial")
        )
    return {"buckets": len(BUCKETS), "uploads": sum(len(spec.uploads) for spec in BUCKETS)}


def _seed_bucket(emulator: Emulator, spec: BucketSpec) -> None:
    s3 = emulator.client("s3", spec.region)
    if spec.name not in LOG_BUCKETS.values():
        _create(s3, spec.name, spec.region)
    _put_access(s3, spec)
    _put_settings(s3, spec)
    _put_contents(s3, spec)


def _create(s3: Any, name: str, region: str) -> None:
    if region == HOME_REGION:
        s3.create_bucket(Bucket=name)
    else:
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})


def _put_access(s3: Any, spec: BucketSpec) -> None:
    if spec.ownership is None:
        s3.delete_bucket_ownership_controls(Bucket=spec.name)
    else:
        rules = [{"ObjectOwnership": spec.ownership}]
        s3.put_bucket_ownership_controls(Bucket=spec.name, OwnershipControls={"Rules": rules})
    s3.delete_public_access_block(Bucket=spec.name)
    if spec.acl:
        s3.put_bucket_acl(Bucket=spec.name, ACL=spec.acl)
    _put_policy(s3, spec.name, spec.policy)
    if spec.website:
        pages = {"IndexDocument": {"Suffix": "index.html"}, "ErrorDocument": {"Key": "error.html"}}
        s3.put_bucket_website(Bucket=spec.name, WebsiteConfiguration=pages)
    if spec.block != "none":
        s3.put_public_access_block(Bucket=spec.name, PublicAccessBlockConfiguration=_block(spec.block))


def _put_policy(s3: Any, name: str, policy: str) -> None:
    other_account = {"AWS": "arn:aws:iam::210987654321:role/reader"}
    log_delivery = {
        **allow("s3:PutObject", f"arn:aws:s3:::{name}/*", {"StringEquals": {"aws:SourceAccount": ACCOUNT}}),
        "Principal": {"Service": "logging.s3.amazonaws.com"},
    }
    statements = {
        "none": [],
        "tls": [tls_only(name)],
        "public": [public_read(name), tls_only(name)],
        "mistyped": [{**deny("s3:DeleteObjectVersions", f"arn:aws:s3:::{name}/*"), "Principal": "*"}, tls_only(name)],
        "scoped": [{**allow("s3:GetObject", f"arn:aws:s3:::{name}/*"), "Principal": other_account}, tls_only(name)],
        # moto reads the statements in order and fails at a Principal of "*", so the one it looks for stands first.
        "log-delivery": [log_delivery, tls_only(name)],
    }[policy]
    if statements:
        s3.put_bucket_policy(Bucket=name, Policy=document(*statements))


def _put_settings(s3: Any, spec: BucketSpec) -> None:
    if spec.versioning:
        s3.put_bucket_versioning(Bucket=spec.name, VersioningConfiguration={"Status": spec.versioning})
    default: dict[str, Any] = {"SSEAlgorithm": spec.encryption}
    if spec.encryption == "aws:kms":
        default["KMSMasterKeyID"] = KMS_KEY.format(region=spec.region)
    rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": spec.encryption == "aws:kms"}
    s3.put_bucket_encryption(Bucket=spec.name, ServerSideEncryptionConfiguration={"Rules": [rule]})
    if spec.tagged:
        s3.put_bucket_tagging(Bucket=spec.name, Tagging={"TagSet": [{"Key": "project", "Value": "lab"}]})
    if spec.logged:
        target = {"TargetBucket": LOG_BUCKETS[spec.region], "TargetPrefix": f"{spec.name}/"}
        s3.put_bucket_logging(Bucket=spec.name, BucketLoggingStatus={"LoggingEnabled": target})
    if spec.lifecycle:
        rule = {"ID": spec.lifecycle, "Status": "Enabled", "Filter": {"Prefix": ""}, **LIFECYCLES[spec.lifecycle]}
        s3.put_bucket_lifecycle_configuration(Bucket=spec.name, LifecycleConfiguration={"Rules": [rule]})


def _put_contents(s3: Any, spec: BucketSpec) -> None:
    for item in spec.objects:
        for write in range(item.writes):
            body = bytes([write]) * item.size
            s3.put_object(Bucket=spec.name, Key=item.key, Body=body, StorageClass=item.storage_class)
    for upload in spec.uploads:
        upload_id = s3.create_multipart_upload(Bucket=spec.name, Key=upload.key)["UploadId"]
        for part in range(1, upload.parts + 1):
            s3.upload_part(
                Bucket=spec.name, Key=upload.key, UploadId=upload_id, PartNumber=part, Body=b"x" * 64 * KIB
            )


def _put_metrics(emulator: Emulator) -> None:
    """The storage metrics of the last two days, which AWS publishes once a day in the bucket's region."""
    for region in LOG_BUCKETS:
        specs = [spec for spec in BUCKETS if spec.region == region]
        data = [datum for spec in specs for datum in storage_metrics(spec.name, spec.sizes, spec.count)]
        emulator.client("cloudwatch", region).put_metric_data(Namespace="AWS/S3", MetricData=data)


def storage_metrics(bucket: str, sizes: tuple[tuple[str, int], ...], count: int) -> list[dict[str, Any]]:
    if not sizes:
        return []
    metrics: list[tuple[str, str, float, str]] = [
        ("BucketSizeBytes", storage_type, size, "Bytes") for storage_type, size in sizes
    ]
    metrics.append(("NumberOfObjects", "AllStorageTypes", count, "Count"))
    return [
        {
            "MetricName": name,
            "Dimensions": [{"Name": "BucketName", "Value": bucket}, {"Name": "StorageType", "Value": storage_type}],
            "Timestamp": midnight(day),
            "Value": float(value),
            "Unit": unit,
        }
        for name, storage_type, value, unit in metrics
        for day in (2, 1)
    ]


def _block(kind: str) -> dict[str, bool]:
    return {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": kind == "all",
    }
