"""Service last accessed: the operations that moto lacks."""

from __future__ import annotations

import uuid
from datetime import datetime, timezone
from itertools import chain
from threading import Lock
from typing import Any, NamedTuple, Optional
from xml.etree.ElementTree import Element

from control import STATE
from exchange import Forward, Reply, Request
from mends.ageing import iam_backend
from mends.mend import Mend, iam
from mends.paging import token, untoken
from mends.permission import is_refused, refusal
from mends.xml import XML_HEADERS, child, iam_error, iam_reply, serialize

DEFAULT_ITEMS = 100
GENERATE = "iam:GenerateServiceLastAccessedDetails"
GET = "iam:GetServiceLastAccessedDetails"
MEMBERS = (
    "ServiceName", "LastAuthenticated", "ServiceNamespace", "LastAuthenticatedEntity", "LastAuthenticatedRegion",
    "TotalAuthenticatedEntities",
)  # fmt: skip


class Job(NamedTuple):
    arn: str
    created: str
    polls: int
    granularity: str


class Jobs:
    """The report jobs that were started."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._jobs: dict[str, Job] = {}

    def start(self, arn: str, polls: int, granularity: str) -> str:
        job_id = str(uuid.uuid4())
        with self._lock:
            self._jobs[job_id] = Job(arn, _now(), polls, granularity)
        return job_id

    def poll(self, job_id: str) -> Optional[Job]:
        """A job as it stands; each look takes one off its polls."""
        with self._lock:
            job = self._jobs.get(job_id)
            if job is not None:
                self._jobs[job_id] = job._replace(polls=max(job.polls - 1, 0))
            return job


JOBS = Jobs()


def generate(request: Request, forward: Forward) -> Reply:
    """AWS starts a report on the services that a user, group, role or policy may use, and answers with a JobId. moto
    has no such operation and answers 500. Without it nothing shows permissions that nobody uses."""
    if is_refused(request, GENERATE):
        return iam_error(403, "AccessDenied", refusal(GENERATE))
    arn = request.form.get("Arn", "")
    if not _exists(iam_backend(request), arn):
        return iam_error(404, "NoSuchEntity", f"ARN {arn} was not found.")
    root, result = iam_reply("GenerateServiceLastAccessedDetails")
    granularity = request.form.get("Granularity", "SERVICE_LEVEL")
    child(result, "JobId", JOBS.start(arn, int(STATE.value("last_accessed_polls", 0)), granularity))
    return Reply(200, serialize(root), XML_HEADERS)


def details(request: Request, forward: Forward) -> Reply:
    """AWS answers IN_PROGRESS, then COMPLETED with one entry a service, in pages. moto answers 500. The entries come
    from the control endpoint (`service_last_accessed`); an ARN without any has none."""
    if is_refused(request, GET):
        return iam_error(403, "AccessDenied", refusal(GET))
    job = JOBS.poll(request.form.get("JobId", ""))
    if job is None:
        return iam_error(404, "NoSuchEntity", "The job was not found.")
    offset = untoken(request.form["Marker"]) if "Marker" in request.form else "0"
    if offset is None or not offset.isdigit():
        return iam_error(400, "ValidationError", "Invalid Marker.")
    root, result = iam_reply("GetServiceLastAccessedDetails")
    child(result, "JobStatus", "IN_PROGRESS" if job.polls else "COMPLETED")
    child(result, "JobType", job.granularity)
    child(result, "JobCreationDate", job.created)
    entries = [] if job.polls else STATE.section("service_last_accessed").get(job.arn, [])
    _add_page(result, entries, int(offset), int(request.form.get("MaxItems", DEFAULT_ITEMS)), job.granularity)
    if not job.polls:
        child(result, "JobCompletionDate", _now())
    return Reply(200, serialize(root), XML_HEADERS)


def _add_page(
    result: Element, entries: list[dict[str, Any]], start: int, limit: int, granularity: str
) -> None:
    services = child(result, "ServicesLastAccessed")
    for entry in entries[start:start + limit]:
        member = child(services, "member")
        for name in MEMBERS:
            if name in entry:
                child(member, name, str(entry[name]))
            elif name == "TotalAuthenticatedEntities":
                child(member, name, "1" if "LastAuthenticated" in entry else "0")
        tracked = entry.get("TrackedActionsLastAccessed", []) if granularity == "ACTION_LEVEL" else []
        if tracked:
            actions = child(member, "TrackedActionsLastAccessed")
            for action in tracked:
                one = child(actions, "member")
                for name in ("ActionName", "LastAccessedEntity", "LastAccessedTime", "LastAccessedRegion"):
                    if name in action:
                        child(one, name, str(action[name]))
    truncated = start + limit < len(entries)
    child(result, "IsTruncated", "true" if truncated else "false")
    if truncated:
        child(result, "Marker", token(str(start + limit)))


def _exists(backend: Any, arn: str) -> bool:
    entities = chain(backend.users.values(), backend.groups.values(), backend.roles.values())
    return arn in backend.managed_policies or any(entity.arn == arn for entity in list(entities))


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


MENDS = [
    Mend("iam GenerateServiceLastAccessedDetails", iam("GenerateServiceLastAccessedDetails"), generate),
    Mend("iam GetServiceLastAccessedDetails", iam("GetServiceLastAccessedDetails"), details),
]
