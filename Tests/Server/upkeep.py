#!/usr/bin/env python3
"""upkeep.py   what holds when things go wrong or come to their end: sockets of sessions and tokens that end, stacks whose engine is
away, changes that fail in the middle, refusals in the audit log, keys and certificates that do not fit, the stop and the start."""

import contextlib
import hashlib
import os
import sqlite3
import subprocess
import time

from server import BINARY, PASSWORD, Server, close_code, hear, main, say, wait_until

ENDS_IN = 6                  # seconds to the end of a session and a token, after a start


def audit(client, **wanted):
    return client.get("/api/v1/audit", params=wanted).json()["items"]


def engine_away(checks, server, admin):
    admin.create_stack("away")
    with checks("a stack on an engine that cannot be asked is neither up nor down"):
        assert admin.get("/api/v1/stacks/away").json()["status"] == "unknown", admin.get("/api/v1/stacks/away").text
    with checks("... and is not deleted: containers of it may run"):
        answer = admin.delete("/api/v1/stacks/away")
        assert answer.status_code in (502, 504), f"{answer.status_code} {answer.text}"
        assert admin.get("/api/v1/stacks/away/files").status_code == 200


def files(checks, server, admin):
    before = admin.get("/api/v1/stacks/away/files").json()["items"]
    key = "change-0001"
    body = {"changes": [{"path": "evil.txt", "text": "hi"}, {"path": "nosuch", "remove": True}]}
    with checks("a change of files of which one part fails changes nothing, and is in the audit log (S-AUD-1)"):
        answer = admin.patch("/api/v1/stacks/away/files", json=body, headers={"Idempotency-Key": key})
        assert answer.status_code == 404, f"{answer.status_code} {answer.text}"
        assert admin.get("/api/v1/stacks/away/files").json()["items"] == before
        entries = audit(admin, action="stack.edit")
        assert [entry["outcome"] for entry in entries[:2]] == ["failed", "ok"], entries[:2]
        assert "evil.txt" in str(entries[1]["detail"]), entries[1]
    with checks("RFC 9110: If-Match: * takes a file that is there, and no other"):
        put = lambda path: admin.put("/api/v1/stacks/away/file", params={"path": path}, json={"text": "x"}, headers={"If-Match": "*"})
        assert put("nosuch").status_code == 412
        assert admin.put("/api/v1/stacks/away/file", params={"path": "there"}, json={"text": "x"}).status_code == 200
        assert put("there").status_code == 200, put("there").text
    with checks("a repeated call has the Location of the first"):
        answers = [admin.post("/api/v1/stacks", json={"name": "twice", "files": [{"path": "compose.yaml", "text": "services: {a: {image: b}}"}]},
                              headers={"Idempotency-Key": "twice-0001"}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201], answers[1].text
        assert answers[0].headers["Location"] == answers[1].headers.get("Location"), answers[1].headers
    with checks("no plain hash of a request with a password is in the database"):
        answer = admin.post("/api/v1/users", json={"username": "ola", "password": PASSWORD, "grants": [{"role": "operator", "server": "local", "stack": "away", "may_exec": False, "may_restore": False}]},
                            headers={"Idempotency-Key": "user-0001"})
        assert answer.status_code == 201, answer.text
        text = b'POST /api/v1/users [] []' + answer.request.body
        with contextlib.closing(sqlite3.connect(server.data / "slipway.db")) as database:
            kept = [row[0] for row in database.execute("SELECT request_hash FROM idempotency")]
        assert kept and hashlib.sha256(text).digest() not in kept


def denials(checks, server, admin):
    ola = server.log_in("ola")

    def denied(name, code="", **wanted):
        with checks(f"S-AUD-1: {name} is in the audit log"):
            entries = audit(admin, outcome="denied", **wanted)
            assert entries and code in str(entries[0]["detail"]), entries[:1]
    answer = ola.post("/api/v1/stacks/away/down", json={"volumes": True})
    assert answer.status_code == 403, answer.text
    denied("taking volumes down without the right to", actor="ola", action="volume.remove")
    answer = admin.post("/api/v1/stacks/away/stop", json={}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403, answer.text
    denied("a call of a foreign page", "origin_not_allowed", actor="captain", action="stack.control")
    answer = ola.get("/api/v1/containers", params={"server": "zzz"})
    assert answer.status_code == 404, answer.text
    denied("a look at a server that is not there, or may not be seen", actor="ola", action="server.read")
    answer = ola.post("/api/v1/admin/reset", json={"username": "ola", "password": PASSWORD})
    assert answer.status_code == 403, answer.text
    denied("what only the unix socket may", "host_only", actor="ola")
    with contextlib.suppress(Exception):
        admin.socket(origin="https://evil.example")
    denied("a socket of a foreign page", "origin_not_allowed", actor="captain", action="socket.open")
    admin.step_up()
    hook = admin.post("/api/v1/stacks/away/webhooks", json={"action": "deploy"}).json()
    answer = server.client(origin=False).post(hook["path"], data=b"{}", headers={
        "Slipway-Signature": f"t={int(time.time())},v1={'0' * 64}", "Content-Type": "application/octet-stream"})
    assert answer.status_code == 401, answer.text
    denied("a webhook's wrong signature", "invalid_signature", actor="unknown")
    answer = server.client(token="slw_" + "0" * 16 + "_" + "A" * 43 + "_00000000").get("/api/v1/stacks")
    assert answer.status_code == 401, answer.text
    denied("a token that is none", "invalid_token", actor="unknown")
    return ola


def described(checks, server, admin):
    with checks("the description of the API is for who is logged in"):
        assert server.client().get("/api/v1/openapi.json").status_code == 401
        assert server.client().get("/api/docs").status_code == 401
        assert admin.get("/api/v1/openapi.json").json()["openapi"] == "3.1.0"


def limited_tokens(checks, server, admin):
    admin.create_stack("other")
    with checks("S-AUTH-10: a token is limited to the stacks that are named"):
        admin.step_up()
        answer = admin.post("/api/v1/tokens", json={"name": "ci", "scopes": ["read"], "limits": [{"server": "local", "stack": "away"}]})
        assert answer.status_code == 201, answer.text
        assert answer.json()["token"]["limits"] == [{"server": "local", "stack": "away"}], answer.text
        limited = server.client(token=answer.json()["text"], origin=False)
        assert [stack["name"] for stack in limited.get("/api/v1/stacks").json()["items"]] == ["away"]
        assert limited.get("/api/v1/stacks/other").status_code == 404
        for limits in ([], [{"server": "nowhere/x"}], [{"stack": "away"}]):
            assert admin.post("/api/v1/tokens", json={"name": "ci", "limits": limits}).status_code in (404, 422), limits
    return answer.json()


def ends(checks, server, session, token):
    """S-AUTH-6: the database is changed while the server is down; its own clock does the rest."""
    server.stop()
    end = int((time.time() + ENDS_IN) * 1000)
    with contextlib.closing(sqlite3.connect(server.data / "slipway.db")) as database, database:
        database.execute("UPDATE session SET ends_at = ? WHERE user_id = (SELECT id FROM user WHERE name = 'ola')", [end])
        database.execute("UPDATE api_token SET expires_at = ? WHERE id = ?", [end + 1000, token["token"]["id"]])
    server.start()
    # Another port.
    session.headers["Origin"] = server.url
    by_token = server.client(token=token["text"], origin=False)
    with session.socket() as one, by_token.socket(origin=None) as two:
        for socket in (one, two):
            say(socket, id=1, kind="events")
            hear(socket, id=1, cursor=...)
        for socket, moment, name in [(one, end, "session"), (two, end + 1000, "token")]:
            code = close_code(socket, ENDS_IN + 5)
            late = time.time() * 1000 - moment
            checks.that(f"S-AUTH-6: the socket of a {name} closes with 1008 within 1 s of its end", code == 1008 and -100 < late < 1000,
                        f"code {code}, {late:.0f} ms late")
    checks.that("... and the session is gone", session.get("/api/v1/session").status_code == 401)


def heads(checks, server):
    with checks("S-AUD-2: signed heads of the audit log are in the server's log, the last one at its end"):
        code, _ = server.stop()
        assert code == 0
        lines = [line for line in server.log_text().splitlines() if "audit head" in line]
        with contextlib.closing(sqlite3.connect(server.data / "slipway.db")) as database:
            last = database.execute("SELECT max(sequence) FROM audit").fetchone()[0]
        assert f"sequence={last}" in lines[-1] and "signature=" in lines[-1], lines[-1:]


def keys(checks, server):
    key = server.data / "master.key"
    whole = key.read_bytes()

    def ready():
        answer = server.client().get("/readyz")
        return answer.status_code, answer.json().get("code")
    for name, change in [("without", key.unlink), ("with another", lambda: key.write_bytes(bytes(32)))]:
        at = len(server.log_text())
        change()
        key.exists() and key.chmod(0o600)
        with checks(f"AB-H3: {name} key the server starts degraded, and says so"):
            server.start()
            text = server.log_text()[at:]
            assert "degraded" in text and str(key) in text and "fix:" in text, text
            assert ready() == (503, "degraded"), ready()
            assert server.client().get("/healthz").status_code == 200
        key.write_bytes(whole)
        key.chmod(0o600)
        with checks("... and is ready when the key is back"):
            assert ready() == (200, None), ready()
        server.stop()
    key.chmod(0o644)
    with checks("AB-H3: a key that others can read is refused"):
        refused = serve(server)
        assert refused.returncode != 0 and str(key) in refused.stderr and "chmod 600" in refused.stderr, refused.stderr
    key.chmod(0o600)


def serve(server, *arguments, seconds=20):
    """A server that must end at once."""
    return subprocess.run([BINARY, "serve", "--data", server.data, "--listen", "127.0.0.1:0", *arguments], capture_output=True, text=True,
                          timeout=seconds, stdin=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], "HOME": str(server.folder)})


def certificates(checks, server):
    def make(name, days):
        certificate, key = server.folder / f"{name}.pem", server.folder / f"{name}.key"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost",
                        "-days", str(days), "-keyout", key, "-out", certificate], check=True, capture_output=True, timeout=30)
        return certificate, key
    (soon, soon_key), (_, other_key) = make("soon", 3), make("other", 300)
    with checks("a key that does not belong to the certificate is told with both names"):
        refused = serve(server, "--tls-cert", soon, "--tls-key", other_key)
        assert refused.returncode != 0, "it started"
        assert str(soon) in refused.stderr and str(other_key) in refused.stderr and "fix:" in refused.stderr, refused.stderr
    with checks("a certificate that ends soon is told at the start, and in the log"):
        server.arguments = ["--tls-cert", soon, "--tls-key", soon_key]
        at = len(server.log_text())
        server.start()
        wait_until("it is in the log", lambda: "the certificate ends" in server.log_text()[at:], 10)
        assert "warning: the certificate" in server.log_text()[at:] and "in 2 days" in server.log_text()[at:]
        server.stop()
        server.arguments = []


def body(checks):
    with Server() as server:
        admin = server.set_up()
        engine_away(checks, server, admin)
        files(checks, server, admin)
        ola = denials(checks, server, admin)
        described(checks, server, admin)
        token = limited_tokens(checks, server, admin)
        ends(checks, server, ola, token)
        heads(checks, server)
        keys(checks, server)
        certificates(checks, server)


main(body, 600)
