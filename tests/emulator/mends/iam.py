"""Small mends of IAM."""

from __future__ import annotations

import hashlib
from xml.etree.ElementTree import Element

from control import STATE
from exchange import Request
from mends.credential_report import ACCOUNT_CREATED
from mends.mend import Mend, iam
from mends.xml import child, edits, every, members, put, text_of

SEED_MEMBERS = ("Base32StringSeed", "QRCodePNG")


def account_summary(request: Request, root: Element) -> None:
    """AWS tells in AccountMFAEnabled, AccountAccessKeysPresent and AccountPasswordPresent what the root user has. moto
    answers 0 to the first two, whatever happens, and leaves out the third."""
    wanted = {"AccountPasswordPresent": 1, **STATE.section("account_summary")}
    for entry in members(root, "SummaryMap"):
        name = text_of(entry, "key")
        if name in wanted:
            put(entry, "value", str(wanted.pop(name)))
    for parent in every(root, "SummaryMap"):
        for name, value in wanted.items():
            entry = child(parent, "entry")
            child(entry, "key", name)
            child(entry, "value", str(value))


def virtual_mfa_devices(request: Request, root: Element) -> None:
    """AWS shows a device's seed only when it is made, and lists the root user's virtual device. moto lists the seeds
    and has no root user; the control endpoint (`root_virtual_mfa`) adds the device by which a rule knows that root has
    no hardware key."""
    for parent in every(root, "VirtualMFADevices"):
        for device in list(parent):
            for name in SEED_MEMBERS:
                for seed in device.findall(f"{{*}}{name}"):
                    device.remove(seed)
        if STATE.value("root_virtual_mfa", False) and _on_first_page_of_assigned(request):
            _add_root_device(parent, request.account)


def server_certificates(request: Request, root: Element) -> None:
    """AWS reads a certificate's expiry from the certificate. moto says 2012 of each, and gives all the same id; dates
    come from the control endpoint (`server_certificates`)."""
    for certificate in members(root, "ServerCertificateMetadataList"):
        name = text_of(certificate, "ServerCertificateName")
        put(certificate, "ServerCertificateId", "ASCA" + hashlib.sha256(name.encode()).hexdigest()[:17].upper())
        facts = STATE.section("server_certificates").get(name, {})
        for member in ("UploadDate", "Expiration"):
            if member in facts:
                put(certificate, member, facts[member])


def _on_first_page_of_assigned(request: Request) -> bool:
    return "Marker" not in request.form and request.form.get("AssignmentStatus", "Any") != "Unassigned"


def _add_root_device(parent: Element, account: str) -> None:
    device = child(parent, "member")
    child(device, "SerialNumber", f"arn:aws:iam::{account}:mfa/root-account-mfa-device")
    child(device, "EnableDate", ACCOUNT_CREATED)
    user = child(device, "User")
    child(user, "UserId", account)
    child(user, "Arn", f"arn:aws:iam::{account}:root")
    child(user, "CreateDate", ACCOUNT_CREATED)


MENDS = [
    Mend("iam GetAccountSummary", iam("GetAccountSummary"), edits(account_summary)),
    Mend("iam ListVirtualMFADevices", iam("ListVirtualMFADevices"), edits(virtual_mfa_devices)),
    Mend("iam ListServerCertificates", iam("ListServerCertificates"), edits(server_certificates)),
]
