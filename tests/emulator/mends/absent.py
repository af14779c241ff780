"""Services and operations that moto lacks and packs ask."""

from __future__ import annotations

import json
import re

from control import STATE
from exchange import Forward, Reply, Request
from mends.mend import Mend

# Services without any backend, by the name that requests are signed for.
SERVICES = {
    "airflow", "apprunner", "healthlake", "kendra", "neptune-graph", "personalize", "qbusiness", "rekognition",
}  # fmt: skip

# Operations without one, of services that have a backend.
OPERATIONS = {
    "bedrock:ListImportedModels", "bedrock:ListProvisionedModelThroughputs", "glue:ListSessions", "sagemaker:ListApps",
    "sagemaker:ListMlflowTrackingServers",
}  # fmt: skip

# The operations of services that tell them by method and path.
PATHS = {
    ("bedrock", "GET", r"/imported-models"): "ListImportedModels",
    ("bedrock", "GET", r"/imported-models/.+"): "GetImportedModel",
    ("bedrock", "GET", r"/provisioned-model-throughputs"): "ListProvisionedModelThroughputs",
    ("neptune-graph", "GET", r"/graphs"): "ListGraphs",
    ("airflow", "GET", r"/environments"): "ListEnvironments",
    ("airflow", "GET", r"/environments/.+"): "GetEnvironment",
    ("qbusiness", "GET", r"/applications"): "ListApplications",
    ("qbusiness", "GET", r"/applications/[^/]+/indices"): "ListIndices",
    ("qbusiness", "GET", r"/applications/[^/]+/indices/.+"): "GetIndex",
    ("qbusiness", "GET", r"/applications/[^/]+/subscriptions"): "ListSubscriptions",
    ("qbusiness", "GET", r"/v1/tags/.+"): "ListTagsForResource",
}


def operation(request: Request) -> str:
    """`kendra:ListIndices`, of a request in one of AWS's JSON protocols."""
    target = request.environ.get("HTTP_X_AMZ_TARGET", "")
    name = target.rsplit(".", 1)[-1]
    for (service, method, path), of_path in PATHS.items():
        if not name and (service, method) == (request.service, request.method) and re.fullmatch(path, request.path):
            name = of_path
    return f"{request.service}:{name}"


def answer(request: Request, forward: Forward) -> Reply:
    """AWS answers a list, empty where there is nothing. moto has no such operation and answers 500 with a web page.
    Here the reply is the one that the test set (`replies`), otherwise an empty object, which every list takes."""
    replies = STATE.section("replies")
    name = operation(request)
    reply = replies.get(f"{name} {request.region}", replies.get(name, {}))
    return Reply(200, json.dumps(reply).encode(), [("Content-Type", "application/x-amz-json-1.1")])


def _wants(request: Request) -> bool:
    return request.service in SERVICES or operation(request) in OPERATIONS


MENDS = [Mend("operations that moto lacks", _wants, answer)]
