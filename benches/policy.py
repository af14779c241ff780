"""Times `afterlab policy check` on a folder of policies, and on one of them, each from a cold start.

    python3 benches/policy.py target/release/afterlab FOLDER

FOLDER holds one policy a file, such as those of AWS's managed policies. Prints the median of seven runs.
"""

import os
import resource
import statistics
import subprocess
import sys
import time


def run(binary: str, path: str) -> tuple[float, float]:
    """Wall-clock seconds of one run, and CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    arguments = [binary, "policy", "check", "--no-config", "--format", "github", path]
    code = subprocess.run(arguments, stdout=subprocess.DEVNULL, check=False).returncode
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if code not in (0, 1):
        raise SystemExit(f"afterlab ended with {code}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measures and prints."""
    binary, folder = sys.argv[1:3]
    files = sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith(".json"))
    for label, path in ((f"{len(files)} policies", folder), ("one policy", files[0])):
        runs = [run(binary, path) for _ in range(7)]
        wall, cpu = (statistics.median(values) for values in zip(*runs))
        print(f"{label}: {wall * 1000:.0f} ms, {cpu * 1000:.0f} ms of CPU")
    print(f"most memory: {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MiB")


if __name__ == "__main__":
    main()
