"""Fill the emulator with an account.

    python seed.py --endpoint http://127.0.0.1:5600 lab [--root good] [--password-policy strong] …
    python seed.py --endpoint http://127.0.0.1:5600 peers --buckets 200 --users 50 --roles 100 --policies 50 [--scale 5]
    python seed.py --endpoint http://127.0.0.1:5600 course [--put-right]
    python seed.py --expected lab [the same options]

The last line of output is one JSON object: with `--endpoint` the counts of what was made, with `--expected` what the
rules must say of it (see `expected` of `scenarios.lab` and `scenarios.course`). Credentials are the emulator's and
stand in the code; nothing is read from the environment. The account must be empty: `POST /moto-api/reset` and
`POST /afterlab-test/reset` make it so.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from scenarios import course, lab, peers
from scenarios.emulator import Emulator
from scenarios.lab_account import ROOT_STATES, AccountOptions
from scenarios.peers import Size


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--endpoint", help="where the launcher listens")
    target.add_argument("--expected", action="store_true", help="seed nothing; print what the rules must say")
    scenarios = parser.add_subparsers(dest="scenario", required=True)
    account = scenarios.add_parser("lab", help="every fault and its good twin")
    account.add_argument("--root", choices=list(ROOT_STATES), default="bad")
    account.add_argument("--password-policy", choices=["strong", "weak", "missing"], default="weak")
    account.add_argument("--account-block", choices=["off", "partial", "on"], default="off")
    account.add_argument("--no-alias", action="store_true")
    large = scenarios.add_parser("peers", help="a large account, to measure on")
    for name, default in vars(Size()).items():
        large.add_argument(f"--{name}", type=int, default=default)
    large.add_argument("--scale", type=int, default=1, help="multiplies all counts")
    services = scenarios.add_parser("course", help="one violation of each rule on the services around IAM and S3")
    services.add_argument("--put-right", action="store_true", help="the twin without them")
    arguments = parser.parse_args()
    if arguments.expected and arguments.scenario == "peers":
        parser.error("peers has no expected outcome")
    return arguments


def run(arguments: argparse.Namespace) -> dict[str, Any]:
    if arguments.scenario == "peers":
        size = Size(arguments.buckets, arguments.users, arguments.roles, arguments.policies)
        return peers.seed(Emulator(arguments.endpoint), size.scaled(arguments.scale))
    if arguments.scenario == "course":
        right = arguments.put_right
        return course.expected(right) if arguments.expected else course.seed(Emulator(arguments.endpoint), right)
    options = AccountOptions(
        root=arguments.root,
        password_policy=arguments.password_policy,
        account_block=arguments.account_block,
        alias=not arguments.no_alias,
    )
    return lab.expected(options) if arguments.expected else lab.seed(Emulator(arguments.endpoint), options)


if __name__ == "__main__":
    print(json.dumps(run(parse_arguments())))
