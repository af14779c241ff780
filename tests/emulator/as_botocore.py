"""What botocore reads out of replies that are made after its models.

Reads a list of {"service", "operation", "protocol"} from stdin; the first argument is the folder of botocore's data.
Writes the same list with "status", "headers" and "body" of a reply, and "parsed": what botocore makes of it.
"""

from __future__ import annotations

import base64
import datetime
import json
import sys
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.parsers import create_parser
from moto.core.model import ServiceModel
from moto.core.serialize import get_serializer_class

NOW = datetime.datetime(2026, 11, 20, 8, 0, 0, tzinfo=datetime.timezone.utc)
DEEPEST = 7


@cache
def model(data: str, service: str) -> ServiceModel:
    loader = Loader(extra_search_paths=[data], include_default_search_paths=False)
    return ServiceModel(loader.load_service_model(service, "service-2"), service)


def value(shape: Any, depth: int = 0, within: tuple[str, ...] = ()) -> Any:
    """A value of a shape with every member, down to where shapes come again or lie too deep."""
    kind = shape.type_name
    if kind == "structure":
        if depth > DEEPEST or shape.name in within:
            return None
        inner = (*within, shape.name)
        members = {name: value(member, depth + 1, inner) for name, member in shape.members.items()}
        known = {name: member for name, member in members.items() if member is not None}
        # Of a union one member is set.
        return dict(list(known.items())[:1]) if shape.metadata.get("union") else known
    if kind == "list":
        item = value(shape.member, depth + 1, within)
        return None if item is None else [item, item] if depth < 3 else [item]
    if kind == "map":
        item = value(shape.value, depth + 1, within)
        return None if item is None else {(shape.key.enum or ["key"])[0]: item}
    plain: dict[str, Any] = {
        "boolean": True, "integer": 7, "long": 1_795_000_000_123, "float": 0.5, "double": 2.25,
        "timestamp": NOW, "blob": b"\x00bytes", "bigdecimal": 1, "biginteger": 1,
    }  # fmt: skip
    if kind == "string":
        return (shape.enum or ["a <text> & \"more\" ä"])[0]
    return plain.get(kind)


def plain(parsed: Any) -> Any:
    """As JSON: times in UTC, bytes as base64."""
    if isinstance(parsed, dict):
        return {key: plain(item) for key, item in parsed.items() if key != "ResponseMetadata"}
    if isinstance(parsed, list):
        return [plain(item) for item in parsed]
    if isinstance(parsed, datetime.datetime):
        return parsed.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(parsed, bytes):
        return base64.b64encode(parsed).decode()
    return parsed


def main() -> None:
    asked, data = json.load(sys.stdin), sys.argv[1]
    for case in asked:
        service = model(data, case["service"])
        operation = service.operation_model(case["operation"])
        written = get_serializer_class(case["service"], case["protocol"])(operation).serialize(
            value(operation.output_shape)
        )
        body = written["body"]
        body = body.encode() if isinstance(body, str) else body
        headers = {str(key): str(item) for key, item in dict(written["headers"]).items()}
        response = {"body": body, "headers": headers, "status_code": written["status_code"]}
        parsed = create_parser(case["protocol"]).parse(response, operation.output_shape)
        case |= {"status": written["status_code"], "headers": headers, "body": body.decode(), "parsed": plain(parsed)}
    json.dump(asked, sys.stdout)


if __name__ == "__main__":
    main()
