"""Start moto's server on the loopback address, with the replies mended in which it differs from AWS.

    python launcher.py --port 0

prints one line, `listening on http://127.0.0.1:PORT`, and serves until its standard input is closed: a test that dies
takes its server with it. `python launcher.py --list-mends` shows what is mended and why; `--plain` mends nothing.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from functools import partial
from threading import Thread
from typing import Any, Callable, Iterable

import control
from environment import forget_environment
from exchange import Application, Environ, Forward, Request, call
from mends import MENDS
from mends.mend import Mend

HOST = "127.0.0.1"

# AWS's own policies that an account under test may attach; `--managed-policies` loads all of them (1.5 s more).
COMMON_POLICIES = (
    "AdministratorAccess", "AmazonBedrockFullAccess", "AmazonEC2FullAccess", "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess", "AmazonSageMakerFullAccess", "AWSLambdaBasicExecutionRole", "IAMFullAccess",
    "IAMUserChangePassword", "PowerUserAccess", "ReadOnlyAccess", "SecurityAudit", "ViewOnlyAccess",
)  # fmt: skip


class Mended:
    """moto's application behind the mends and the control endpoint."""

    def __init__(self, app: Application, mends: list[Mend]) -> None:
        self._app = app
        self._mends = mends

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        if request.path.startswith(control.PREFIX):
            return control.answer(request).send(start_response)
        wanted = [mend for mend in self._mends if mend.wants(request)]
        if not wanted:
            reply: Iterable[bytes] = self._app(environ, start_response)
            return reply
        forward: Forward = partial(call, self._app, environ)
        for mend in reversed(wanted):
            forward = mend.around(request, forward)
        return forward().send(start_response)


def serve(arguments: argparse.Namespace) -> None:
    """Serve until the process is ended."""
    forget_environment()
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    some_policies = arguments.managed_policies or not arguments.plain
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true" if some_policies else "false"
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
    from werkzeug.serving import make_server

    if not arguments.managed_policies and not arguments.plain:
        keep_common_policies()
    app = Mended(DomainDispatcherApplication(create_backend_app), [] if arguments.plain else MENDS)
    server = make_server(HOST, arguments.port, app, threaded=True, request_handler=MotoRequestHandler)
    print(f"listening on http://{HOST}:{server.server_port}", flush=True)
    if not arguments.log:
        # moto prints about what it lacks, and nobody reads on: a pipe without a reader would break its threads.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")
    server.serve_forever()


def keep_common_policies() -> None:
    """Let moto load only a few of the 1,582 policies that AWS manages."""
    from moto.iam import aws_managed_policies, models

    loaded = json.loads(aws_managed_policies.aws_managed_policies_data)
    kept = json.dumps({name: loaded[name] for name in COMMON_POLICIES})
    setattr(models, "aws_managed_policies_data", kept)


def exit_with_stdin() -> None:
    """End the process when whoever started it closes its standard input, or dies."""

    def wait() -> None:
        while sys.stdin.buffer.read(4096):
            pass
        os._exit(0)

    Thread(target=wait, daemon=True).start()


def list_mends() -> None:
    print("| mend | what AWS does, what moto does, why it matters |\n|---|---|")
    for mend in MENDS:
        print(f"| {mend.name} | {mend.reason} |")


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=0, help="port on the loopback address; 0 takes a free one")
    parser.add_argument("--plain", action="store_true", help="moto as it is: no mends")
    parser.add_argument("--managed-policies", action="store_true", help="load all policies that AWS manages")
    parser.add_argument("--ignore-stdin", action="store_true", help="go on when standard input is closed")
    parser.add_argument("--log", action="store_true", help="log each request to standard error")
    parser.add_argument("--list-mends", action="store_true", help="print the table of mends and exit")
    return parser.parse_args()


def main() -> None:
    arguments = parse_arguments()
    if arguments.list_mends:
        list_mends()
        return
    if not arguments.log:
        logging.getLogger("werkzeug").setLevel(logging.ERROR)
    if not arguments.ignore_stdin:
        exit_with_stdin()
    serve(arguments)


if __name__ == "__main__":
    main()
