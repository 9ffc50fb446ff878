#!/usr/bin/env python3
"""Writes the shape tables of the simulator from AWS's public API models.

In:  service names as arguments; the models are those of the PyPI package botocore.
Out: one compact JSON file per service beside this script: operations (method, URI, input, output,
     errors) and shapes (types, members, bounds, patterns, enums, wire names), no documentation.

  python3 generate.py organizations controltower controlcatalog sts iam kms account service-quotas sso-admin identitystore

Of large models only the operations that `selection.json` lists are written, with the shapes they reach.
"""
import json
import pathlib
import re
import sys

import botocore
import botocore.session

HERE = pathlib.Path(__file__).resolve().parent
SELECTION = json.loads((HERE / "selection.json").read_text())
SESSION = botocore.session.get_session()
LOADER = SESSION.get_component("data_loader")

# Look-around, possessive quantifiers and lone surrogates have no counterpart in the `regex` crate: such a pattern is
# dropped. A test proves that every pattern that is kept compiles.
UNTRANSLATABLE = re.compile(r"\(\?[=!<]|[*+?]\+|\\u[dD][89a-fA-F]")


# Patterns that AWS publishes and does not keep itself: "Storage Gateway" is a resource type of AWS Backup all the same
# (https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/backup/region_settings_test.go),
# and "*" stands for every account in the listings of jobs
# (https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListBackupJobs.html).
UNENFORCED = {("backup", "ResourceType"), ("backup", "AccountId")}


def pattern(text):
    return None if UNTRANSLATABLE.search(text) else text


def reference(ref):
    """A member, list item, map key or map value: the shape's name and what its place adds."""
    out = {"shape": ref["shape"]}
    names = {"location": "at", "locationName": "name", "timestampFormat": "timestamp"}
    for theirs, ours in names.items():
        if theirs in ref:
            out[ours] = ref[theirs]
    if ref.get("flattened"):
        out["flat"] = True
    return out


def shape(raw):
    out = {"type": raw["type"]}
    if raw["type"] == "structure":
        if raw.get("document"):
            return {"type": "document"}
        out["members"] = {k: reference(v) for k, v in raw.get("members", {}).items()}
        if raw.get("required"):
            out["required"] = raw["required"]
        if raw.get("payload"):
            out["payload"] = raw["payload"]
    if raw["type"] == "list":
        out["item"] = reference(raw["member"])
    if raw["type"] == "map":
        out["key"] = reference(raw["key"])
        out["value"] = reference(raw["value"])
    if raw.get("flattened"):
        out["flat"] = True
    for bound in ("min", "max"):
        if bound in raw:
            out[bound] = raw[bound]
    if "enum" in raw:
        out["enum"] = raw["enum"]
    if "pattern" in raw and pattern(raw["pattern"]):
        out["pattern"] = pattern(raw["pattern"])
    if "timestampFormat" in raw:
        out["timestamp"] = raw["timestampFormat"]
    if raw.get("sensitive"):
        out["sensitive"] = True
    return out


def table(service):
    raw = LOADER.load_service_model(service, "service-2")
    meta = raw["metadata"]
    # A service that also speaks an older protocol is simulated in that one; `wire` knows which others it takes.
    spoken = meta.get("protocols", [meta["protocol"]])
    protocol = next(one for one in ("json", "rest-json", "query") if one in spoken)
    query = protocol == "query"

    def error_code(name):
        coded = raw["shapes"][name].get("error", {}).get("code")
        return coded if query and coded else name

    operations, errors = {}, {}
    selected = SELECTION.get(service, raw["operations"])
    for name in sorted(selected):
        op = raw["operations"][name]
        row = {"method": op["http"]["method"], "uri": op["http"]["requestUri"]}
        if op["http"].get("responseCode", 200) != 200:
            row["status"] = op["http"]["responseCode"]
        if "input" in op:
            row["input"] = op["input"]["shape"]
        if "output" in op:
            row["output"] = op["output"]["shape"]
            if "resultWrapper" in op["output"]:
                row["wrapper"] = op["output"]["resultWrapper"]
        if op.get("authtype") == "none" or op.get("auth") == ["smithy.api#noAuth"]:
            row["unsigned"] = True
        if op.get("errors"):
            row["errors"] = [error_code(e["shape"]) for e in op["errors"]]
        for error in op.get("errors", []):
            info = raw["shapes"][error["shape"]].get("error", {})
            entry = {"shape": error["shape"]}
            if "httpStatusCode" in info:
                entry["status"] = info["httpStatusCode"]
            errors[error_code(error["shape"])] = entry
        operations[name] = row
    head = {
        "service": service,
        "botocore": botocore.__version__,
        "protocol": protocol,
        "version": meta["apiVersion"],
        "signing_name": meta.get("signingName", meta["endpointPrefix"]),
        "endpoint_prefix": meta["endpointPrefix"],
    }
    for theirs, ours in (("jsonVersion", "json_version"), ("targetPrefix", "target_prefix"), ("xmlNamespace", "namespace")):
        if theirs in meta:
            head[ours] = meta[theirs]
    shapes = {k: shape(v) for k, v in sorted(raw["shapes"].items())}
    for _, name in (row for row in UNENFORCED if row[0] == service):
        shapes[name].pop("pattern", None)
    if service in SELECTION:
        shapes = reached(shapes, operations, errors)
    return head, operations, dict(sorted(errors.items())), shapes


def reached(shapes, operations, errors):
    """The shapes that the operations and errors lead to."""
    roots = [row[end] for row in operations.values() for end in ("input", "output") if end in row]
    waiting, found = roots + [entry["shape"] for entry in errors.values()], set()
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        place = shapes[name]
        waiting += [member["shape"] for member in place.get("members", {}).values()]
        waiting += [place[part]["shape"] for part in ("item", "key", "value") if part in place]
    return {name: place for name, place in shapes.items() if name in found}


def block(name, rows, last=False):
    lines = [f"    {json.dumps(k)}: {json.dumps(v, separators=(', ', ': '))}" for k, v in rows.items()]
    return f'  "{name}": {{\n' + ",\n".join(lines) + "\n  }" + ("" if last else ",") + "\n"


def main():
    for service in sys.argv[1:]:
        head, operations, errors, shapes = table(service)
        text = "{\n" + "".join(f"  {json.dumps(k)}: {json.dumps(v)},\n" for k, v in head.items())
        text += block("operations", operations) + block("errors", errors) + block("shapes", shapes, last=True) + "}\n"
        (HERE / f"{service}.json").write_text(text)


if __name__ == "__main__":
    main()
