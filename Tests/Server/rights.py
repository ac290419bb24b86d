#!/usr/bin/env python3
"""rights.py   secrets and other servers' stacks (S-AZ-2, S-SEC-3, S-SEC-4, AB-B2): canaries in a sealed variable, .env, a command, a label and
a secret's file of a deployed stack are looked for in every answer that a viewer, an operator, and users of other stacks and servers
get: all GET calls of the server's description, checks, plans, operations, and the socket."""

import json
import re

from server import Engine, Server, hear, main, say, wait_until

SEALED, ENV, COMMAND, LABEL, FILE, OLD = (f"canary-{word}-7f3a" for word in ("sealed", "env", "command", "label", "file", "old"))
STACK = f"""
services:
  web:
    image: slipway/base:1
    command: ["sh", "-c", "sleep 3600 # --password={COMMAND} --token=$${{NOTHING}} ${{API_TOKEN}} ${{DB_PASSWORD}}"]
    environment:
      API_TOKEN: ${{API_TOKEN}}
      DB_PASSWORD: ${{DB_PASSWORD}}
    labels:
      com.example.api-token: {LABEL}
    secrets: [db]
    stop_grace_period: 0s
secrets:
  db: {{file: ./db.txt}}
"""
FILES = {".env": f"DB_PASSWORD={ENV}\nPLAIN=harmless\n", "db.txt": FILE + "\n"}
# What nobody but an admin who reveals it may see, and what only who may edit the stack.
SECRETS = [SEALED, ENV, COMMAND, LABEL, FILE, OLD]


def found(text, secrets):
    """Also those that were cut off."""
    return [secret for secret in secrets if secret[:-5] in text]


def places(admin):
    container = admin.get("/api/v1/servers/local/containers?stack=web").json()["items"][0]["id"]
    operations = [item["id"] for item in admin.get("/api/v1/operations").json()["items"]]
    values = {"stack": ["web", "web@local", "web@other"], "server": ["local"], "container": [container], "operation": operations, "number": ["1", "2"],
              "network": ["web_default"], "volume": ["none"], "template": [item["name"] for item in admin.get("/api/v1/templates").json()["items"]] or ["none"],
              "user": ["1"], "id": ["none"], "token": ["none"], "name": ["API_TOKEN"], "image": ["none"]}
    return values


def paths(path, values):
    """The path with every value of its parameters."""
    match = re.search(r"\{(\w+)\}", path)
    if not match:
        return [path]
    return [whole for value in values.get(match.group(1), ["none"]) for whole in paths(path.replace(match.group(0), value, 1), values)]


def reads(checks, name, who, document, values, secrets):
    """Every GET call, with the files of the stack one by one."""
    for path, methods in sorted(document["paths"].items()):
        if "get" not in methods or path in ("/api/v1/openapi.json", "/api/docs", "/api/v1/logs/download"):
            continue
        with checks(f"{name}: GET {path} has no canary"):
            for whole in paths(path, values):
                queries = [f"?path={file}" for file in ("compose.yaml", *FILES)] if path.endswith("/file") else [""]
                for query in queries:
                    answer = who.get(whole + query)
                    assert answer.status_code < 500, f"{whole}{query}: {answer.status_code} {answer.text}"
                    leaked = found(answer.text, secrets)
                    assert not leaked, f"{whole}{query}: {leaked} in {answer.text[:1500]}"


def looks(checks, name, who, may_edit, secrets):
    """Checks and plans: of what is saved, and of drafts that ask for the values."""
    drafts = [
        "services:\n  web:\n    image: x:1\n    ports: [\"${API_TOKEN}\"]\n",
        "services:\n  web:\n    image: slipway/base:${API_TOKEN}\n    container_name: ${DB_PASSWORD}\n",
        "services:\n  web:\n    image: x:1\n    mem_limit: ${API_TOKEN}\n    hostname: \"${DB_PASSWORD}\"\n",
        "name: ${API_TOKEN}\nservices:\n  web:\n    image: x:1\n",
        "services:\n  web:\n    image: x:1\n    stop_grace_period: ${DB_PASSWORD}\n    volumes: [\"${API_TOKEN}:${API_TOKEN}:${API_TOKEN}\"]\n",
    ]
    for verb in ("validate", "plan", "plan?model=true"):
        with checks(f"{name}: {verb} tells no secret"):
            for body in [{}] + [{"files": [{"path": "compose.yaml", "text": text}]} for text in drafts]:
                answer = who.post(f"/api/v1/stacks/web/{verb}", json=body)
                if body and not may_edit:
                    assert answer.status_code == 403, f"a draft: {answer.status_code} {answer.text}"
                assert answer.status_code < 500 and not found(answer.text, secrets), f"{body}: {answer.status_code} {answer.text[:1500]}"


def socket(checks, name, who, admin, operations, secrets):
    with checks(f"{name}: the socket tells no secret"), who.socket() as connection:
        heard = ""
        say(connection, id=1, kind="events")
        hear(connection, id=1, cursor=...)
        for number, operation in enumerate(operations):
            say(connection, id=10 + number, kind="operation", operation=operation)
            while True:
                message = hear(connection, id=10 + number)
                heard += json.dumps(message, ensure_ascii=False)
                if "ended" in message or "error" in message:
                    break
        admin.deploy("web")
        # The last event of the deploy is heard before this one.
        assert admin.put("/api/v1/stacks/web/file?path=note.txt", json={"text": name}).status_code == 200
        while "note.txt" not in heard:
            heard += json.dumps(hear(connection, id=1, events=...), ensure_ascii=False)
        assert not found(heard, secrets), f"{found(heard, secrets)} in {heard[:3000]}"


def elsewhere(checks, admin, server):
    """AB-B2: a server that has the same right everywhere but here."""
    admin.create_user("bea", [("operator", "other")])
    bea = server.log_in("bea")
    with checks("AB-B2: rights on another server reach no folder of this one"):
        calls = [("POST", "validate", {}), ("POST", "plan", {}), ("POST", "deploy", {}), ("GET", "files", None), ("GET", "file?path=compose.yaml", None),
                 ("PUT", "file?path=compose.yaml", {"text": "x"}), ("GET", "secrets", None), ("GET", "source", None),
                 ("PUT", "source", {"url": "https://example.org/x.git", "ref": "main"}), ("POST", "source/sync", {})]
        for method, verb, body in calls:
            answer = bea.request(method, f"/api/v1/stacks/web@other/{verb}", json=body)
            assert answer.status_code in (404, 409) or answer.json() == {}, f"{verb}: {answer.status_code} {answer.text}"
            assert "web" not in re.sub(r"of web|stack web", "", answer.text), f"{verb}: {answer.text}"
        assert admin.get("/api/v1/stacks/web/file?path=compose.yaml").json()["text"] == STACK


def limited(checks, engine, admin, server):
    """What an operator of a stack, and a token for deploys alone, may not."""
    opa = server.log_in("opa")
    with checks("S-AZ-1: volumes are removed by who may remove volumes, whatever the call is called"):
        for verb in ("rm", "down"):
            answer = opa.post(f"/api/v1/stacks/web/{verb}", json={"volumes": True, **({"stop": True} if verb == "rm" else {})})
            assert answer.status_code == 403, f"{verb}: {answer.status_code} {answer.text}"
    with checks("images that may be of others are removed by who may remove images of the server"):
        answer = opa.post("/api/v1/stacks/web/down", json={"images": "all"})
        assert answer.status_code == 403, answer.text
    admin.step_up()
    answer = admin.post("/api/v1/tokens", json={"name": "deploys", "scopes": ["deploy", "exec"], "days": 1})
    assert answer.status_code == 201, answer.text
    token = server.client(token=next(value for value in answer.json().values() if str(value).startswith("slw_")), origin=False)
    with checks("variables of a call are for who may edit the stack, in each call that takes them"):
        for verb, more in (("deploy", {}), ("plan", {}), ("run", {"service": "web"})):
            answer = token.post(f"/api/v1/stacks/web/{verb}", json={"variables": {"P": "other"}, **more})
            assert answer.status_code == 403, f"{verb}: {answer.status_code} {answer.text}"
    with checks("moments that no log has are refused, and the server goes on"):
        for name in ("after", "before", "around"):
            for moment in ("2262-04-11T23:47:16.854775808Z", "2300-01-01T00:00:00Z", "1677-01-01T00:00:00Z", "0001-01-01T00:00:00Z"):
                answer = opa.get(f"/api/v1/logs?stack=web&{name}={moment}")
                assert answer.status_code == 422, f"{name}={moment}: {answer.status_code} {answer.text}"
            answer = opa.get(f"/api/v1/logs?stack=web&{name}=2262-04-11T23:47:16.854775807Z")
            assert answer.status_code == 200, f"{name}: {answer.status_code} {answer.text}"


def images(checks, admin, server):
    with checks("S-SEC-4: a sealed value in the name of an image is in no answer about revisions"):
        files = [{"path": "compose.yaml", "text": "services:\n  web:\n    image: slipway/none:${API_TOKEN}\n"}]
        assert admin.post("/api/v1/stacks", json={"name": "named", "files": files, "secrets": {"API_TOKEN": SEALED}}).status_code == 201
        answer = admin.post("/api/v1/stacks/named/deploy", json={})
        assert answer.status_code == 202, answer.text
        wait_until("it has ended", lambda: admin.get(answer.headers["Location"]).json()["state"] in ("done", "failed"), 120)
        text = admin.get("/api/v1/stacks/named/revisions").text + admin.get("/api/v1/stacks/named/revisions/1").text
        assert "slipway/none:" in text and SEALED not in text, text


def making(checks, admin, server):
    admin.create_user("ola", [("operator", "local", "own")])
    ola = server.log_in("ola")
    files = [{"path": "compose.yaml", "text": "services:\n  web:\n    image: slipway/base:1\n    environment: {P: \"${P:?}\"}\n"}]
    with checks("an operator of a stack makes it, and no other, with its secrets sealed"):
        assert ola.post("/api/v1/stacks", json={"name": "other", "files": files}).status_code == 404
        assert ola.post("/api/v1/stacks", json={"name": "own", "files": files}).status_code == 422
        answer = ola.post("/api/v1/stacks", json={"name": "own", "files": files, "secrets": {"P": SEALED}})
        assert answer.status_code == 201 and SEALED not in answer.text, answer.text
        assert list(ola.get("/api/v1/stacks/own/secrets").json()) == ["P"]
    with checks("a deleted stack leaves neither secrets nor rights"):
        assert admin.delete("/api/v1/stacks/own").status_code == 204
        assert ola.get("/api/v1/stacks/own").status_code == 404
        assert admin.post("/api/v1/stacks", json={"name": "own", "files": files}).status_code == 422


def body(checks):
    with Engine() as engine, Server(engine=engine.address) as server:
        admin = server.set_up()
        made = admin.post("/api/v1/stacks", json={
            "name": "web", "secrets": {"API_TOKEN": OLD},
            "files": [{"path": path, "text": text} for path, text in {"compose.yaml": STACK, **FILES}.items()]})
        assert made.status_code == 201, made.text
        try:
            admin.deploy("web")
            # The next plan names what the value was before.
            assert admin.put("/api/v1/stacks/web/secrets/API_TOKEN", json={"value": SEALED}).status_code == 204
            failed = admin.post("/api/v1/stacks/web/deploy", json={"services": ["web"], "message": "again"})
            assert failed.status_code == 202, failed.text
            wait_until("it has ended", lambda: admin.get(failed.headers["Location"]).json()["state"] in ("done", "failed"), 120)
            document = server.document()
            values = places(admin)
            admin.create_user("vic", [("viewer", "local", "web")])
            admin.create_user("gus", [("viewer",)])
            admin.create_user("opa", [("operator", "local", "web")])
            for name, who, secrets in [("a viewer of the stack", server.log_in("vic"), SECRETS), ("a viewer of everything", server.log_in("gus"), SECRETS)]:
                reads(checks, name, who, document, values, secrets)
                looks(checks, name, who, False, secrets)
                socket(checks, name, who, admin, values["operation"], secrets)
            # Who may edit files reads them as they are; what is sealed is in none of them.
            operator = server.log_in("opa")
            reads(checks, "an operator of the stack", operator, {"paths": {
                path: methods for path, methods in document["paths"].items() if not path.endswith("/file")}}, values, SECRETS)
            looks(checks, "an operator of the stack", operator, True, SECRETS)
            socket(checks, "an operator of the stack", operator, admin, values["operation"], SECRETS)
            with checks("an operator reads the files as they are"):
                assert operator.get("/api/v1/stacks/web/file?path=.env").json()["text"] == FILES[".env"]
            with checks("a viewer sees the files that are there, and what is harmless of them"):
                text = server.log_in("vic").get("/api/v1/stacks/web/file?path=compose.yaml").json()["text"]
                assert "image: slipway/base:1" in text and "${API_TOKEN}" in text, text
            elsewhere(checks, admin, server)
            making(checks, admin, server)
            limited(checks, engine, admin, server)
            images(checks, admin, server)
        finally:
            admin.post("/api/v1/stacks/web/down", json={"volumes": True})
        checks.that("no secret is in the server's log", not found(server.log_text(), SECRETS))


main(body, 600)
