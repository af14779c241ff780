"""Time a leftover scan of 17 regions against a server of nothing but latency.

    cargo build --release
    python3 benches/leftovers.py [--latency 0.05] [--concurrency 64] [--runs 5]

The server answers every listing with an empty one after the latency, on as many connections as it is asked on. What is
measured is the scan's own use of time: the limit is the larger of the longest chain of calls that wait for one another
and of all calls divided by how many may be under way, each times the latency.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import statistics
import subprocess
import threading
import time
from pathlib import Path

BINARY = Path(os.environ.get("CARGO_TARGET_DIR", Path(__file__).parent.parent / "target")) / "release/afterlab"
REGIONS = (
    "ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-southeast-1 ap-southeast-2 ca-central-1 eu-central-1 "
    "eu-north-1 eu-west-1 eu-west-2 eu-west-3 sa-east-1 us-east-1 us-east-2 us-west-1 us-west-2"
).split()
IDENTITY = (
    "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>123456789012</Account>"
    "<Arn>arn:aws:iam::123456789012:user/x</Arn><UserId>x</UserId></GetCallerIdentityResult></GetCallerIdentityResponse>"
)
# Who is asking, the regions, a list: each waits for the one before. No listing finds anything, so that nothing follows.
LONGEST_CHAIN = 3


class Latency:
    """A server that answers after a time."""

    def __init__(self, latency: float) -> None:
        self.latency = latency
        self.requests = 0
        self.under_way = 0
        self.most_under_way = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                lines = head.split("\r\n")
                headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:] if ": " in line)}
                body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
                self.requests += 1
                self.under_way += 1
                self.most_under_way = max(self.most_under_way, self.under_way)
                await asyncio.sleep(self.latency)
                self.under_way -= 1
                reply = answer(lines[0], headers, body).encode()
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(reply) + reply)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


def answer(line: str, headers: dict[str, str], body: str) -> str:
    if "/listRegions" in line:
        return json.dumps({"Regions": [{"RegionName": r, "RegionOptStatus": "ENABLED_BY_DEFAULT"} for r in REGIONS]})
    if "GetCallerIdentity" in body:
        return IDENTITY
    if "application/x-www-form-urlencoded" in headers.get("content-type", ""):
        action = body.split("Action=", 1)[-1].split("&", 1)[0]
        return f"<{action}Response><{action}Result></{action}Result></{action}Response>"
    if "/hostedzone" in line:
        return "<ListHostedZonesResponse></ListHostedZonesResponse>"
    return "{}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--latency", type=float, default=0.05, help="seconds")
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    server = Latency(arguments.latency)
    loop = asyncio.new_event_loop()
    listening = loop.run_until_complete(asyncio.start_server(server.serve, "127.0.0.1", 0))
    port = listening.sockets[0].getsockname()[1]
    threading.Thread(target=loop.run_forever, daemon=True).start()
    times = []
    for _ in range(arguments.runs):
        server.requests = 0
        started = time.monotonic()
        command = [
            BINARY, "scan", "--rule", "!s3-*", "--kind", "leftover", "--endpoint-url", f"http://127.0.0.1:{port}",
            "--concurrency", str(arguments.concurrency), "--format", "json", "--quiet",
        ]  # fmt: skip
        keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_EC2_METADATA_DISABLED": "true", "HOME": "/"}
        done = subprocess.run(command, env=keys, capture_output=True, check=False)
        times.append(time.monotonic() - started)
        report = json.loads(done.stdout)
        assert not report["gaps"], report["gaps"]
    calls, latency = server.requests, arguments.latency
    limit = max(LONGEST_CHAIN * latency, calls * latency / arguments.concurrency)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    median = statistics.median(times)
    print(f"{calls} requests, at most {server.most_under_way} under way, limit {limit:.2f} s")
    print(f"wall {min(times):.2f} / {median:.2f} / {max(times):.2f} s = {median / limit:.2f} x the limit, peak {peak:.0f} MiB")


if __name__ == "__main__":
    main()
