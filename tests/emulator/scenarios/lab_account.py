"""What the lab's account has once: root user, password policy, alias, certificates, providers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from scenarios.emulator import Emulator, stamp

ALIAS = "afterlab-lab"

CERTIFICATE_EXPIRED = "iam-server-certificate-expired"
SAML_EXPIRING = "iam-saml-provider-expiring"

# Server certificates and SAML providers: in how many days they end (negative: ended).
CERTIFICATES = {"cert-expired": -30, "cert-valid": 300}
SAML_PROVIDERS = {"saml-expiring": 20, "saml-valid": 900}

STRONG_PASSWORDS: dict[str, Any] = {
    "MinimumPasswordLength": 14,
    "PasswordReusePrevention": 24,
    "RequireLowercaseCharacters": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
    "RequireUppercaseCharacters": True,
    "AllowUsersToChangePassword": True,
}
WEAK_PASSWORDS: dict[str, Any] = {"MinimumPasswordLength": 8, "AllowUsersToChangePassword": True}

ROOT_STATES: dict[str, dict[str, Any]] = {
    "bad": {
        "account_summary": {"AccountMFAEnabled": 0, "AccountAccessKeysPresent": 1},
        "credential_report": {
            "<root_account>": {
                "password_last_used": stamp(2),
                "access_key_1_last_rotated": stamp(390),
                "access_key_1_last_used_date": stamp(2),
                "access_key_1_last_used_region": "us-east-1",
                "access_key_1_last_used_service": "iam",
            }
        },
    },
    "virtual-mfa": {
        "account_summary": {"AccountMFAEnabled": 1, "AccountAccessKeysPresent": 0},
        "root_virtual_mfa": True,
        "credential_report": {"<root_account>": {"password_last_used": stamp(200)}},
    },
    "good": {"account_summary": {"AccountMFAEnabled": 1, "AccountAccessKeysPresent": 0}},
}


@dataclass(frozen=True)
class AccountOptions:
    """The states of which an account has only one at a time."""

    root: str = "bad"
    password_policy: str = "weak"
    account_block: str = "off"
    alias: bool = True

    def fires(self) -> list[str]:
        """The account-level rules that must fire."""
        found = {
            "bad": ["iam-root-used-recently", "iam-root-access-key", "iam-root-no-mfa"],
            "virtual-mfa": ["iam-root-no-hardware-mfa"],
            "good": [],
        }[self.root]
        if self.password_policy != "strong":
            found.append(f"iam-password-policy-{self.password_policy}")
        if self.account_block != "on":
            found.append("s3-account-public-access-not-blocked")
        return found if self.alias else [*found, "iam-no-account-alias"]


def seed(emulator: Emulator, options: AccountOptions) -> dict[str, int]:
    iam = emulator.client("iam")
    if options.alias:
        iam.create_account_alias(AccountAlias=ALIAS)
    if options.password_policy != "missing":
        strong = options.password_policy == "strong"
        iam.update_account_password_policy(**(STRONG_PASSWORDS if strong else WEAK_PASSWORDS))
    for name in CERTIFICATES:
        iam.upload_server_certificate(ServerCertificateName=name, CertificateBody="lab", PrivateKey="lab")
    for name in SAML_PROVIDERS:
        iam.create_saml_provider(Name=name, SAMLMetadataDocument="<EntityDescriptor/>" * 60)
    emulator.set(ROOT_STATES[options.root])
    emulator.set({
        "server_certificates": {
            name: {"UploadDate": stamp(335), "Expiration": stamp(-days)} for name, days in CERTIFICATES.items()
        },
        "saml_providers": {name: {"ValidUntil": stamp(-days)} for name, days in SAML_PROVIDERS.items()},
    })
    return {"server_certificates": len(CERTIFICATES), "saml_providers": len(SAML_PROVIDERS)}


def account_rules() -> list[str]:
    """All rules about the account as a whole."""
    states = [
        AccountOptions(root=root, password_policy=passwords, alias=alias)
        for root in ROOT_STATES
        for passwords in ("weak", "missing")
        for alias in (True, False)
    ]
    return sorted({rule for state in states for rule in state.fires()})
