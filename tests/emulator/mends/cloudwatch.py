"""CloudWatch over rpc-v2-cbor, the only protocol that its Rust SDK speaks."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, NamedTuple, Optional

import cbor2

from control import naive_utc
from exchange import Forward, Reply, Request
from mends.mend import Mend, Wants
from mends.paging import token, untoken
from mends.permission import is_refused, refusal
from mends.xml import request_id

PREFIX = "/service/GraniteServiceVersion20100801/operation/"
PAGE = 500
MAXIMUM_QUERIES = 500
STATISTICS = ("Average", "Maximum", "Minimum", "SampleCount", "Sum")
LISTED_FOR = timedelta(days=14)
RECENT = timedelta(hours=3)

Wire = dict[str, Any]


class Metric(NamedTuple):
    """The identity of a metric; the order of its dimensions does not matter."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]


class Fault(Exception):
    """An error of CloudWatch: its shape, its code in the query protocol, a message and a status."""

    def __init__(self, shape: str, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.shape = shape
        self.code = code
        self.status = status


def list_metrics(request: Request, forward: Forward) -> Reply:
    """AWS lists each metric once that had data in two weeks, 500 a page. moto has no rpc-v2-cbor (404), and over its
    other protocols lists a metric with two dimensions once a datapoint, and made-up S3 metrics in every region. Here
    only data that was put counts."""
    return _answer(request, _list_metrics)


def get_metric_data(request: Request, forward: Forward) -> Reply:
    """AWS finds a metric by namespace, name and dimensions in any order. moto has no rpc-v2-cbor (404), and over its
    other protocols misses a metric whose dimensions come in another order, forgets the namespace when there are
    dimensions, and mixes put data with made-up S3 metrics. Here only data that was put counts."""
    return _answer(request, _get_metric_data)


def _answer(request: Request, operation: Callable[[list[Any], Wire], Wire]) -> Reply:
    from moto.cloudwatch.models import cloudwatch_backends

    data = cloudwatch_backends[request.account][request.region].metric_data
    action = "cloudwatch:" + request.path[len(PREFIX):]
    try:
        if is_refused(request, action):
            raise Fault("AccessDeniedException", "AccessDenied", refusal(action), 403)
        return _reply(200, operation(list(data), cbor2.loads(request.body) if request.body else {}))
    except Fault as fault:
        body = {"__type": f"com.amazonaws.cloudwatch#{fault.shape}", "message": str(fault)}
        return _reply(fault.status, body, ("x-amzn-query-error", f"{fault.code};Sender"))


def _reply(status: int, body: Wire, *headers: tuple[str, str]) -> Reply:
    content = cbor2.dumps(body, timezone=timezone.utc, datetime_as_timestamp=True)
    fixed = [("Content-Type", "application/cbor"), ("smithy-protocol", "rpc-v2-cbor")]
    return Reply(status, content, [*fixed, ("x-amzn-RequestId", request_id()), *headers])


def _list_metrics(data: list[Any], wanted: Wire) -> Wire:
    newest: dict[Metric, datetime] = {}
    for datum in data:
        metric = _metric(datum)
        newest[metric] = max(datum.timestamp, newest.get(metric, datum.timestamp))
    window = RECENT if wanted.get("RecentlyActive") == "PT3H" else LISTED_FOR
    since = datetime.now(timezone.utc).replace(tzinfo=None) - window
    found = [metric for metric, last in newest.items() if last >= since and _is_wanted(metric, wanted)]
    found.sort(key=lambda metric: (metric.namespace, metric.name, sorted(metric.dimensions)))
    start = _offset(wanted.get("NextToken"))
    reply: Wire = {"Metrics": [_listed(metric) for metric in found[start:start + PAGE]]}
    if len(found) > start + PAGE:
        reply["NextToken"] = token(str(start + PAGE))
    return reply


def _get_metric_data(data: list[Any], wanted: Wire) -> Wire:
    start, end = _naive(wanted["StartTime"]), _naive(wanted["EndTime"])
    queries = wanted.get("MetricDataQueries", [])
    if start >= end:
        raise Fault("ValidationException", "ValidationError", "The parameter StartTime must be before EndTime.")
    if len(queries) > MAXIMUM_QUERIES:
        message = f"The collection MetricDataQueries must not have a size greater than {MAXIMUM_QUERIES}."
        raise Fault("ValidationException", "ValidationError", message)
    by_metric: defaultdict[Metric, list[Any]] = defaultdict(list)
    for datum in data:
        if start <= datum.timestamp < end:
            by_metric[_metric(datum)].append(datum)
    descending = wanted.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    results = [_result(query, by_metric, start, descending) for query in queries if query.get("ReturnData", True)]
    return {"MetricDataResults": results, "Messages": []}


def _result(query: Wire, by_metric: defaultdict[Metric, list[Any]], start: datetime, descending: bool) -> Wire:
    from moto.cloudwatch.models import Statistics

    if "MetricStat" not in query:
        raise Fault("ValidationException", "ValidationError", "The emulator evaluates no metric expressions.")
    asked = query["MetricStat"]
    if asked["Stat"] not in STATISTICS:
        raise Fault("ValidationException", "ValidationError", f"The emulator computes no {asked['Stat']}.")
    dimensions = frozenset((item["Name"], item["Value"]) for item in asked["Metric"].get("Dimensions", []))
    metric = Metric(asked["Metric"]["Namespace"], asked["Metric"]["MetricName"], dimensions)
    period = timedelta(seconds=asked["Period"])
    by_period: defaultdict[int, list[Any]] = defaultdict(list)
    for datum in by_metric.get(metric, []):
        if asked.get("Unit") in (None, datum.unit):
            by_period[(datum.timestamp - start) // period].append(datum)
    timestamps, values = [], []
    for index in sorted(by_period, reverse=descending):
        statistics = Statistics([asked["Stat"]], start + index * period)
        statistics.metric_data = by_period[index]
        timestamps.append(statistics.timestamp)
        value: Any = statistics.get_statistics_for_type(asked["Stat"])
        values.append(float(value))
    label = query.get("Label") or metric.name
    return {"Id": query["Id"], "Label": label, "Timestamps": timestamps, "Values": values, "StatusCode": "Complete"}


def _metric(datum: Any) -> Metric:
    return Metric(datum.namespace, datum.name, frozenset((item.name, item.value) for item in datum.dimensions))


def _is_wanted(metric: Metric, wanted: Wire) -> bool:
    names = {name for name, _ in metric.dimensions}
    return (
        wanted.get("Namespace") in (None, metric.namespace)
        and wanted.get("MetricName") in (None, metric.name)
        and all(
            (item["Name"], item["Value"]) in metric.dimensions if "Value" in item else item["Name"] in names
            for item in wanted.get("Dimensions", [])
        )
    )


def _listed(metric: Metric) -> Wire:
    dimensions = [{"Name": name, "Value": value} for name, value in sorted(metric.dimensions)]
    return {"Namespace": metric.namespace, "MetricName": metric.name, "Dimensions": dimensions}


def _offset(next_token: Optional[str]) -> int:
    offset = untoken(next_token) if next_token else "0"
    if offset is None or not offset.isdigit():
        raise Fault("InvalidParameterValueException", "InvalidParameterValue", "Request parameter NextToken is invalid")
    return int(offset)


def _naive(value: datetime) -> datetime:
    return naive_utc(value.isoformat()).replace(microsecond=0)


def _operation(name: str) -> Wants:
    return lambda request: request.method == "POST" and request.path == PREFIX + name


MENDS = [
    Mend("cloudwatch ListMetrics", _operation("ListMetrics"), list_metrics),
    Mend("cloudwatch GetMetricData", _operation("GetMetricData"), get_metric_data),
]
