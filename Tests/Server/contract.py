#!/usr/bin/env python3
"""contract.py   what others build on, exactly: the options and files of `slipway serve`, health, set-up, login, stacks, the shapes
of the socket's messages, and how the server ends."""

import collections
import concurrent.futures
import contextlib
import json
import os
import socket
import stat
import subprocess
import threading
import time

from server import ADMIN, BINARY, PASSWORD, Engine, RawAnswer, Server, close_code, hear, main, read_rest, say, wait_until

PARALLEL = 50                # AB-A1
# The only calls that answer before there is a user (S-AUTH-9); `/api/v1/setup` is tried by itself.
OPEN = {"/healthz", "/readyz", "/api/v1/setup"}


def before_set_up(checks, server):
    client = server.client()
    checks.that("the data directory is for its owner only", stat.S_IMODE(server.data.stat().st_mode) == 0o700)
    checks.that("bootstrap-token has mode 0600", stat.S_IMODE(server.token_file.stat().st_mode) == 0o600)
    checks.that("the file of the token is named once on standard error, the token never",
                server.log_text().count(str(server.token_file)) == 1 and server.token_file.read_text().strip() not in server.log_text())
    for path in ("/healthz", "/readyz"):
        answer = client.get(path)
        checks.that(f"{path} answers without a login", answer.status_code == 200 and answer.json()["status"], answer.text)
        head = server.ask(f"HEAD {path}")
        checks.that(f"... and HEAD {path} without a body", head.status == 200 and not head.body
                    and head.headers.get("Content-Length") == str(len(answer.content)), head)
    document = server.document()
    checks.that("the description is OpenAPI 3.1", document["openapi"].startswith("3.1."))
    with checks("before set-up every API route answers 503 setup_required"):
        for path, methods in document["paths"].items():
            for method in methods:
                if path in OPEN:
                    continue
                answer = client.request(method.upper(), path.replace("{", "").replace("}", ""), json={})
                assert answer.status_code == 503, f"{method} {path}: {answer.status_code}"
                assert answer.json()["code"] == "setup_required", f"{method} {path}: {answer.text}"
        answer = client.get("/api/v1/no-such-call")
        assert answer.status_code == 503, f"an unknown call: {answer.status_code}"
    wrong = [line for line in server.log_text().splitlines() if "Problem(" in line or "setup_required" in line and " info " in line]
    checks.that("... which is no news in the log", not wrong, wrong[:1])
    # S-AUTH-9, AB-A1
    for name, body in [("without a token", {"username": ADMIN, "password": PASSWORD}),
                       ("with a wrong token", {"token": "A" * 43, "username": ADMIN, "password": PASSWORD})]:
        with checks(f"AB-A1: setup {name} is refused"):
            answer = client.post("/api/v1/setup", json=body)
            # A body without a needed member is 422, by the description of the API.
            assert answer.status_code in (403, 422), f"{answer.status_code} {answer.text}"
            assert server.token_file.exists(), "the token's file is gone"


def set_up(checks, server):
    token = server.token_file.read_text().strip()

    def one(number):
        client = server.client()
        answer = client.post("/api/v1/setup", json={"token": token, "username": f"user-{number}", "password": PASSWORD}, timeout=120)
        return answer, client
    with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
        answers = list(pool.map(one, range(PARALLEL)))
    statuses = sorted(answer.status_code for answer, _ in answers)
    winners = [client for answer, client in answers if answer.status_code == 201]
    checks.that(f"AB-A1: of {PARALLEL} set-ups at the same time exactly one succeeds", len(winners) == 1, statuses)
    checks.that("AB-A1: the others are refused", all(status in (403, 409, 429) for status in statuses if status != 201), statuses)
    admin = winners[0]
    checks.that("AB-A1: there is one user", len(admin.get("/api/v1/users").json()["items"]) == 1)
    checks.that("bootstrap-token is gone after set-up", not server.token_file.exists())
    answer = server.client().post("/api/v1/setup", json={"token": token, "username": "late", "password": PASSWORD})
    checks.that("a set-up after set-up is refused", answer.status_code in (403, 409), f"{answer.status_code} {answer.text}")
    session = admin.get("/api/v1/session").json()
    checks.that("set-up logs in, as an admin of everything",
                session["grants"] == [{"role": "admin", "may_exec": False, "may_restore": False}] or
                session["grants"][0]["role"] == "admin" and session["grants"][0].get("server") is None, session)
    return admin, session["username"]


def after_set_up(checks, server, admin, user):
    with checks("after set-up anonymous calls of every API route answer 401"):
        client = server.client()
        for path, methods in server.document()["paths"].items():
            for method in methods:
                # A hook is known by its signature (S-OUT-3).
                if path in OPEN or path == "/api/v1/login" or path.startswith("/api/v1/hooks/"):
                    continue
                answer = client.request(method.upper(), path.replace("{", "").replace("}", ""), json={})
                assert answer.status_code == 401, f"{method} {path}: {answer.status_code}"
                assert answer.headers["Content-Type"] == "application/problem+json", f"{method} {path}"
        assert client.get("/api/v1/no-such-call").status_code == 401, "an unknown call"
    with checks("a login gives a session's cookie, which is no JWT"):
        client = server.log_in(user)
        cookie = client.cookies.get_dict()
        assert list(cookie) == ["slipway-loopback"] and "." not in cookie["slipway-loopback"], cookie
        assert client.get("/api/v1/session").json()["username"] == user
    with checks("a wrong password gets 401 and a problem of RFC 9457"):
        answer = server.client().post("/api/v1/login", json={"username": user, "password": "not this one at all"})
        assert answer.status_code == 401, answer.text
        assert {"type", "title", "status", "detail", "code", "request_id"} <= answer.json().keys(), answer.text
        assert answer.json()["request_id"] == answer.headers["X-Request-Id"]
    with checks("a logout ends the session"):
        assert client.post("/api/v1/logout").status_code == 204
        assert client.get("/api/v1/session").status_code == 401
    with checks("GET /api/v1/stacks is a page of stacks"):
        def names():
            return {stack["name"] for stack in admin.get("/api/v1/stacks").json()["items"]}
        before = names()                                # other tests left some on the engine
        assert "first" not in before, before
        admin.create_stack("first")
        assert names() == before | {"first"}, (before, names())
    if "/metrics" in server.document()["paths"]:
        with checks("/metrics is text for Prometheus"):
            answer = admin.get("/metrics")
            assert answer.status_code == 200 and "# TYPE" in answer.text, answer.text[:200]
    else:
        checks.skip("/metrics", "this server has none")


def environment_files(checks, admin, engine):
    """What a deploy found in .env is kept for its revision; the next deploy looks there again."""
    admin.create_stack("dotted", """
services:
  one:
    image: slipway/base:1
    command: [sleep, "600"]
    environment: {DB_PASSWORD: "${DB_PASSWORD}"}
    stop_grace_period: 0s
""", **{".env": "DB_PASSWORD=first-of-two\n"})

    def running():
        containers = json.loads(engine.call("GET", "/containers/json"))
        one = next(one for one in containers if one["Labels"].get("com.docker.compose.project") == "dotted")
        return [entry for entry in json.loads(engine.call("GET", f"/containers/{one['Id']}/json"))["Config"]["Env"] if "DB_PASSWORD" in entry]
    admin.deploy("dotted")
    with checks("a secret that .env has is the file's: what is written there counts at the next deploy"):
        assert running() == ["DB_PASSWORD=first-of-two"], running()
        assert admin.get("/api/v1/stacks/dotted/secrets").json() == {}
        changed = admin.patch("/api/v1/stacks/dotted/files", json={"changes": [{"path": ".env", "text": "DB_PASSWORD=second-of-two\n"}]})
        assert changed.status_code == 200, changed.text
        admin.deploy("dotted")
        assert running() == ["DB_PASSWORD=second-of-two"], running()
    with checks("one that is set counts before the file, until it is removed"):
        assert admin.put("/api/v1/stacks/dotted/secrets/DB_PASSWORD", json={"value": "set-by-hand"}).status_code == 204
        admin.deploy("dotted")
        assert running() == ["DB_PASSWORD=set-by-hand"], running()
        assert list(admin.get("/api/v1/stacks/dotted/secrets").json()) == ["DB_PASSWORD"]
        assert admin.delete("/api/v1/stacks/dotted/secrets/DB_PASSWORD").status_code == 204
        admin.deploy("dotted")
        assert running() == ["DB_PASSWORD=second-of-two"], running()


def rolled_back(checks, server, admin):
    """What was sealed stays sealed, also where its name says nothing (S-SEC-3)."""
    compose = """
services:
  one:
    image: slipway/base:1
    command: [sleep, "600"]
    environment: {DSN: "${DSN}", ROUND: "ROUND_NUMBER"}
    stop_grace_period: 0s
"""
    made = admin.post("/api/v1/stacks", json={"name": "sealed", "secrets": {"DSN": "opaque-canary-77"}, "files": [
        {"path": "compose.yaml", "text": compose.replace("ROUND_NUMBER", "one")}]})
    assert made.status_code == 201, made.text
    admin.deploy("sealed")
    changed = admin.patch("/api/v1/stacks/sealed/files", json={"changes": [{"path": "compose.yaml", "text": compose.replace("ROUND_NUMBER", "two")}]})
    assert changed.status_code == 200, changed.text
    admin.deploy("sealed")
    with checks("S-SEC-3: a rollback keeps sealed what was sealed"):
        answer = admin.post("/api/v1/stacks/sealed/rollback", json={"to": 1})
        assert answer.status_code == 202, answer.text
        ended = wait_until("it has ended", lambda: (lambda now: now if now["state"] in ("done", "failed") else None)(
            admin.get(answer.headers["Location"]).json()), 60)
        assert ended["state"] == "done", ended
        revision = admin.get("/api/v1/stacks/sealed/revisions/3").json()
        assert revision["variables"]["DSN"] == {"secret": True}, revision["variables"]
        for file in server.data.glob("slipway.db*"):
            assert b"opaque-canary-77" not in file.read_bytes(), file.name


def log_messages(checks, server, admin):
    admin.create_stack("talk", """
services:
  one:
    image: slipway/base:1
    command: [sh, -c, "for i in $$(seq 30); do echo line $$i; done; echo oops >&2; sleep 600"]
    stop_grace_period: 0s
""")
    admin.deploy("talk")
    with checks("logs: the request of the contract is answered with lines and a cursor"), admin.socket() as connection:
        say(connection, id=1, kind="logs", targets=[{"stack": "talk"}], tail=100, follow=True, credit=1048576)
        lines, cursor = [], None
        while len(lines) < 31:
            message = hear(connection, id=1)
            assert message.keys() == {"id", "lines", "cursor"}, message
            lines += message["lines"]
            cursor = message["cursor"]
        assert isinstance(cursor, str) and cursor
        for line in lines:
            assert {"time", "source", "stream", "level", "text"} <= line.keys(), line
        out = [line["text"] for line in lines if line["stream"] == "stdout"]
        assert out == [f"line {number}" for number in range(1, 31)], out
        assert [line["text"] for line in lines if line["stream"] == "stderr"] == ["oops"]
        assert all(line["time"].endswith("Z") and line["time"][10] == "T" for line in lines), lines[0]
    with checks("logs: `tail` is a number of lines of each container"), admin.socket() as connection:
        say(connection, id=7, kind="logs", targets=[{"stack": "talk"}], tail=3, follow=False)
        lines = []
        while True:
            message = hear(connection, id=7)
            if message.get("ended"):
                break
            lines += message.get("lines", [])
        assert len(lines) == 3, lines
    with checks("logs: a stack that is not there is an error with code and remedy-able detail"), admin.socket() as connection:
        say(connection, id=2, kind="logs", targets=[{"stack": "nobody"}], tail=100, follow=True, credit=1048576)
        message = hear(connection, id=2)
        assert message.keys() == {"id", "error"}, message
        assert message["error"]["code"] == "not_found" and message["error"]["detail"], message


def ending(checks, server, admin):
    sockets = [admin.socket() for _ in range(3)]
    say(sockets[0], id=1, kind="events")
    hear(sockets[0], id=1, cursor=...)
    code, seconds = server.stop()
    checks.that("SIGTERM ends the server within 30 s, with exit code 0", code == 0 and seconds < 30, f"code {code} after {seconds:.1f} s")
    codes = [close_code(connection, 2) for connection in sockets]
    checks.that("open sockets are closed with 1001 then", codes == [1001] * 3, codes)
    with checks("it starts again on the same data, and knows its user"):
        server.start()
        assert not server.token_file.exists()
        assert admin.get("/healthz").status_code == 200
    with checks("a session outlives the restart"):
        admin.cookies.clear_expired_cookies()
        assert admin.get("/api/v1/session").status_code == 200


def second_server(checks, server):
    second = subprocess.run([BINARY, "serve", "--data", server.data, "--listen", "127.0.0.1:0"], capture_output=True, text=True,
                            timeout=30, env={"PATH": os.environ["PATH"], "HOME": str(server.folder)})
    checks.that("a second server on the same data directory is refused", second.returncode not in (0, None), second.returncode)
    checks.that("... and says which directory, and what to do", str(server.data) in second.stderr and "fix:" in second.stderr, second.stderr)
    checks.that("the first one goes on", server.client().get("/healthz").status_code == 200)
    taken = subprocess.run([BINARY, "serve", "--data", server.folder / "other", "--listen", f"127.0.0.1:{server.port}"],
                           capture_output=True, text=True, timeout=30, env={"PATH": os.environ["PATH"], "HOME": str(server.folder)})
    checks.that("a port that is taken is an error that names it", taken.returncode != 0 and f"127.0.0.1:{server.port}" in taken.stderr
                and "fix:" in taken.stderr and "errno" not in taken.stderr, taken.stderr)
    for arguments, what in [(["--listen", "192.0.2.1:8080", "--insecure-http"], "an address of another machine"),
                            (["--listen", "no-such-host.invalid:8080", "--insecure-http"], "a name that has no address"),
(["--listen", "0.0.0.0:0"], "plain HTTP for other machines"), (["--listen", "nonsense"], "no address"),
                            (["--tls-cert", "x"], "a certificate without a key"),
                            (["--data", server.folder / ("long" * 30)], "a data directory whose socket's path is too long")]:
        # Of an option that is given twice the last one counts.
        refused = subprocess.run([BINARY, "serve", "--data", server.folder / "other", "--listen", "127.0.0.1:0"] + arguments, capture_output=True,
                                 text=True, timeout=30, env={"PATH": os.environ["PATH"], "HOME": str(server.folder)})
        checks.that(f"{what} is refused, with a remedy", refused.returncode != 0 and "fix:" in refused.stderr and "errno" not in refused.stderr,
                    refused.stderr)


def unix_socket(checks, server):
    path = server.data / "slipway.sock"
    with checks("the unix socket of the data directory is for its owner, and takes calls without a login"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        answer = subprocess.run(["curl", "-s", "-m", "10", "--unix-socket", path, "http://slipway/api/v1/session"], capture_output=True,
                                text=True, timeout=20)
        assert json.loads(answer.stdout)["kind"] == "local", answer.stdout


def killed(checks, server):
    with checks("SIGKILL leaves a data directory that the next start takes at once (R-STOP-1, R-LOCK-1)"):
        server.process.kill()
        server.process.wait(10)
        begin = time.monotonic()
        server.start()
        wait_until("it is ready", lambda: server.client().get("/readyz").status_code == 200, 10)
        assert time.monotonic() - begin < 10
    stalled = server.connect()
    stalled.sendall(b"POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
    silent = server.connect()
    slow = server.connect()
    body = json.dumps({"username": "nobody", "password": "wrong, and long enough"}).encode()
    slow.sendall(b"POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
    # What the server has read is a request under way.
    assert server.client().get("/healthz").status_code == 200
    with contextlib.closing(stalled), contextlib.closing(silent), contextlib.closing(slow):
        code, seconds = server.stop()
        checks.that("R-STOP-1: SIGTERM does not wait for the end of a request that does not come", code == 0 and seconds < 8,
                    f"code {code} after {seconds:.1f} s")
        answer = RawAnswer(read_rest(stalled, 3))
        checks.that("... which is told 503", answer.status == 503 and answer.data.count(b"HTTP/1.1 ") == 1, answer)
        checks.that("... nor for a client that says nothing", read_rest(silent, 3) == b"")
        answer = RawAnswer(read_rest(slow, 3))
        checks.that("... and a request that is all there is answered", answer.status == 401, answer)


def early(checks):
    """Clients that come while the server starts are refused, cut or answered; none is taken on and left."""
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    ready = threading.Event()

    def knock():
        counts, end = collections.Counter(), time.monotonic() + 30
        while time.monotonic() < end and not (ready.is_set() and counts["answered"]):
            try:
                with contextlib.closing(socket.create_connection(("127.0.0.1", port), 10)) as connection:
                    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    counts["answered" if connection.recv(100).startswith(b"HTTP/1.1 200") else "cut"] += 1
            except ConnectionError:
                counts["refused"] += 1
            except TimeoutError:
                counts["left"] += 1
                break
        return counts
    total = collections.Counter()
    for _ in range(6):
        ready.clear()
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            knocks = [pool.submit(knock) for _ in range(4)]
            with Server(listen=f"127.0.0.1:{port}"):
                ready.set()
                for one in knocks:
                    total += one.result(40)
    checks.that("a client that comes while the server starts is not left waiting", total["left"] == 0 and total["answered"] >= 24, total)


def body(checks):
    early(checks)
    with Engine() as engine, Server(engine=engine.address) as server:
        before_set_up(checks, server)
        admin, user = set_up(checks, server)
        after_set_up(checks, server, admin, user)
        environment_files(checks, admin, engine)
        rolled_back(checks, server, admin)
        log_messages(checks, server, admin)
        unix_socket(checks, server)
        second_server(checks, server)
        ending(checks, server, admin)
        killed(checks, server)


main(body, 600)
