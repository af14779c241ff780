"""Writes two versions of AWS's managed policies, for `cargo bench --bench semantics -- FOLDER` and `afterlab policy diff`.

    python3 benches/managed_policies.py FOLDER

AWS publishes no history of them; the AWS emulator moto carries a copy of all, each release a newer one. Consecutive
versions that its releases have are written as FOLDER/old/NAME-vA-vB.json and FOLDER/new/NAME-vA-vB.json.
"""

import ast
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import zipfile

RELEASES = ["3.0.0", "3.1.19", "4.0.13", "4.1.14", "4.2.14", "5.0.0", "5.0.14", "5.0.28", "5.1.0", "5.1.5", "5.1.10", "5.1.16"]


def policies(wheel: pathlib.Path) -> dict:
    with zipfile.ZipFile(wheel) as package:
        source = package.read("moto/iam/aws_managed_policies.py").decode()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "aws_managed_policies_data":
            return json.loads(ast.literal_eval(node.value))
    raise SystemExit(f"{wheel.name} holds no policies")


def main(folder: pathlib.Path) -> None:
    versions: dict[str, dict[int, dict]] = {}
    with tempfile.TemporaryDirectory() as wheels:
        for release in RELEASES:
            command = ["pip", "download", "--quiet", "--no-deps", "--dest", wheels, f"moto=={release}"]
            subprocess.run([sys.executable, "-m", *command], check=True)
            (wheel,) = pathlib.Path(wheels).glob(f"moto-{release}-*.whl")
            for name, policy in policies(wheel).items():
                number = int(re.sub(r"\D", "", policy["DefaultVersionId"]))
                versions.setdefault(name, {})[number] = policy["Document"]
    written = 0
    for name, known in versions.items():
        numbers = sorted(known)
        for old, new in zip(numbers, numbers[1:]):
            for side, number in (("old", old), ("new", new)):
                path = folder / side / f"{name.replace('/', '_')}-v{old}-v{new}.json"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(json.dumps(known[number], indent=2))
            written += 1
    print(f"{written} changes of {len(versions)} policies")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
