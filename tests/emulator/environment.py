"""Nothing of the caller's AWS set-up reaches the emulator or what fills it."""

from __future__ import annotations

import os


def forget_environment() -> None:
    """Keep profiles, credentials and settings of the person who runs this away from boto3 and moto."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ["AWS_CONFIG_FILE"] = os.devnull
    os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
