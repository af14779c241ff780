"""Reading and writing the XML of AWS's replies."""

from __future__ import annotations

import functools
import secrets
import xml.etree.ElementTree as ET
from typing import Callable, Optional
from xml.etree.ElementTree import Element

from exchange import Forward, Reply, Request

XML_HEADERS = [("Content-Type", "text/xml")]
S3_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
IAM_NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"

Edit = Callable[[Request, Element], None]


def element(namespace: str, name: str) -> Element:
    return Element(f"{{{namespace}}}{name}")


def child(parent: Element, name: str, text: Optional[str] = None) -> Element:
    """Append a child in the namespace of its parent."""
    namespace = parent.tag[1:].split("}")[0]
    new = ET.SubElement(parent, f"{{{namespace}}}{name}")
    new.text = text
    return new


def put(parent: Element, name: str, text: str) -> None:
    """Set the text of a child, which is made when it is missing."""
    found = parent.find(f"{{*}}{name}")
    if found is None:
        found = child(parent, name)
    found.text = text


def text_of(parent: Element, name: str) -> str:
    return parent.findtext(f"{{*}}{name}") or ""


def every(root: Element, name: str) -> list[Element]:
    """All elements of a name, wherever they stand; a list, so that the tree may be changed meanwhile."""
    return [found for found in root.iter() if found.tag.split("}")[-1] == name]


def members(root: Element, list_name: str) -> list[Element]:
    """The members of a list, wherever it stands."""
    return [member for parent in every(root, list_name) for member in parent]


def serialize(root: Element) -> bytes:
    namespace = root.tag[1:].split("}")[0]
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True, default_namespace=namespace)
    return written


def edits(edit: Edit) -> Callable[[Request, Forward], Reply]:
    """Make a mend of a function that edits the tree of a successful reply."""

    @functools.wraps(edit)
    def mend(request: Request, forward: Forward) -> Reply:
        reply = forward()
        if not reply.ok:
            return reply
        root = ET.fromstring(reply.body)
        edit(request, root)
        return reply.with_body(serialize(root))

    return mend


def iam_reply(action: str) -> tuple[Element, Element]:
    """The root and the result element of an IAM reply."""
    root = element(IAM_NAMESPACE, f"{action}Response")
    result = child(root, f"{action}Result")
    child(child(root, "ResponseMetadata"), "RequestId", request_id())
    return root, result


def sender_error(namespace: str, status: int, code: str, message: str) -> Reply:
    """An error as IAM and S3's control plane write it."""
    root = element(namespace, "ErrorResponse")
    error = child(root, "Error")
    child(error, "Type", "Sender")
    child(error, "Code", code)
    child(error, "Message", message)
    child(root, "RequestId", request_id())
    return Reply(status, serialize(root), XML_HEADERS)


def iam_error(status: int, code: str, message: str) -> Reply:
    return sender_error(IAM_NAMESPACE, status, code, message)


def s3_error(status: int, code: str, message: str) -> Reply:
    """S3's errors stand in no namespace."""
    root = Element("Error")
    for name, text in (("Code", code), ("Message", message), ("RequestId", request_id())):
        ET.SubElement(root, name).text = text
    return Reply(status, ET.tostring(root, encoding="utf-8", xml_declaration=True), XML_HEADERS)


def request_id() -> str:
    return secrets.token_hex(16)
