"""Measures a scan of an emulated account: requests, wall-clock, CPU and peak memory, at 0 and 30 ms of network.

    cargo build --release
    python3 benches/scan.py                 # 200 buckets, 50 users, 100 roles, 50 policies
    python3 benches/scan.py --scale 5       # five times as many

It needs the virtual environment of the emulator tests, which `cargo test --test it lab` installs, and prints one line of
Markdown a measurement. The emulator serves a request in about 2 ms and no more than some 500 a second, which bounds every
client from below.
"""

import argparse
import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EMULATOR = ROOT / "tests" / "emulator"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
PYTHON = TARGET / "tmp" / "emulator" / "bin" / "python"
BINARY = TARGET / "release" / "afterlab"

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_EC2_METADATA_DISABLED": "true",
}

SCANS = {
    "all default rules of one region": ["--region", "us-east-1"],
    "IAM": ["--rule", "iam-*"],
    "S3": ["--rule", "s3-*"],
    "leftovers of one region": ["--kind", "leftover", "--region", "us-east-1"],
    "the same without open uploads": ["--kind", "leftover", "--rule", "!s3-*", "--region", "us-east-1"],
    "one rule": ["--rule", "s3-account-*"],
}


class Latency:
    """A TCP relay that holds each connection back before it reaches the emulator, which serves one request each."""

    def __init__(self, upstream_port: int, seconds: float) -> None:
        self.upstream_port, self.seconds = upstream_port, seconds
        self.loop = asyncio.new_event_loop()
        server = asyncio.start_server(self.relay, "127.0.0.1", 0)
        self.server = self.loop.run_until_complete(server)
        self.port = self.server.sockets[0].getsockname()[1]
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    async def relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.seconds)
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.upstream_port)
        await asyncio.gather(pipe(reader, up_writer), pipe(up_reader, writer))


async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Copies until one side ends."""
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


def measure(url: str, args: list[str]) -> dict[str, float]:
    """One scan: what it cost and what it said."""
    command = [str(BINARY), "scan", "--endpoint-url", url, "--format", "json", *args]
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, err = process.communicate()
    wall = time.monotonic() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if process.returncode not in (0, 1):
        sys.exit(f"{command} ended with {process.returncode}: {err.decode()} {out[-2000:].decode()}")
    summary = json.loads(out)["summary"]
    cpu = (after.ru_utime + after.ru_stime) - (before.ru_utime + before.ru_stime)
    return {"wall": wall, "cpu": cpu, "requests": summary["requests"], "fail": summary["fail"]}


def peak_mib(url: str, args: list[str]) -> float:
    """The peak memory of one scan, as the kernel keeps it for the living process. (What wait4 tells of a child includes
    the memory of the parent it was forked from.)"""
    report = str(TARGET / "tmp" / "bench-report.json")
    command = [str(BINARY), "scan", "--endpoint-url", url, "--format", "json", "-o", report, *args]
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = 0
    while process.poll() is None:
        peak = max(peak, high_water_mark(process.pid))
        time.sleep(0.002)
    return peak / 1024


def high_water_mark(pid: int) -> int:
    """The most memory a process has held so far, in KiB; 0 when it has just ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", default="1", help="multiply the account's size")
    parser.add_argument("--runs", type=int, default=5, help="runs of each scan; the median counts")
    parser.add_argument("--network", type=int, nargs="+", default=[0, 30], help="milliseconds a request")
    options = parser.parse_args()
    for needed in (PYTHON, BINARY):
        if not needed.exists():
            sys.exit(f"{needed} is missing: see the top of this file")
    with subprocess.Popen(
        [PYTHON, "-B", EMULATOR / "launcher.py", "--port", "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as emulator:
        assert emulator.stdin and emulator.stdout
        url = emulator.stdout.readline().split()[-1]
        seed = [PYTHON, "-B", EMULATOR / "seed.py", "--endpoint", url, "peers", "--scale", options.scale]
        seeded = subprocess.run(seed, stdout=subprocess.PIPE, text=True)
        if seeded.returncode != 0:
            sys.exit("the account could not be seeded")
        print(seeded.stdout.strip().splitlines()[-1], "\n")
        print("| scan | network | requests | wall s (min / median / max) | CPU s | peak MiB | findings |")
        print("|---|---|---|---|---|---|---|")
        port = int(url.rsplit(":", 1)[1])
        for milliseconds in options.network:
            at = f"http://127.0.0.1:{Latency(port, milliseconds / 1000).port}" if milliseconds else url
            for name, args in SCANS.items():
                runs = [measure(at, args) for _ in range(options.runs)]
                walls = sorted(run["wall"] for run in runs)
                cpu = statistics.median(run["cpu"] for run in runs)
                print(
                    f"| {name} | {milliseconds} ms | {runs[0]['requests']:,} | "
                    f"{walls[0]:.2f} / {statistics.median(walls):.2f} / {walls[-1]:.2f} | {cpu:.2f} | "
                    f"{peak_mib(at, args):.0f} | {runs[0]['fail']:,} |",
                    flush=True,
                )
        emulator.stdin.close()


if __name__ == "__main__":
    main()
