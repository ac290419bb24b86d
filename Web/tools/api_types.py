#!/usr/bin/env python3
"""api_types.py DOCUMENT   writes the TypeScript types of the API, made from its OpenAPI document, to standard output.

Each schema becomes a type of its name, each call a member of `Calls` under `METHOD /path` without the prefix that all share."""

import json
import sys

PREFIX = "/api/v1"
HEAD = "// Made by `scripts/web types` from the server's OpenAPI document; do not edit.\n"
WORDS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def name_of(reference):
    return reference.rsplit("/", 1)[1]


def member_name(name):
    return name if name.isidentifier() else json.dumps(name)


def type_of(schema, depth=0):
    """The type of one schema, in a line for small ones."""
    if schema is None or schema is True or schema == {}:
        return "unknown"
    if "$ref" in schema:
        return name_of(schema["$ref"])
    if "const" in schema:
        return json.dumps(schema["const"])
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return " | ".join(dict.fromkeys(type_of(part, depth) for part in schema[word]))
    kind = schema.get("type")
    if isinstance(kind, list):
        return " | ".join(type_of({**schema, "type": one}, depth) for one in kind)
    if kind == "array":
        inner = type_of(schema.get("items"), depth)
        return f"({inner})[]" if " | " in inner and not inner.startswith("{") else f"{inner}[]"
    if kind == "object":
        return object_type(schema, depth)
    return WORDS.get(kind, "unknown")


def object_type(schema, depth):
    members = schema.get("properties") or {}
    rest = schema.get("additionalProperties", True)
    if not members:
        return f"Record<string, {type_of(rest if isinstance(rest, dict) else None, depth)}>" if rest else "Record<string, never>"
    required = set(schema.get("required", []))
    pad = "  " * (depth + 1)
    lines = []
    for name, part in members.items():
        if isinstance(part, dict) and part.get("description"):
            lines.append(f"{pad}/** {one_line(part['description'])} */")
        lines.append(f"{pad}{member_name(name)}{'' if name in required else '?'}: {type_of(part, depth + 1)};")
    return "{\n" + "\n".join(lines) + "\n" + "  " * depth + "}"


def one_line(text):
    return " ".join(text.split()).replace("*/", "* /")


def parameters(call, place):
    found = [part for part in call.get("parameters", []) if part["in"] == place]
    return {
        "type": "object", "additionalProperties": False,
        "properties": {part["name"]: {**part.get("schema", {}), "description": part.get("description", "")} for part in found},
        "required": [part["name"] for part in found if part.get("required")],
    } if found else None


def answers(call):
    types = []
    for status, answer in call["responses"].items():
        if not status.startswith("2"):
            continue
        content = answer.get("content") or {}
        schemas = [part.get("schema") for part in content.values()]
        types += [type_of(schema, 2) for schema in schemas] if schemas else ["null"]
    return " | ".join(dict.fromkeys(types)) or "null"


def call_type(call):
    lines = []
    for member, place in (("path", "path"), ("query", "query")):
        schema = parameters(call, place)
        if schema:
            optional = "" if schema["required"] else "?"
            lines.append(f"    {member}{optional}: {type_of(schema, 2)};")
    body = call.get("requestBody")
    if body:
        kinds = body["content"]
        json_body = kinds.get("application/json")
        lines.append(f"    body{'' if body.get('required') else '?'}: {type_of(json_body['schema'], 2) if json_body else 'Blob'};")
    lines.append(f"    answer: {answers(call)};")
    return "{\n" + "\n".join(lines) + "\n  }"


def main():
    document = json.load(open(sys.argv[1], encoding="utf-8"))
    out = [HEAD]
    for name, schema in sorted(document["components"]["schemas"].items()):
        if schema.get("description"):
            out.append(f"/** {one_line(schema['description'])} */")
        out.append(f"export type {name} = {type_of(schema)};\n")
    out.append("export interface Calls {")
    for path, methods in document["paths"].items():
        if not path.startswith(PREFIX + "/"):
            continue
        for method, call in methods.items():
            out.append(f"  /** {one_line(call.get('summary', path))} */")
            out.append(f"  {json.dumps(method.upper() + ' ' + path.removeprefix(PREFIX))}: {call_type(call)};")
    out.append("}\n")
    sys.stdout.write("\n".join(out))


main()
