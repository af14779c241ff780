"""All mends, in one list. The first of those that want a request is the outermost."""

from __future__ import annotations

from mends import (
    account,
    ageing,
    authorization_details,
    cloudwatch,
    credential_report,
    iam,
    last_accessed,
    made,
    s3,
    s3control,
)
from mends.mend import Mend

MENDS: list[Mend] = [
    *made.MENDS,
    *ageing.MENDS,
    *account.MENDS,
    *iam.MENDS,
    *credential_report.MENDS,
    *authorization_details.MENDS,
    *last_accessed.MENDS,
    *s3.MENDS,
    *s3control.MENDS,
    *cloudwatch.MENDS,
]
