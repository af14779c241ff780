"""The JSON Schema of an OCSF class: version, class, profiles."""

from __future__ import annotations

import json
import sys

from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

version, name, *profiles = sys.argv[1:]
json.dump(OcsfJsonSchemaEmbedded(get_ocsf_schema(version=version)).get_class_schema(name, profiles=profiles), sys.stdout)
