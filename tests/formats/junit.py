"""What is wrong with JUnit XML on stdin by the schema that the first argument names: a line each."""

from __future__ import annotations

import sys

import xmlschema

for error in xmlschema.XMLSchema(sys.argv[1]).iter_errors(sys.stdin.read()):
    print(f"{error.path}: {error.reason}")
