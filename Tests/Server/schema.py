#!/usr/bin/env python3
"""schema.py [--examples N] [--seed N]   the description of the API against the server: schemathesis makes calls of it, valid ones and
wrong ones, and every answer must be as described: its status, its type, its body; never a fault of the server."""

import argparse
import collections
import json
import os
import re
import sys
import time

import hypothesis
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from server import PASSWORD, Engine, Server, main, one_line

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# By themselves: they end the session that makes the calls, lock its user, or wait.
LEFT_OUT = {"POST /api/v1/logout", "DELETE /api/v1/sessions/{id}", "POST /api/v1/account/password",
            "POST /api/v1/account/second-factor/confirm", "DELETE /api/v1/account/second-factor", "POST /api/v1/session/step-up"}
SECONDS = 200                # all calls; what is left is told
CALL_SECONDS = 20
STACK = """
services:
  web:
    image: slipway/base:1
    command: [sleep, infinity]
    stop_grace_period: 0s
    environment: {WORD: "${WORD:-none}"}
volumes: {data: {}}
"""
KNOWN = {"stack": ["known", "draft"], "server": ["local"], "container": ["known-web-1"], "network": ["known_default"], "volume": ["known_data"],
         "number": ["1"], "name": ["WORD"], "image": ["slipway/base:1"]}


class Findings:
    """What was wrong, once for each call and kind, with the first request and answer that showed it."""

    def __init__(self):
        self.calls = collections.Counter()
        self.statuses = collections.defaultdict(collections.Counter)
        self.failures = {}

    def add(self, route, kind, request, response, text):
        key = (route, kind, response.status_code if response is not None else 0)
        if key not in self.failures:
            body = request.body if isinstance(request.body, bytes) else (request.body or "").encode()
            shown = f"{request.method} {request.path_url[:200]} {one_line(body.decode('utf-8', 'replace'), 200)}"
            answer = f"{response.status_code} {one_line(response.text, 200)}" if response is not None else "no answer"
            self.failures[key] = f"{shown} -> {answer}: {one_line(text, 200)}"


def headers_of(client):
    return {"Cookie": client.cookie, "Origin": client.server.url}


def try_route(operation, client, findings, examples, deadline):
    route = f"{operation.method.upper()} {operation.path}"
    session = client.server.client()
    session.headers.update(headers_of(client))
    ids = known_ids(client)

    @hypothesis.settings(max_examples=examples, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
                         suppress_health_check=list(HealthCheck))
    @hypothesis.given(case=operation.as_strategy(), choice=hypothesis.strategies.integers(0, 5))
    def run(case, choice):
        if time.monotonic() > deadline:
            return
        # Half of the calls are about what is there: else nearly all would be 404.
        for name, values in ids.items():
            if choice < 3 and name in (case.path_parameters or {}):
                case.path_parameters[name] = values[choice % len(values)]
        findings.calls[route] += 1
        request = case.as_transport_kwargs(base_url=client.server.url)
        try:
            response = session.request(request.pop("method"), request.pop("url"), timeout=CALL_SECONDS, **request)
        except Exception as error:
            findings.failures.setdefault((route, "no answer", 0), f"{case.method} {case.formatted_path}: {type(error).__name__}: {error}")
            return
        findings.statuses[route][response.status_code] += 1
        answer = schemathesis.Response.from_requests(response, verify=False)
        for check in CHECKS:
            try:
                case.validate_response(answer, checks=[check])
            except BaseExceptionGroup as group:
                for error in group.exceptions:
                    findings.add(route, check.__name__, response.request, response, getattr(error, "message", "") or error)
            except AssertionError as error:
                findings.add(route, check.__name__, response.request, response, error)
    run()


def known_ids(client):
    ids = dict(KNOWN)
    operations = client.get("/api/v1/operations?limit=3").json()["items"]
    ids["operation"] = [item["id"] for item in operations] or ["0"]
    ids["id"] = ["1", "2"]
    return ids


def again(client, server):
    """Puts back what calls may have taken away: the session, its proof, the stack."""
    if client.get("/api/v1/session").status_code != 200:
        client.cookies.clear()
        answer = client.post("/api/v1/login", json={"username": "captain", "password": PASSWORD})
        assert answer.status_code == 200, f"the session cannot be had back: {answer.text}"
    if client.get("/api/v1/stacks/known").status_code == 404:
        client.create_stack("known", STACK)


def body(checks):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--examples", type=int, default=int(os.environ.get("SLIPWAY_TEST_EXAMPLES", "12")))
    parser.add_argument("--only", default="", help="a part of METHOD PATH")
    options = parser.parse_args()
    with Engine() as engine, Server(engine=engine.address) as server:
        client = server.set_up()
        for name in ("known", "draft"):
            client.create_stack(name, STACK)
        client.deploy("known")
        try:
            run(checks, server, client, options)
        finally:
            for name in ("known", "draft"):
                client.post(f"/api/v1/stacks/{name}/down", json={})


def run(checks, server, client, options):
    document = server.document()
    checks.that("every operation has an id of its own", len({call["operationId"] for methods in document["paths"].values() for call in methods.values()})
                == sum(len(methods) for methods in document["paths"].values()))
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=server.url)
    findings, skipped = Findings(), []
    deadline = time.monotonic() + SECONDS
    for result in schema.get_all_operations():
        operation = result.ok()
        route = f"{operation.method.upper()} {operation.path}"
        if options.only not in route:
            continue
        if route in LEFT_OUT:
            checks.skip(route, "it ends the session that makes the calls")
            continue
        if time.monotonic() > deadline:
            skipped.append(route)
            continue
        again(client, server)
        before = len(findings.failures)
        begin = time.monotonic()
        try:
            try_route(operation, client, findings, options.examples, deadline)
        except Exception as error:
            findings.failures[(route, type(error).__name__, 0)] = one_line(error)
        found = {key: text for key, text in findings.failures.items() if key[0] == route}
        statuses = " ".join(f"{status}×{count}" for status, count in sorted(findings.statuses[route].items()))
        for (_, kind, _), text in found.items():
            checks.fail(f"{route}: {kind}", text)
        if not found:
            checks.that(f"{route}: {statuses}", findings.calls[route] > 0, "no call was made")
        if time.monotonic() - begin > 10:
            print(f"# {route} took {time.monotonic() - begin:.0f} s", flush=True)
    print(f"# {sum(findings.calls.values())} calls of {len(findings.calls)} routes", flush=True)
    checks.that("all routes had their turn", not skipped, f"no time for {len(skipped)}: {skipped}")
    checks.that("the server has lived through all of it", server.process.poll() is None, server.log_text()[-500:])
    faults = [line for line in server.log_text().splitlines() if " error " in line]
    checks.that("and noted no fault of its own", not faults, faults[:5])


main(body, 600)
