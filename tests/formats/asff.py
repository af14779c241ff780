"""What botocore says is wrong with requests of `BatchImportFindings` on stdin, one a line, and the types that it knows.

Writes {"wrong": [...], "types": [...]}.
"""

from __future__ import annotations

import json
import sys

from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

model = ServiceModel(Loader().load_service_model("securityhub", "service-2"), "securityhub")
shape = model.operation_model("BatchImportFindings").input_shape
reports = [ParamValidator().validate(json.loads(line), shape) for line in sys.stdin]
json.dump({
    "wrong": [report.generate_report() for report in reports if report.has_errors()],
    "types": sorted(name for name in model.shape_for("ResourceDetails").members if name.startswith("Aws")),
}, sys.stdout)  # fmt: skip
