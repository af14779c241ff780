"""Replies made after AWS's models, in whatever protocol a service speaks: for what moto lacks, and for what a test sets."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from botocore.loaders import Loader
from moto.core.model import OperationModel, ServiceModel
from moto.core.serialize import SERIALIZERS, get_serializer_class

from control import STATE
from exchange import Forward, Reply, Request
from mends.mend import Mend

# What moto answers itself: who asks, and where.
MOTOS_OWN = {"sts:GetCallerIdentity", "ec2:DescribeRegions", "iam:ListAccountAliases", "account:ListRegions"}

# What moto answers, and wrongly: it says that Macie is on in an account where nobody switched it on.
WRONG = {"macie2:GetMacieSession"}


@cache
def _model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)


@cache
def _packs() -> dict[str, list[str]]:
    """botocore's names of the services of the packs, by the name that requests are signed for."""
    services: dict[str, list[str]] = {}
    folder = Path(__file__).parents[3] / "packs"
    for path in sorted(folder.glob("*/api.json")):
        model = json.loads(path.read_text())
        name = model["_source"].split("data/")[1].split("/")[0]
        metadata = model["metadata"]
        services.setdefault(metadata.get("signingName") or metadata["endpointPrefix"], []).append(name)
    return services


def _services(request: Request) -> list[str]:
    """botocore's names of the services that requests are signed for under one name."""
    return STATE.section("made").get(request.service) or _packs().get(request.service, [])


def _is_form(request: Request) -> bool:
    return "x-www-form-urlencoded" in request.environ.get("CONTENT_TYPE", "")


def _named(request: Request) -> str:
    target = request.environ.get("HTTP_X_AMZ_TARGET", "").rsplit(".", 1)[-1]
    return target or (request.form.get("Action", "") if _is_form(request) else "")


def _matches(model: OperationModel, request: Request) -> bool:
    path, _, query = model.http.get("requestUri", "/").partition("?")
    if not dict(parse_qsl(query, keep_blank_values=True)).items() <= request.query.items():
        return False
    pattern = "".join(
        re.escape(part) if at % 2 == 0 else (".+" if part.endswith("+") or "arn" in part.lower() or "identifier" in part.lower() else "[^/]+")
        for at, part in enumerate(re.split(r"\{([^}]+)\}", path))
    )
    is_same = re.fullmatch(pattern.rstrip("/") or "/", request.path.rstrip("/") or "/") is not None
    return is_same and model.http.get("method", "POST") == request.method


@cache
def _by_path(service: str) -> list[OperationModel]:
    model = _model(service)
    operations = [model.operation_model(name) for name in model.operation_names]
    # A path without a variable is meant before one with, and one with a query before one without.
    uri = lambda each: each.http.get("requestUri", "/")  # noqa: E731
    return sorted(operations, key=lambda each: (uri(each).count("{"), "?" not in uri(each)))


def _operation(request: Request) -> OperationModel | None:
    name = _named(request)
    for service in _services(request):
        # Two services may have one name for signing and for operations, and differ in their version only.
        if _is_form(request) and request.form.get("Version") != _model(service).api_version:
            continue
        if name and name in _model(service).operation_names:
            return _model(service).operation_model(name)
        if not name:
            found = next((each for each in _by_path(service) if _matches(each, request)), None)
            if found:
                return found
    return None


def _protocol(request: Request, model: ServiceModel) -> str:
    named = model.metadata.get("protocols") or [model.metadata["protocol"]]
    if request.environ.get("HTTP_X_AMZ_TARGET"):
        return "json"
    spoken = [name for name in [*named, model.metadata["protocol"]] if name in SERIALIZERS and name != "json"]
    return spoken[0]


def _own(forward: Forward) -> Reply | None:
    """moto's answer, if it has one: of services that it lacks it makes a web page, or none at all."""
    try:
        own = forward()
    except Exception:  # noqa: BLE001
        return None
    is_page = own.body.lstrip()[:15].lower().startswith((b"<html", b"<!doctype html"))
    return None if own.status >= 500 or (own.status >= 400 and is_page) else own


def answer(request: Request, forward: Forward) -> Reply:
    """AWS answers in a form that its model lays down, with an empty list where there is nothing. moto lacks many
    services and operations of the packs and answers 500 with a web page. Here the reply is the value that the test set
    for the operation (as it is, if it stands under `_raw`), written as the model says; without one moto's own answer,
    if it has one, or an empty reply."""
    operation = _operation(request)
    assert operation is not None
    service = operation.service_model
    replies = STATE.section("replies")
    name = f"{service.service_name}:{operation.name}"
    value: Any = replies.get(f"{name} {request.region}", replies.get(name))
    if value is None and not STATE.section("made") and name not in WRONG:
        own = _own(forward)
        if own:
            return own
    value = value or {}
    if "_raw" in value:
        return Reply(200, json.dumps(value["_raw"]).encode(), [("Content-Type", "application/x-amz-json-1.1")])
    serializer = get_serializer_class(service.service_name, _protocol(request, service))
    written = serializer(operation).serialize(value)
    body = written["body"]
    return Reply(written["status_code"], body.encode() if isinstance(body, str) else body, list(written["headers"].items()))


def _wants(request: Request) -> bool:
    if not _services(request):
        return False
    operation = _operation(request)
    return operation is not None and f"{operation.service_model.service_name}:{operation.name}" not in MOTOS_OWN


MENDS = [Mend("replies made after the models", _wants, answer)]
