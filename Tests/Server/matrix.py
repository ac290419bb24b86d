#!/usr/bin/env python3
"""matrix.py   who may make which call, about what (AB-B1, AB-B2): every route of the running server's description, for everybody, about
their own stack, another's, and none. What is expected is the table below, written from S-AZ-2; a route that it does not know fails.

Most calls carry a parameter that no call has: the answer to whoever may make the call is then 422 `invalid_query`, and nothing is
done; whoever may not gets to hear that first. Calls that only read are made for real as well."""

import json
import re

from server import COMPOSE, Engine, Server, hear, main, say, wait_until

# METHOD and path, and who may:
#   open         anybody            self      anybody who is logged in      host     who comes by the unix socket, which nobody here does
#   all ROLE     ROLE on everything list ROLE ROLE on anything; what is listed is chosen one by one
#   stack ROLE   ROLE on the stack; for whom it is not there, 404
#   server ROLE  ROLE on the server within ROLE   ROLE on the server, or on a stack of it
#   object ROLE  ROLE on the stack that the container, network or volume belongs to
#   operation ROLE   as within the stack that the operation is about; decided by the call itself
# +exec and +restore: only with that grant of one's own; +restore is in the role admin (S-AZ-2).
TABLE = """
GET /healthz: open
GET /readyz: open
GET /api/v1/openapi.json: self
GET /api/docs: self
GET /metrics: all viewer
POST /api/v1/setup: open
POST /api/v1/login: open
POST /api/v1/hooks/{id}: open
POST /api/v1/logout: self
GET /api/v1/session: self
POST /api/v1/session/step-up: self
GET /api/v1/sessions: self
DELETE /api/v1/sessions/{id}: self
POST /api/v1/account/password: self
POST /api/v1/account/second-factor: self
DELETE /api/v1/account/second-factor: self
POST /api/v1/account/second-factor/confirm: self
GET /api/v1/tokens: self
POST /api/v1/tokens: self
DELETE /api/v1/tokens/{token}: self
POST /api/v1/admin/reset: host
POST /api/v1/admin/secrets/rotate: host
GET /api/v1/users: all admin
POST /api/v1/users: all admin
GET /api/v1/users/{id}: all admin
PATCH /api/v1/users/{id}: all admin
DELETE /api/v1/users/{id}: all admin
GET /api/v1/users/{id}/sessions: all admin
DELETE /api/v1/users/{id}/sessions/{session}: all admin
GET /api/v1/users/{id}/tokens: all admin
DELETE /api/v1/users/{id}/tokens/{token}: all admin
GET /api/v1/audit: all admin
GET /api/v1/audit/verify: all admin
GET /api/v1/settings: all admin
PATCH /api/v1/settings: all admin
GET /api/v1/system: list viewer
GET /api/v1/templates: list viewer
GET /api/v1/templates/{template}: list viewer
POST /api/v1/templates/{template}/render: list viewer
GET /api/v1/logs: list viewer
GET /api/v1/logs/download: list viewer
GET /api/v1/operations: list viewer
GET /api/v1/operations/{operation}: operation viewer
GET /api/v1/operations/{operation}/events: operation viewer
POST /api/v1/operations/{operation}/cancel: operation operator
GET /api/v1/stacks: list viewer
POST /api/v1/stacks: list operator
POST /api/v1/validate: list operator
GET /api/v1/stacks/{stack}: stack viewer
DELETE /api/v1/stacks/{stack}: stack operator +restore
GET /api/v1/stacks/{stack}/services: stack viewer
GET /api/v1/stacks/{stack}/files: stack viewer
PATCH /api/v1/stacks/{stack}/files: stack operator
GET /api/v1/stacks/{stack}/file: stack viewer
PUT /api/v1/stacks/{stack}/file: stack operator
DELETE /api/v1/stacks/{stack}/file: stack operator
GET /api/v1/stacks/{stack}/draft: stack operator
PUT /api/v1/stacks/{stack}/draft: stack operator
DELETE /api/v1/stacks/{stack}/draft: stack operator
GET /api/v1/stacks/{stack}/secrets: stack viewer
PUT /api/v1/stacks/{stack}/secrets/{name}: stack operator
DELETE /api/v1/stacks/{stack}/secrets/{name}: stack operator
POST /api/v1/stacks/{stack}/secrets/{name}/reveal: stack admin
GET /api/v1/stacks/{stack}/policy: stack viewer
POST /api/v1/stacks/{stack}/policy/exceptions: stack admin
DELETE /api/v1/stacks/{stack}/policy/exceptions/{id}: stack admin
POST /api/v1/stacks/{stack}/validate: stack viewer
POST /api/v1/stacks/{stack}/plan: stack viewer
POST /api/v1/stacks/{stack}/deploy: stack operator
POST /api/v1/stacks/{stack}/rollback: stack operator
POST /api/v1/stacks/{stack}/down: stack operator
POST /api/v1/stacks/{stack}/adopt: stack operator
GET /api/v1/stacks/{stack}/drift: stack viewer
POST /api/v1/stacks/{stack}/start: stack operator
POST /api/v1/stacks/{stack}/stop: stack operator
POST /api/v1/stacks/{stack}/restart: stack operator
POST /api/v1/stacks/{stack}/kill: stack operator
POST /api/v1/stacks/{stack}/pause: stack operator
POST /api/v1/stacks/{stack}/unpause: stack operator
POST /api/v1/stacks/{stack}/rm: stack operator
GET /api/v1/stacks/{stack}/revisions: stack viewer
GET /api/v1/stacks/{stack}/revisions/{number}: stack viewer
GET /api/v1/stacks/{stack}/revisions/{number}/file: stack viewer
GET /api/v1/stacks/{stack}/diff: stack viewer
POST /api/v1/stacks/{stack}/exec: stack operator +exec
POST /api/v1/stacks/{stack}/attach: stack operator +exec
POST /api/v1/stacks/{stack}/run: stack operator +exec
POST /api/v1/stacks/{stack}/pull: stack operator
POST /api/v1/stacks/{stack}/push: stack operator +exec
POST /api/v1/stacks/{stack}/build: stack operator +exec
PUT /api/v1/stacks/{stack}/contexts/{operation}/{service}: stack operator +exec
POST /api/v1/stacks/{stack}/contexts/{operation}/{service}/refusal: stack operator +exec
GET /api/v1/stacks/{stack}/images: stack viewer
POST /api/v1/stacks/{stack}/unlock: stack operator
POST /api/v1/stacks/{stack}/rollback/plan: stack viewer
POST /api/v1/stacks/{stack}/down/plan: stack viewer
POST /api/v1/stacks/{stack}/move: stack admin
POST /api/v1/stacks/{stack}/move/plan: stack admin
GET /api/v1/servers/{server}/projects: within viewer
POST /api/v1/servers/{server}/diagnosis: server admin
GET /api/v1/servers/{server}/containers/{container}/path: object operator +exec
GET /api/v1/servers/{server}/containers/{container}/archive: object operator +exec
PUT /api/v1/servers/{server}/containers/{container}/archive: object operator +exec
GET /api/v1/servers/{server}/containers/{container}/export: object operator +exec
POST /api/v1/servers/{server}/containers/{container}/commit: object operator +exec
GET /api/v1/stacks/{stack}/webhooks: stack operator
POST /api/v1/stacks/{stack}/webhooks: stack operator
DELETE /api/v1/stacks/{stack}/webhooks/{id}: stack operator
POST /api/v1/stacks/git: list operator
GET /api/v1/stacks/{stack}/source: stack viewer
PUT /api/v1/stacks/{stack}/source: stack operator
DELETE /api/v1/stacks/{stack}/source: stack operator
POST /api/v1/stacks/{stack}/source/sync: stack operator
GET /api/v1/containers: list viewer
POST /api/v1/projects/deploy: all operator
POST /api/v1/projects/plan: all operator
POST /api/v1/projects/down: all operator
POST /api/v1/projects/control: all operator
POST /api/v1/projects/servers: all admin
POST /api/v1/projects/adopt: all operator
POST /api/v1/projects/run: all operator
POST /api/v1/projects/unlock: all operator
GET /api/v1/servers: list viewer
POST /api/v1/servers: all admin
GET /api/v1/servers/{server}: within viewer
DELETE /api/v1/servers/{server}: server admin
GET /api/v1/servers/{server}/info: server viewer
POST /api/v1/servers/{server}/test: server admin
POST /api/v1/servers/{server}/rename: server admin
POST /api/v1/servers/{server}/rotate-key: server admin
GET /api/v1/servers/{server}/containers: within viewer
GET /api/v1/servers/{server}/containers/{container}: object viewer
DELETE /api/v1/servers/{server}/containers/{container}: object operator
GET /api/v1/servers/{server}/containers/{container}/top: object viewer
GET /api/v1/servers/{server}/containers/{container}/stats: object viewer
POST /api/v1/servers/{server}/containers/{container}/start: object operator
POST /api/v1/servers/{server}/containers/{container}/stop: object operator
POST /api/v1/servers/{server}/containers/{container}/restart: object operator
POST /api/v1/servers/{server}/containers/{container}/kill: object operator
POST /api/v1/servers/{server}/containers/{container}/pause: object operator
POST /api/v1/servers/{server}/containers/{container}/unpause: object operator
PATCH /api/v1/servers/{server}/containers/{container}/resources: object operator
GET /api/v1/servers/{server}/images: server viewer
POST /api/v1/servers/{server}/images/pull: server operator
POST /api/v1/servers/{server}/images/prune: server operator
DELETE /api/v1/servers/{server}/images/{image}: server operator
GET /api/v1/servers/{server}/networks: within viewer
POST /api/v1/servers/{server}/networks: server operator
GET /api/v1/servers/{server}/networks/{network}: object viewer
DELETE /api/v1/servers/{server}/networks/{network}: object operator
POST /api/v1/servers/{server}/networks/{network}/connect: object operator
POST /api/v1/servers/{server}/networks/{network}/disconnect: object operator
POST /api/v1/servers/{server}/networks/{network}/connectivity: object operator
GET /api/v1/servers/{server}/volumes: within viewer
POST /api/v1/servers/{server}/volumes: server operator
GET /api/v1/servers/{server}/volumes/usage: within viewer
GET /api/v1/servers/{server}/volumes/{volume}: object viewer
DELETE /api/v1/servers/{server}/volumes/{volume}: object operator +restore
"""
# These look at the session, or at the token itself, only when they are made for real.
OWN_SESSION = {"POST /api/v1/logout", "POST /api/v1/session/step-up", "DELETE /api/v1/tokens/{token}"}
ROLES = ["viewer", "operator", "admin"]
PLACES = ["own", "foreign", "missing"]
# Route groups that a token must be made for (S-AUTH-10), by the first part of the path behind its tag.
SCOPES = ["read", "logs", "metrics", "edit", "deploy", "control", "restore", "exec", "images", "networks", "volumes", "servers", "secrets",
          "webhooks", "policy", "audit", "settings", "system"]
PROBE = "no-call-has-this-parameter"
STACK = """
services:
  web:
    image: slipway/base:1
    command: [sleep, infinity]
    stop_grace_period: 0s
    volumes: [data:/data]
volumes: {data: {}}
"""


def rules():
    found = {}
    for line in TABLE.strip().splitlines():
        route, rule = line.split(": ")
        found[route] = rule.split()
    return found


class Who:
    """A caller, with one grant; `stack`: only on the stack `own`."""

    def __init__(self, name, client, role=None, stack=False):
        self.name, self.client, self.role, self.is_limited = name, client, role, stack

    def has(self, role):
        return ROLES.index(self.role) >= ROLES.index(role)


def verdict(who, rule, place):
    """401, 403, 404, or 0: the call is made."""
    kind, role, own = (rule + [None, None])[:3]
    if kind == "open":
        return 0
    if who.role is None:
        return 401
    if kind == "self":
        return 0
    if kind == "host":
        return 403
    if kind in ("all", "server"):
        if who.is_limited and kind == "server" and place == "missing":
            return 404
        return 403 if who.is_limited or not who.has(role) else 0
    if kind == "list" or kind == "within" and place != "missing":
        return 0 if who.has(role) else 403
    if kind == "within":
        return 404 if who.is_limited else 0 if who.has(role) else 403
    # What is not there, or may not be seen, is 404 before anything else.
    if who.is_limited and place != "own" or kind in ("object", "operation") and place == "missing":
        return 404
    if not who.has(role):
        return 403
    if own == "+exec" or own == "+restore" and who.role != "admin":
        return 403
    return 0


class Places:
    """What the parameters of a path stand for, for each place."""

    def __init__(self, admin):
        self.operations = {"missing": "0000000000000000"}
        for name in ("own", "foreign"):
            answer = admin.post(f"/api/v1/stacks/{name}/restart", json={})
            assert answer.status_code == 202, answer.text
            self.operations[name] = answer.json()["id"]
            wait_until("the restart has ended", lambda: admin.get(f"/api/v1/operations/{self.operations[name]}").json()["state"] in (
                "done", "failed", "rolled_back", "cancelled"), 60)

    def path(self, path, place):
        values = {"stack": place, "server": "local", "container": f"{place}-web-1", "network": f"{place}_default", "volume": f"{place}_data", "service": "web",
                  "operation": self.operations[place], "number": "1", "name": "VARIABLE", "id": "99999", "image": "none:1", "template": "none", "token": "99999", "session": "99999"}
        # A server is foreign to nobody here: there is one.
        if place == "missing" and not {"container", "network", "volume"} & set(re.findall(r"\{(\w+)\}", path)):
            values["server"] = "no-such"
        return re.sub(r"\{(\w+)\}", lambda match: values[match.group(1)], path)


def call(who, method, path, real=False):
    body = None if method == "GET" else {}
    return who.client.request(method, path if real else f"{path}?{PROBE}=1", json=body)


def bare(answer):
    """All of an answer that two refusals must share: the id of the request is another, and a name is said as it was asked for."""
    headers = {name.lower(): value for name, value in answer.headers.items() if name.lower() not in ("x-request-id", "date")}
    body = {name: str(value).replace("foreign", "missing") for name, value in answer.json().items() if name != "request_id"}
    return answer.status_code, headers, body


def acceptable(who, rule, place):
    """The verdict; who has not the role anywhere may hear that before it is looked for what the call is about."""
    wanted = verdict(who, rule, place)
    return {wanted, 403} if rule[0] == "operation" and wanted and who.role and not who.has(rule[1]) else {wanted}


def cells(checks, route, rule, callers, places):
    method, path = route.split()
    count = 0
    for who in callers:
        answers = {}
        for place in PLACES:
            if place != "own" and "{" not in path:
                continue
            answer = answers[place] = call(who, method, places.path(path, place))
            wanted, found = verdict(who, rule, place), answer.status_code
            where = f"{who.name}, {place}: {found} {answer.text[:160]}"
            count += 1
            assert found < 500, where
            if wanted == 0:
                if rule[0] == "operation" or rule[0] == "open":
                    # The call itself decides, or needs no rights: there is nothing to refuse.
                    assert found in (200, 401, 403, 404, 405, 409, 422), where
                else:
                    assert found == 422 and answer.json()["code"] == "invalid_query", f"{where}, but it may"
            elif rule[0] == "operation" and who.role:
                # Only once the operation is looked for is it known whose it is; see `operations`.
                assert found in acceptable(who, rule, place) | {403, 422}, f"{where}, not {wanted}"
            else:
                assert found == wanted, f"{where}, not {wanted}"
        if who.is_limited and {"foreign", "missing"} <= answers.keys() and answers["foreign"].status_code == 404 == answers["missing"].status_code:
            assert bare(answers["foreign"]) == bare(answers["missing"]), f"{who.name}: foreign and missing differ: {answers['foreign'].text} {answers['missing'].text}"
    return count


def real_reads(route, rule, callers, places):
    """The same with calls that do something, where that is only reading."""
    method, path = route.split()
    for who in callers:
        answers = {}
        for place in PLACES:
            answer = answers[place] = call(who, method, places.path(path, place), real=True)
            wanted, found = verdict(who, rule, place), answer.status_code
            where = f"{who.name}, {place}: {found} {answer.text[:160]}"
            assert found < 500, where
            assert found == wanted if wanted else found not in (401, 403), f"{where}, not {wanted or 'an answer'}"
        if who.is_limited and answers["foreign"].status_code == 404 == answers["missing"].status_code:
            assert bare(answers["foreign"]) == bare(answers["missing"]), f"{who.name}: foreign and missing differ: {answers['foreign'].text} {answers['missing'].text}"


def refused_changes(route, rule, callers, places):
    """Changes for real, by who may not make them: the body is never looked at."""
    method, path = route.split()
    for who in callers:
        answers = {}
        for place in PLACES:
            wanted = verdict(who, rule, place)
            if wanted == 0:
                continue
            answer = answers[place] = call(who, method, places.path(path, place), real=True)
            if rule[0] == "operation" and who.is_limited:
                continue                                   # see `operations`
            assert answer.status_code in acceptable(who, rule, place), f"{who.name}, {place}: {answer.status_code} {answer.text[:160]}, not {wanted}"
        if who.is_limited and {"foreign", "missing"} <= answers.keys() and answers["foreign"].status_code == 404:
            assert bare(answers["foreign"]) == bare(answers["missing"]), f"{who.name}: foreign and missing differ: {answers['foreign'].text} {answers['missing'].text}"


def listings(checks, callers, document):
    """Lists hold what may be seen and nothing else."""
    for path, name in [("/api/v1/stacks", "name"), ("/api/v1/operations", "stack"), ("/api/v1/servers/local/containers", "stack"),
                       ("/api/v1/servers/local/networks", "stack"), ("/api/v1/servers/local/volumes", "stack")]:
        if path.replace("/local", "/{server}") not in document["paths"]:
            checks.skip(f"GET {path}", "this server has none")
            continue
        with checks(f"AB-B1: GET {path} lists only what may be seen"):
            for who in callers:
                if who.role is None:
                    continue
                items = {item.get(name) for item in who.client.get(path).json()["items"]}
                assert "own" in items, f"{who.name}: {items}"
                assert (items == {"own"}) if who.is_limited else ("foreign" in items), f"{who.name}: {items}"
    with checks("AB-B1: nothing of another's stack is in any answer"):
        for who in callers:
            for path in document["paths"]:
                if who.is_limited and "get" in document["paths"][path] and "{" not in path and path not in ("/api/v1/openapi.json", "/api/docs"):
                    text = who.client.get(path).text
                    assert "foreign" not in text, f"{who.name}: GET {path}: {text[:200]}"


def crossed(checks, callers):
    """AB-B2: ids that do not belong together."""
    limited = [who for who in callers if who.is_limited]
    with checks("AB-B2: a stack on a server where it is not is 404, as one that is nowhere"):
        for who in limited:
            answers = [who.client.get(f"/api/v1/stacks/{name}") for name in ("foreign@local", "missing@local", "own@elsewhere", "missing@elsewhere")]
            assert all(bare(answer) == bare(answers[0]) and answer.status_code == 404 for answer in answers), [answer.text for answer in answers]
    with checks("AB-B2: logs of a stack of another, or of its container, are 404 as those of none"):
        for who in limited:
            for mine, theirs, nobody in [("stack=own", "stack=foreign", "stack=missing"), ("container=own-web-1", "container=foreign-web-1", "container=missing-web-1"),
                                         ("stack=own&container=own-web-1", "stack=own&container=foreign-web-1", "stack=own&container=missing-web-1")]:
                for path in ("/api/v1/logs?", "/api/v1/logs/download?"):
                    assert who.client.get(path + mine).status_code == 200
                    found, wanted = who.client.get(path + theirs), who.client.get(path + nobody)
                    assert found.status_code == wanted.status_code == 404, f"{who.name} {path}{theirs}: {found.status_code} {wanted.status_code}"
                    assert found.json()["detail"].replace("foreign", "missing") == wanted.json()["detail"], (found.text, wanted.text)
    with checks("AB-B2: a session of another is 404, as none"):
        admin = next(who for who in callers if who.name == "admin")
        other = admin.client.get("/api/v1/sessions").json()["items"][0]["id"]
        for who in limited:
            found, wanted = who.client.delete(f"/api/v1/sessions/{other}"), who.client.delete(f"/api/v1/sessions/{'0' * len(other)}")
            assert found.status_code == 404 and bare(found) == bare(wanted), (found.text, wanted.text)


def operations(checks, callers, places):
    """They have ended, which is told to whoever may end them."""
    limited = {who.role: who for who in callers if who.is_limited}
    for role, place, wanted in [("operator", "own", 409), ("operator", "foreign", 404), ("operator", "missing", 404), ("viewer", "own", 403)]:
        answer = limited[role].client.post(f"/api/v1/operations/{places.operations[place]}/cancel", json={})
        checks.that(f"AB-B1: the {role} of one stack cancels an operation of {place}: {wanted}", answer.status_code == wanted,
                    f"{answer.status_code} {answer.text}")
    with checks("AB-B1: refusals are the same byte by byte, but for the request's id"):
        found = {re.sub(rb'"request_id":"[0-9a-f]*"', b"", limited["viewer"].client.get(f"/api/v1/stacks/{place}").content)
                 for place in ("foreign", "missing") * 5}
        assert len(found) == 1, found


def socket_cells(checks, callers, places):
    """The same for messages of the socket."""
    messages = {"logs": lambda place: {"targets": [{"stack": place}], "follow": False}, "stats": lambda place: {"targets": [{"stack": place}]},
                "operation": lambda place: {"operation": places.operations[place]}, "events": lambda place: {"stack": place}}
    for kind, fields in messages.items():
        with checks(f"AB-B1: socket messages of kind {kind}"):
            for who in callers:
                if who.role is None:
                    continue
                with who.client.socket() as connection:
                    errors = {}
                    for number, place in enumerate(PLACES):
                        say(connection, id=number, kind=kind, **fields(place))
                        message = hear(connection, id=number)
                        errors[place] = message.get("error")
                        # Whoever may see events nowhere gets none; asking is no secret.
                        hidden = kind != "events" and (place == "missing" or place == "foreign" and who.is_limited)
                        assert bool(errors[place]) == hidden, f"{who.name}, {place}: {message}"
                        assert not hidden or errors[place]["status"] == 404, f"{who.name}, {place}: {message}"
                    if who.is_limited and kind != "events":
                        text = json.dumps(errors["foreign"]).replace("foreign", "missing")
                        assert text == json.dumps(errors["missing"]), errors
    with checks("AB-B1: what another's stack uses is not told"):
        for who in callers:
            if who.role is None:
                continue
            with who.client.socket() as connection:
                say(connection, id=1, kind="usage")
                seen = {each["stack"] for each in hear(connection, id=1, history=...)["history"]}
                assert "foreign" not in seen or not who.is_limited, f"{who.name}: {seen}"
    with checks("AB-B1: events of another's stack are not told"):
        admin = next(who for who in callers if who.name == "admin")
        for who in callers:
            if who.is_limited:
                with who.client.socket() as connection:
                    say(connection, id=1, kind="events")
                    hear(connection, id=1, cursor=...)
                    for name in ("foreign", "own"):
                        answer = admin.client.put(f"/api/v1/stacks/{name}/file?path=note.txt", json={"text": who.name})
                        assert answer.status_code == 200, answer.text
                    for event in hear(connection, id=1, events=...)["events"]:
                        assert event.get("stack") == "own", event


def tokens(checks, document, admin, table, places):
    if "/api/v1/tokens" not in document["paths"]:
        return checks.skip("AB-B1 with tokens of each scope", "this server has no /api/v1/tokens")
    for scope in SCOPES:
        with checks(f"AB-B1: a token of an admin for {scope}"):
            answer = admin.post("/api/v1/tokens", json={"name": f"for-{scope}", "scopes": [scope]})
            assert answer.status_code == 201, answer.text
            text = next(value for value in answer.json().values() if str(value).startswith("slw_"))
            who = Who(f"token for {scope}", admin.server.client(token=text, origin=False), "admin")
            for route, rule in table.items():
                method, path = route.split()
                answer = call(who, method, places.path(path, "own"))
                assert answer.status_code < 500, f"{route}: {answer.text}"
                if rule[0] in ("open", "operation"):
                    continue
                assert answer.status_code in (403, 422), f"{route}: {answer.status_code}"
                if route in OWN_SESSION:
                    answer = call(who, method, places.path(path, "own"), real=True)
                if scope in ("read", "logs", "metrics", "audit") and method != "GET" and not path.endswith(("/validate", "/plan", "/render")):
                    assert answer.status_code == 403, f"{route}: a token for {scope} changes something"


def body(checks):
    with Engine() as engine, Server(engine=engine.address) as server:
        admin = server.set_up()
        for name in ("own", "foreign"):
            admin.create_stack(name, STACK)
            admin.deploy(name)
        try:
            run(checks, server, admin)
        finally:
            for name in ("own", "foreign"):
                admin.post(f"/api/v1/stacks/{name}/down", json={"volumes": True})


def run(checks, server, admin):
    document, table = server.document(), rules()
    served = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    checks.that("AB-B1: the table knows every route", served <= table.keys(), f"declare in matrix.py: {sorted(served - table.keys())}")
    table = {route: rule for route, rule in table.items() if route in served}
    callers = [Who("anonymous", server.client())]
    for number, (name, grant) in enumerate({
        "viewer": ("viewer",), "operator": ("operator",), "admin": ("admin",), "viewer of own": ("viewer", "local", "own"),
        "operator of own": ("operator", "local", "own"), "admin of own": ("admin", "local", "own"),
    }.items()):
        user = name.replace(" ", "-")
        if name != "admin":
            admin.create_user(user, [grant])
        client = admin if name == "admin" else server.log_in(user)
        callers.append(Who(name, client, grant[0], stack=len(grant) > 1))
    places = Places(admin)
    wait_until("the containers are known", lambda: {"own", "foreign"} <= {stack["name"] for stack in admin.get("/api/v1/stacks?status=running").json()["items"]}, 20)
    count = 0
    for route, rule in sorted(table.items(), key=lambda item: item[0].split()[::-1]):
        with checks(f"AB-B1: {route}: {' '.join(rule)}"):
            count += cells(checks, route, rule, callers, places)
            if rule[0] not in ("open", "self"):
                if route.startswith("GET") and "{" in route:
                    real_reads(route, rule, callers, places)
                elif not route.startswith("GET"):
                    refused_changes(route, rule, callers, places)
    print(f"# {count} cells of {len(table)} routes", flush=True)
    listings(checks, callers, document)
    crossed(checks, callers)
    socket_cells(checks, callers, places)
    tokens(checks, document, admin, table, places)
    operations(checks, callers, places)
    checks.that("the server noted no fault of its own", " error " not in server.log_text(),
                [line for line in server.log_text().splitlines() if " error " in line][:3])


main(body, 600)
