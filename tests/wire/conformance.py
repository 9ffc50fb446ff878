"""Holds every answer of an endpoint against botocore's own models, more strictly than botocore's parser does.

botocore reads what it knows and forgives the rest, so an answer with a missing required member or a number where a
text belongs passes unnoticed. `watch(client)` hooks into a boto3 client and records each such fault in `faults`.
"""

import json
import xml.etree.ElementTree as ET

faults = []
answers = 0


def watch(client):
    """Checks every answer that this client receives from now on."""
    service = client.meta.service_model

    def before_parse(operation_model, response_dict, **_):
        global answers
        answers += 1
        where = f"{service.service_name}.{operation_model.name}"
        headers = {key.lower(): value for key, value in response_dict["headers"].items()}
        if not ({"x-amzn-requestid", "x-amz-request-id"} & set(headers)):
            faults.append(f"{where}: no request id")
        status, body = response_dict["status_code"], response_dict["body"] or b""
        if status >= 300:
            error(where, service, operation_model, status, headers, body)
        elif operation_model.output_shape is not None:
            success(where, service, operation_model.output_shape, body)

    client.meta.events.register("before-parse.*.*", before_parse)
    return client


def success(where, service, shape, body):
    if service.metadata["protocol"] == "query":
        root = ET.fromstring(body)
        wrapper = shape.serialization.get("resultWrapper")
        inner = next((child for child in root if local(child) == wrapper), None)
        if inner is None:
            faults.append(f"{where}: no <{wrapper}>")
        else:
            element(where, shape, inner)
        return
    value(where, shape, json.loads(body or b"{}"))


def error(where, service, operation, status, headers, body):
    if service.metadata["protocol"] == "query":
        code = next((node.text for node in ET.fromstring(body).iter() if local(node) == "Code"), None)
    else:
        parsed = json.loads(body or b"{}")
        code = (headers.get("x-amzn-errortype") or parsed.get("__type") or "").split(":")[0].split("#")[-1]
    if not code:
        faults.append(f"{where}: HTTP {status} without an error code")
        return
    for shape in operation.error_shapes:
        wanted = shape.metadata.get("error", {}).get("httpStatusCode")
        if code in (shape.name, shape.error_code) and wanted and wanted != status:
            faults.append(f"{where}: {code} with HTTP {status}, the model says {wanted}")


def value(where, shape, given):
    """One JSON value against its shape."""
    kind = shape.type_name
    if getattr(shape, "is_document_type", False):
        return
    expected = {
        "structure": dict, "map": dict, "list": list, "string": str, "boolean": bool,
        "integer": int, "long": int, "float": (int, float), "double": (int, float),
    }.get(kind)
    if expected and (not isinstance(given, expected) or (kind != "boolean" and isinstance(given, bool))):
        faults.append(f"{where}: {type(given).__name__} where the model has {kind}")
    elif kind == "structure":
        names = {member.serialization.get("name", name): (name, member) for name, member in shape.members.items()}
        for wire, (name, member) in names.items():
            if name in shape.required_members and wire not in given and not member.serialization.get("location"):
                faults.append(f"{where}.{name}: required and missing")
        for wire, inner in given.items():
            if wire in names:
                value(f"{where}.{wire}", names[wire][1], inner)
            else:
                faults.append(f"{where}.{wire}: not in the model")
    elif kind == "list":
        for inner in given:
            value(f"{where}[]", shape.member, inner)
    elif kind == "map":
        for inner in given.values():
            value(f"{where}{{}}", shape.value, inner)
    elif kind == "string" and shape.enum and given not in shape.enum:
        faults.append(f"{where}: {given!r} is not one of {shape.enum}")


def element(where, shape, node):
    """One XML element against its shape."""
    if shape.type_name == "structure":
        children = {local(child): child for child in node}
        for name, member in shape.members.items():
            child = children.get(member.serialization.get("name", name))
            if child is not None:
                element(f"{where}.{name}", member, child)
            elif name in shape.required_members:
                faults.append(f"{where}.{name}: required and missing")
    elif shape.type_name == "list":
        for child in node:
            element(f"{where}[]", shape.member, child)
    elif shape.type_name == "boolean" and node.text not in ("true", "false"):
        faults.append(f"{where}: {node.text!r} is no boolean")
    elif shape.type_name in ("integer", "long") and not (node.text or "").lstrip("-").isdigit():
        faults.append(f"{where}: {node.text!r} is no integer")


def local(node):
    return node.tag.rsplit("}", 1)[-1]
