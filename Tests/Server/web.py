#!/usr/bin/env python3
"""web.py [PART...]   what stands between the network and the API: logins (AB-A2, A3, A5), tokens (AB-B3, B4), browsers (AB-C1, C2, C4), the limits
of HTTP (S-WEB-6), and names in paths (AB-D4). Clients of other addresses come from 127.0.0.0/8, which is all loopback."""

import concurrent.futures
import contextlib
import gzip
import http.server
import itertools
import json
import os
import pathlib
import re
import resource
import select
import shutil
import socket
import socketserver
import statistics
import subprocess
import sys
import tempfile
import threading
import time

from server import ADMIN, PASSWORD, RawAnswer, Server, close_code, hear, main, read_rest, say, wait_until

MIB = 1 << 20
TIMING_DIFFERENCE = 0.10     # AB-A2
TIMING_ROUNDS = 6            # of 5 logins each, known and unknown by turns
PARALLEL_LOGINS = 500
LOGIN_MEMORY = 100 * MIB
HEALTH_SECONDS = 0.1         # 98 of 100 calls; the machine is shared, and the program that asks has its share of it
CONNECTIONS = 1000
HEADER_SECONDS, IDLE_SECONDS = 10, 30
OPEN = {"/healthz", "/readyz", "/api/v1/setup", "/api/v1/login"}
POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'",
    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
}
VOLATILE = {"x-request-id", "date", "retry-after"}


def addresses(second):
    """Addresses that nobody else here comes from."""
    return (f"127.{second}.{number // 250}.{number % 250 + 1}" for number in itertools.count())


def filled(path, **values):
    """The path of a route with values for its parameters."""
    return re.sub(r"\{(\w+)\}", lambda match: values.get(match.group(1), "1"), path)


def routes(document):
    return [(method.upper(), path, call) for path, methods in document["paths"].items() for method, call in methods.items()]


def login(client, user, password):
    return client.post("/api/v1/login", json={"username": user, "password": password})


def shape(answer):
    """What must be the same for a known and an unknown user."""
    headers = {name.lower(): value for name, value in answer.headers.items() if name.lower() not in VOLATILE}
    return answer.status_code, headers, {key: value for key, value in answer.json().items() if key != "request_id"}


# AB-A: logins

def guesses(checks, server):
    free = addresses(1)
    shapes, times = {ADMIN: [], "nobody-of-that-name": []}, {ADMIN: [], "nobody-of-that-name": []}
    def difference():
        known, unknown = (statistics.median(values) for values in times.values())
        return abs(known - unknown) / max(known, unknown)
    for source, number in zip(free, range(TIMING_ROUNDS)):
        # A busy machine spreads the times: then more of them are taken. Who does not hash for one of the two is off by far in all.
        if number >= 2 and difference() < TIMING_DIFFERENCE:
            break
        for user in list(times) * 5:
            with server.client(source=source) as client:
                begin = time.monotonic()
                answer = login(client, user, "wrong, and long enough")
                times[user].append(time.monotonic() - begin)
                shapes[user].append(shape(answer))
    known, unknown = (statistics.median(values) for values in times.values())
    checks.that("AB-A2: a wrong password and an unknown name have the same answer",
                all(value == shapes[ADMIN][0] for values in shapes.values() for value in values) and shapes[ADMIN][0][0] == 401,
                shapes[ADMIN][0])
    checks.that(f"AB-A2: and take as long, within {TIMING_DIFFERENCE:.0%} of the median", difference() < TIMING_DIFFERENCE,
                f"{known * 1000:.0f} ms, {unknown * 1000:.0f} ms")
    def rising(user, source):
        """The statuses of the first five failures, and three waits after them."""
        client = server.client(source=source)
        first = [login(client, user, "wrong, and long enough").status_code for _ in range(5)]
        waits = []
        for _ in range(3):
            answer = login(client, user, "wrong, and long enough")
            # On a busy machine an answer takes longer than a short delay, which is over then; the delays double.
            for _ in range(5):
                if answer.status_code == 401:
                    answer = login(client, user, "wrong, and long enough")
            assert answer.status_code == 429, answer.text
            waits.append(int(answer.headers["Retry-After"]))
            begin = time.monotonic()
            wait_until("the delay is over", lambda: time.monotonic() - begin > waits[-1] + 0.1, 20)
        return first, waits
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = {user: pool.submit(rising, user, next(free)) for user in times}
        for user in times:
            with checks(f"AB-A2: after the 5th failure of {'a known' if user == ADMIN else 'an unknown'} name 429 with a rising Retry-After"):
                first, waits = found[user].result(120)
                # What is left of a delay when the answer comes: a slow machine takes a second off one, and the delays double.
                assert first == [401] * 5 and waits == sorted(waits) and 1 <= waits[0] < waits[-1], (first, waits)
    with checks("AB-A2: the right password from another address still works"):
        assert login(server.client(source=next(free)), ADMIN, PASSWORD).status_code == 200
    with checks("S-AUTH-4: an address has 30 failures a minute, whatever the names"):
        client = server.client(source=next(free))
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda number: login(client, f"guess-{number}", "wrong, and long enough"), range(40)))
        statuses = [answer.status_code for answer in answers]
        assert statuses.count(401) <= 30 and statuses.count(429) >= 10, statuses
        assert all("Retry-After" in answer.headers for answer in answers if answer.status_code == 429)


def many_logins(checks, server):
    body = json.dumps({"username": ADMIN, "password": "p" * 256}).encode()
    head = (f"POST /api/v1/login HTTP/1.1\r\nHost: {server.host}:{server.port}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n").encode()
    before = most = server.memory()
    waiting, answers, health = [], [], []
    with contextlib.ExitStack() as stack:
        for source in itertools.islice(addresses(2), PARALLEL_LOGINS):
            waiting.append(stack.enter_context(contextlib.closing(server.connect(30, source))))
        for connection in waiting:
            connection.sendall(head + body)
        probe = server.client()
        end = time.monotonic() + 60
        while waiting and time.monotonic() < end:
            begin = time.monotonic()
            assert probe.get("/healthz").status_code == 200
            health.append(time.monotonic() - begin)
            most = max(most, server.memory())
            for connection in select.select(waiting, [], [], 0.05)[0]:
                answers.append(RawAnswer(connection.recv(65536)))
                waiting.remove(connection)
    statuses = {answer.status for answer in answers}
    checks.that(f"AB-A3: {PARALLEL_LOGINS} logins at the same time are all answered, 401 or 429", not waiting and statuses <= {401, 429},
                f"{statuses}, {len(waiting)} without an answer")
    checks.that("AB-A3: 429 says when to come again", all(answer.headers.get("Retry-After") for answer in answers if answer.status == 429))
    checks.that("AB-A3: memory grows by less than 100 MiB", most - before < LOGIN_MEMORY, f"{(most - before) / MIB:.0f} MiB")
    health.sort()
    usual, slowest = health[len(health) * 98 // 100], health[-1]
    print(f"# /healthz meanwhile: {len(health)} calls, 98 % within {usual * 1000:.0f} ms, all within {slowest * 1000:.0f} ms", flush=True)
    checks.that("AB-A3: /healthz answers within 100 ms all the while", usual < HEALTH_SECONDS and slowest < 10 * HEALTH_SECONDS,
                f"98 % within {usual * 1000:.0f} ms, all within {slowest * 1000:.0f} ms")


def password_change(checks, server, admin):
    admin.create_user("changer", [("admin",)])
    free = addresses(3)
    sessions = [server.log_in("changer", source=next(free)) for _ in range(3)]
    first, old_cookie = sessions[0], sessions[0].cookie
    sockets = [session.socket() for session in sessions[1:]]
    for connection in sockets:
        say(connection, id=1, kind="events")
        hear(connection, id=1, cursor=...)
    answer = first.post("/api/v1/account/password", json={"old": PASSWORD, "new": PASSWORD + " again"})
    changed = time.monotonic()
    checks.that("AB-A5: a password is changed with the old one", answer.status_code == 200, answer.text)
    codes = [close_code(connection, 3) for connection in sockets]
    checks.that("AB-A5: sockets of the user's other sessions are closed with 1008", codes == [1008] * 2, codes)
    checks.that("AB-A5: within a second", time.monotonic() - changed < 1, f"{time.monotonic() - changed:.2f} s")
    statuses = [session.get("/api/v1/session").status_code for session in sessions]
    checks.that("AB-A5: the other sessions are over, the own one goes on", statuses == [200, 401, 401], statuses)
    checks.that("AB-A5: the own session has a new secret", first.cookie != old_cookie)
    with checks("AB-A5: the old secret of the own session is worth nothing"):
        assert server.client().get("/api/v1/session", headers={"Cookie": old_cookie}).status_code == 401
    with checks("AB-A5: the old password is worth nothing"):
        assert login(server.client(source=next(free)), "changer", PASSWORD).status_code == 401
    with checks("S-AUTH-6: a logout closes the session's sockets"), first.socket() as connection:
        say(connection, id=1, kind="events")
        hear(connection, id=1, cursor=...)
        assert first.post("/api/v1/logout").status_code == 204
        assert close_code(connection, 2) == 1008


# AB-B: who may what

class StubEngine(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """An engine that is empty, and remembers what it was asked."""
    daemon_threads = True

    def __init__(self, path):
        self.asked = []
        engine = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                engine.asked.append(self.path)
                known = {"/_ping": b"OK", "/containers/json": b"[]", "/networks": b"[]", "/version": b'{"ApiVersion":"1.41","Version":"20.10.24"}'}
                path = re.sub(r"^/v[\d.]+", "", self.path.split("?")[0])
                if path == "/events":
                    return time.sleep(60)
                data = known.get(path, b"{}")
                self.send_response(200)
                self.send_header("Api-Version", "1.41")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)
            do_HEAD = do_POST = do_GET

            def address_string(self):
                return "engine"

            def log_message(self, *_):
                pass
        super().__init__(str(path), Handler)

    def has_heard_of(self, word):
        return any(word in path for path in self.asked)


def before_the_engine(checks, server, admin, engine):
    client = server.client()
    for path in ("/api/v1/stacks/canary/services", "/api/v1/stacks/canary@elsewhere/services", "/api/v1/logs?stack=canary",
                 "/api/v1/logs/download?stack=canary"):
        answer = client.get(path)
        checks.that(f"AB-B3: anonymous GET {path} is 401", answer.status_code == 401, answer.text)
    found = upgrade_status(server, None)
    checks.that("AB-B3: an anonymous socket is 401", found == 401, f"{found} (0: no answer within 3 s)")
    checks.that("AB-B3: the engine was not asked", not engine.has_heard_of("canary"), engine.asked)
    with checks("AB-B3: (it is asked for an admin)"):
        admin.get("/api/v1/stacks/canary@local/services")
        assert engine.has_heard_of("canary"), engine.asked


def fallen_admin(checks, server, admin):
    user = admin.create_user("falling", [("admin",)])
    falling = server.log_in("falling", source="127.4.0.1")
    has_tokens = "/api/v1/tokens" in server.document()["paths"]
    token = None
    if has_tokens:
        with checks("AB-B4: a token is made"):
            answer = falling.post("/api/v1/tokens", json={"name": "deployer", "scopes": ["deploy", "read"]})
            assert answer.status_code == 201, answer.text
            token = answer.json().get("token")
            token = token if isinstance(token, str) else next(value for value in answer.json().values() if str(value).startswith("slw_"))
    else:
        checks.skip("AB-B4 with a token", "this server has no /api/v1/tokens")
    with falling.socket() as connection:
        say(connection, id=1, kind="events")
        hear(connection, id=1, cursor=...)
        answer = admin.patch(f"/api/v1/users/{user['id']}", json={"grants": [
            {"role": "viewer", "server": None, "stack": None, "may_exec": False, "may_restore": False}]})
        checks.that("AB-B4: an admin is made a viewer", answer.status_code == 200, answer.text)
        checks.that("AB-B4: the sockets are closed with 1008", close_code(connection, 2) == 1008)
    status = falling.post("/api/v1/stacks/shop/deploy", json={}).status_code
    checks.that("AB-B4: the session deploys no more, at once", status in (401, 403), status)
    again = server.log_in("falling", source="127.4.0.2")
    status = again.post("/api/v1/stacks/shop/deploy", json={}).status_code
    checks.that("AB-B4: a new session of the viewer deploys nothing", status == 403, status)
    if token:
        client = server.client(token=token, origin=False)
        status = client.post("/api/v1/stacks/shop/deploy", json={}).status_code
        checks.that("AB-B4: the token deploys no more, at once", status == 403, status)
        checks.that("AB-B4: but reads", client.get("/api/v1/stacks/shop").status_code == 200)


# AB-C: browsers

def upgrade_status(server, cookie, origin=None, host=None, extra=()):
    """The status of an upgrade; 0 when there is no answer."""
    fields = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13"]
    fields += [f"Cookie: {cookie}"] if cookie else []
    fields += [f"Origin: {origin}"] if origin is not None else []
    lines = ["GET /api/v1/socket HTTP/1.1", f"Host: {host or f'{server.host}:{server.port}'}", *fields, *extra]
    with contextlib.closing(server.connect(3)) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        try:
            data = connection.recv(4096)
        except TimeoutError:
            data = b""
    return RawAnswer(data).status


def origins(checks, server, admin):
    host, port, url = server.host, server.port, server.url
    found = upgrade_status(server, admin.cookie, url)
    checks.that("AB-C1: a socket of the own page is 101", found == 101, found)
    table = ["http://evil.example", "null", f"http://{host}.evil:{port}", f"http://evil{host}:{port}", f"http://{host}:{port + 1}",
                   f"https://{host}:{port}", f"http://{host}", f"{url}/", f"{url}@evil.example", f"{url}.evil", "", f"{url} ", "http://localhost",
                   f"http://localhost:{port}", f"http://[::1]:{port}", f"ws://{host}:{port}", f"{url}, {url}", "*", None]
    with concurrent.futures.ThreadPoolExecutor(len(table)) as pool:
        statuses = list(pool.map(lambda origin: upgrade_status(server, admin.cookie, origin), table))
    for origin, found in zip(table, statuses):
        # Blanks at the end of a field are no part of it (RFC 9110, 5.5).
        wanted = 101 if origin == f"{url} " else 403
        checks.that(f"AB-C1: a socket with the cookie and Origin {'absent' if origin is None else repr(origin)} is {wanted}", found == wanted,
                    f"{found} (0: no answer within 3 s)")
    found = upgrade_status(server, admin.cookie, "http://evil.example", extra=[f"Origin: {url}"])
    checks.that("AB-C1: two Origins, the first one foreign, are no 101", found in (400, 403), f"{found} (0: no answer within 3 s)")
    found = upgrade_status(server, admin.cookie, url, extra=["Origin: http://evil.example"])
    checks.that("AB-C1: two Origins, the second one foreign, are no 101", found in (400, 403), f"{found} (0: no answer within 3 s)")
    found = upgrade_status(server, admin.cookie, f"http://evil.example:{port}", host=f"evil.example:{port}")
    checks.that("AB-C1: a name that was rebound to us is 403", found == 403, f"{found} (0: no answer within 3 s)")


def behind_a_proxy(checks):
    with Server("--public-url", "https://slipway.example", "--trusted-proxy", "127.0.0.1") as server:
        client = server.client()
        headers = {"Host": "slipway.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.9", "Origin": "https://slipway.example"}
        answer = client.post("/api/v1/setup", headers=headers, json={
            "token": server.token_file.read_text().strip(), "username": ADMIN, "password": PASSWORD})
        cookie = answer.headers.get("Set-Cookie", "")
        checks.that("S-AUTH-5: behind a proxy with TLS the cookie is __Host-slipway, Secure, HttpOnly, SameSite=Strict",
                    cookie.startswith("__Host-slipway=") and all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"))
                    and "Domain" not in cookie, cookie or answer.text)
        value = cookie.split(";")[0]
        extra = ["X-Forwarded-Proto: https"]
        for origin, wanted in [("https://slipway.example", 101), ("http://slipway.example", 403), ("https://slipway.example.evil", 403),
                               ("https://evilslipway.example", 403), ("https://slipway.example:444", 403)]:
            found = upgrade_status(server, value, origin, host="slipway.example", extra=extra)
            checks.that(f"AB-C1: at https://slipway.example a socket of {origin} is {wanted}", found == wanted, f"{found} (0: no answer within 3 s)")
        with checks("S-AUTH-11: the audit names the client that the proxy names"):
            entry = client.get("/api/v1/audit", headers={**headers, "Cookie": value}).json()["items"]
            assert any(item["address"] == "203.0.113.9" for item in entry), entry[:2]
        with checks("S-AUTH-11: nobody else's X-Forwarded-For counts"):
            other = server.client(source="127.5.0.1")
            assert login(other, ADMIN, "wrong, and long enough").status_code == 401
            other.headers["X-Forwarded-For"] = "198.51.100.7"
            login(other, ADMIN, "wrong, and long enough")
            entry = client.get("/api/v1/audit?action=account.log_in", headers={**headers, "Cookie": value}).json()["items"]
            entry = entry or client.get("/api/v1/audit", headers={**headers, "Cookie": value}).json()["items"]
            assert not any(item["address"] == "198.51.100.7" for item in entry), entry[:2]


def cross_site(checks, server, admin):
    document = server.document()
    before = admin.get("/api/v1/stacks?limit=200").json()["total"], len(admin.get("/api/v1/users").json()["items"])
    last = admin.get("/api/v1/audit?limit=1").json()["items"][0]["sequence"]
    changing = [(method, path) for method, path, _ in routes(document) if method != "GET"]
    body = json.dumps({"name": "forged", "files": [{"path": "compose.yaml", "text": "services: {a: {image: x}}"}]}).encode()
    foreign = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site", "Cookie": admin.cookie}
    with checks("AB-C2: a form of another site is 403 on every changing route"):
        for method, path in changing:
            # The set-up takes its token, a hook its signature (S-OUT-3): neither looks at a cookie.
            if path == "/api/v1/setup" or path.startswith("/api/v1/hooks/"):
                continue
            for kind in ("text/plain", "application/json", "application/x-www-form-urlencoded"):
                answer = server.client(origin=False).request(method, filled(path, stack="shop"), data=body, headers={**foreign, "Content-Type": kind})
                assert answer.status_code == 403, f"{method} {path} {kind}: {answer.status_code}"
    with checks("AB-C2: without Origin, only Sec-Fetch-Site: same-origin goes through"):
        for site, allowed in [(None, False), ("cross-site", False), ("same-site", False), ("none", False), ("same-origin", True)]:
            headers = {"Cookie": admin.cookie, **({"Sec-Fetch-Site": site} if site else {})}
            answer = server.client(origin=False).post("/api/v1/stacks/no-such/validate", json={}, headers=headers)
            assert (answer.status_code != 403) == allowed, f"{site}: {answer.status_code}"
    with checks("AB-C2: GET on a changing route is 405 and names what is done there"):
        for path, methods in document["paths"].items():
            if "get" not in methods:
                answer = admin.get(filled(path, stack="shop"))
                assert answer.status_code == 405 and answer.headers.get("Allow"), f"{path}: {answer.status_code}"
    with checks("S-WEB-1: a body that is not JSON is 415"):
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp", ""):
            answer = admin.post("/api/v1/stacks", data=body, headers={"Content-Type": kind})
            assert answer.status_code == 415, f"{kind}: {answer.status_code}"
    after = admin.get("/api/v1/stacks?limit=200").json()["total"], len(admin.get("/api/v1/users").json()["items"])
    entries = [item for item in admin.get("/api/v1/audit?limit=200").json()["items"] if item["sequence"] > last and item["outcome"] == "ok"]
    checks.that("AB-C2: nothing was changed, nothing audited as done", before == after and not entries, (before, after, entries))
    with checks("S-WEB-1: no Access-Control-Allow header on anything"):
        for method, path, _ in routes(document):
            for verb in {method, "OPTIONS"}:
                answer = server.client(origin=False).request(verb, filled(path), headers={
                    "Origin": "http://evil.example", "Access-Control-Request-Method": method})
                wrong = [name for name in answer.headers if name.lower().startswith("access-control-")]
                assert not wrong, f"{verb} {path}: {wrong}"


def wrong_headers(answer, is_page=False, is_encrypted=False):
    headers = {name.lower(): value for name, value in answer.headers.items()}
    policy = {part.strip() for part in headers.get("content-security-policy", "").split(";")}
    wanted = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cross-origin-opener-policy": "same-origin",
              "cross-origin-resource-policy": "same-origin"}
    wrong = [f"{name}: {headers.get(name)}" for name, value in wanted.items() if headers.get(name) != value]
    wrong += [f"policy lacks {part}" for part in POLICY - policy]
    wrong += ["policy is unsafe"] if re.search(r"unsafe|\*", headers.get("content-security-policy", "")) else []
    wrong += [] if "camera=()" in headers.get("permissions-policy", "") else ["permissions-policy"]
    wrong += [] if is_page or headers.get("cache-control") == "no-store" else [f"cache-control: {headers.get('cache-control')}"]
    wrong += ["a hint at the software"] if {"server", "x-powered-by"} & headers.keys() else []
    if is_encrypted and not re.search(r"max-age=31536000", headers.get("strict-transport-security", "")):
        wrong.append("strict-transport-security")
    return wrong


def security_headers(checks, server, admin):
    document = server.document()
    for name, client in [("anonymous", server.client()), ("an admin's", admin)]:
        with checks(f"AB-C4: all headers of S-WEB-4 on {name} calls of every route"):
            for method, path, _ in routes(document):
                if path in ("/api/v1/logout",) or method == "DELETE" and "second-factor" in path:
                    continue
                answer = client.request(method, filled(path, stack="no-such", id="99999"), json=None if method in ("GET", "DELETE") else {"x": 1})
                wrong = wrong_headers(answer)
                assert not wrong, f"{method} {path} ({answer.status_code}): {wrong}"
    with checks("AB-C4: and on refusals: unknown calls, methods, hosts, bodies, limits"):
        for answer in [admin.get("/api/v1/no-such"), admin.request("DELETE", "/api/v1/stacks"), admin.request("OPTIONS", "/api/v1/stacks"),
                       admin.get("/healthz", headers={"Host": "evil.example"}), admin.post("/api/v1/stacks", data=b"{"),
                       admin.get("/healthz?" + "x" * 9000), admin.get("/api/v1/stacks/%2e%2e"), admin.head("/api/v1/stacks")]:
            wrong = wrong_headers(answer)
            assert not wrong, f"{answer.request.method} {answer.request.path_url[:60]} ({answer.status_code}): {wrong}"
    with checks("AB-C4: and on pages, which have no inline script or style"):
        for path, is_page in [("/", True), ("/stacks/x", True), ("/assets/none.js", True), ("/../etc/passwd", True), ("/api/docs", False)]:
            answer = admin.get(path)
            wrong = wrong_headers(answer, is_page=is_page)
            assert not wrong, f"{path} ({answer.status_code}): {wrong}"
            assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:", answer.text, re.I), path
    with checks("S-WEB-4: nothing is served from outside the web root"):
        for path in ("/../../etc/passwd", "/..%2f..%2fetc/passwd", "/assets/../../../etc/passwd", "/assets/..%2f..%2fetc%2fpasswd", "//etc/passwd",
                     "/%2e%2e/%2e%2e/etc/passwd", "/.git/config"):
            answer = server.ask(f"GET {path}")
            assert b"root:" not in answer.data and answer.status < 500, (path, answer)


def encrypted(checks):
    with Server() as plain:
        certificate, key = plain.folder / "cert.pem", plain.folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj",
                        "/CN=localhost", "-keyout", key, "-out", certificate], check=True, capture_output=True, timeout=30)
        with Server("--tls-cert", certificate, "--tls-key", key) as server:
            answer = server.client().get("/healthz")
            wrong = wrong_headers(answer, is_encrypted=True)
            checks.that("AB-C4: with TLS there is Strict-Transport-Security too", not wrong, wrong)
            token = server.token_file.read_text().strip()
            answer = server.client().post("/api/v1/setup", json={"token": token, "username": ADMIN, "password": PASSWORD})
            cookie = answer.headers.get("Set-Cookie", "")
            checks.that("S-AUTH-5: with TLS the cookie is __Host-slipway and Secure", cookie.startswith("__Host-slipway=") and "Secure" in cookie, cookie)
            checks.that("plain HTTP on the TLS port gets no answer of the API", b"HTTP/1.1 2" not in plain_http(server))


def plain_http(server):
    with contextlib.closing(socket.create_connection((server.host, server.port), 5)) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with contextlib.suppress(OSError):
            return connection.recv(1000)
    return b""


# S-WEB-6: limits of HTTP

def sizes(checks, server, admin):
    cookie = f"Cookie: {admin.cookie}"
    for size, is_refused in [(8000, False), (8 << 10, False), ((8 << 10) + 1, True), (15_000, True)]:
        path = "/api/v1/stacks?filter="
        answer = server.ask("GET " + path + "x" * (size - len(path)), cookie)
        checks.that(f"S-WEB-6: an address of {size} bytes is {'414' if is_refused else 'read'}",
                    answer.status == 414 if is_refused else answer.status == 422, answer)
    for name, fields, is_refused in [
        ("15 KiB of header", ["X-Long: " + "x" * (15 << 10)], False), ("a field of 17 KiB", ["X-Long: " + "x" * (17 << 10)], True),
        ("fields of 20 KiB together", [f"X-Long-{number}: " + "x" * 2000 for number in range(10)], True),
        ("a header of 1 MiB", ["X-Long: " + "x" * MIB], True), ("1000 fields", [f"X-{number}: 1" for number in range(1000)], True),
    ]:
        answer = server.ask("GET /healthz", *fields)
        # A server may also just close, when the client still writes; 400, 413 and 431 say the same.
        checks.that(f"S-WEB-6: {name} is {'refused' if is_refused else 'read'}",
                    answer.status in (0, 400, 413, 431) if is_refused else answer.status == 200, answer)
        if is_refused:
            checks.that(f"S-WEB-6: ... and {name} is told so, by 431 or 400", answer.status in (400, 431), answer)
    headers = ["Content-Type: application/json", cookie, f"Origin: {server.url}"]
    path = "POST /api/v1/session/step-up"
    body = b'{"password":"' + b"x" * (2 * MIB - 15) + b'"}'
    for name, data, wanted in [("of 2 MiB", body, 422), ("of 2 MiB and a byte", body[:-2] + b'x"}', 413)]:
        answer = server.ask(path, *headers, f"Content-Length: {len(data)}", body=data)
        checks.that(f"S-WEB-6: a body {name} is {wanted}", answer.status == wanted, answer)
        chunked = b"".join(b"%x\r\n%s\r\n" % (len(data[at:at + 65536]), data[at:at + 65536]) for at in range(0, len(data), 65536)) + b"0\r\n\r\n"
        answer = server.ask(path, *headers, "Transfer-Encoding: chunked", body=chunked)
        checks.that(f"S-WEB-6: a chunked body {name} is {wanted}", answer.status == wanted, answer)
    answer = server.ask(path, *headers, f"Content-Length: {1 << 40}", body=b"{", seconds=3)
    checks.that("S-WEB-6: a body that claims 1 TiB is refused at once", answer.status in (400, 413), answer)
    for depth, wanted in [(64, 422), (65, 400), (100_000, 400)]:
        data = b'{"password":' + b"[" * (depth - 1) + b"]" * (depth - 1) + b"}"
        answer = server.ask(path, *headers, f"Content-Length: {len(data)}", body=data)
        checks.that(f"S-WEB-6: JSON of depth {depth} is {wanted}", answer.status == wanted, answer)
    for name, data in {"an empty one": b"", "not JSON": b"{", "two values": b"{}{}", "no object": b"[]", "not UTF-8": b'{"password":"\xff"}',
                       "a NUL": b'{"password":"\x00"}', "NaN": b'{"password":NaN}',
                       "a lone surrogate": b'{"password":"\\ud800"}', "a number of 400 digits": b'{"password":' + b"9" * 400 + b"}"}.items():
        answer = server.ask(path, *headers, f"Content-Length: {len(data)}", body=data)
        checks.that(f"a body that is {name} is refused with 400 or 422", answer.status in (400, 422), answer)


def ambiguous(checks, server):
    """Requests that two servers in a row may read differently (RFC 9112, 6.3)."""
    chunked = b"0\r\n\r\n"
    kind = "Content-Type: application/json"
    cases = [
        ("Content-Length and Transfer-Encoding", ["Content-Length: 5", "Transfer-Encoding: chunked"], chunked),
        ("Transfer-Encoding and Content-Length", ["Transfer-Encoding: chunked", "Content-Length: 5"], chunked),
        ("two lengths", ["Content-Length: 2", "Content-Length: 3"], b"{} "), ("the length 2, 3", ["Content-Length: 2, 3"], b"{} "),
        ("the length +2", ["Content-Length: +2"], b"{}"), ("the length -1", ["Content-Length: -1"], b"{}"),
        ("the length 0x2", ["Content-Length: 0x2"], b"{}"), ("the length 2 3", ["Content-Length: 2 3"], b"{}"),
        ("a length past 2^64", ["Content-Length: 99999999999999999999999"], b"{}"),
        ("another transfer coding", ["Transfer-Encoding: xchunked"], chunked), ("chunked before another coding", ["Transfer-Encoding: chunked, gzip"], chunked),
        ("a blank before the colon", ["Transfer-Encoding : chunked"], chunked), ("a folded field", ["X-A: b\r\n c"], b""),
        ("a name with a blank", ["X A: b"], b""), ("a NUL in a field", ["X-A: b\0c"], b""), ("a bare CR in a field", ["X-A: b\rc"], b""),
        ("a field without a colon", ["nonsense"], b""), ("a wrong chunk size", ["Transfer-Encoding: chunked"], b"zz\r\n{}\r\n0\r\n\r\n"),
        ("a chunk size past 2^64", ["Transfer-Encoding: chunked"], b"FFFFFFFFFFFFFFFFF\r\n{}"), ("two hosts", ["Host: evil.example"], b""),
    ]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda case: server.ask("POST /api/v1/login", kind, *case[1], body=case[2], seconds=3), cases))
    for (name, _, _), answer in zip(cases, found):
        refused = answer.status in (400, 501) or answer.status == 431
        checks.that(f"S-WEB-6: {name}: 400", refused, answer)
        checks.that(f"S-WEB-6: {name}: one answer at most", answer.data.count(b"HTTP/1.1 ") <= 1, answer)
    faults = {
        "a wrong chunk size": b"POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "too large fields": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: " + b"x" * (17 << 10),
        "nonsense": b"nonsense\r\n\r\n",
        "nonsense behind a good request": b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nnonsense\r\n\r\n",
        "the end within a body": b"POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{}",
    }
    for name, data in faults.items():
        with contextlib.closing(server.connect(8)) as connection:
            connection.sendall(data)
            if name.startswith("the end"):
                connection.shutdown(socket.SHUT_WR)
            begin = time.monotonic()
            found = read_rest(connection, 8)
            seconds = time.monotonic() - begin
        statuses = [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+)", found)]
        wanted = [[200, 400]] if "behind" in name else [[400], [431]]
        checks.that(f"S-WEB-6: {name}: answered once, and closed at once", statuses in wanted and seconds < 2, f"{statuses} after {seconds:.1f} s")
        last = RawAnswer(found[found.rfind(b"HTTP/1.1 "):])
        checks.that(f"AB-C4: {name}: with the headers and the body of every refusal", not wrong_headers(last) and b'"code"' in last.body
                    and last.headers.get("Connection") == "close", last)
    cases = {
        "no host": b"GET /healthz HTTP/1.1\r\n\r\n", "an empty host": b"GET /healthz HTTP/1.1\r\nHost:\r\n\r\n",
        "HTTP/9.9": b"GET /healthz HTTP/9.9\r\nHost: localhost\r\n\r\n", "no version": b"GET /healthz\r\n\r\n", "nonsense": b"\x16\x03\x01\x02\x00\x01",
        "the preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "a method of blanks": b"   /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "a method of 10,000 letters": b"G" * 10_000 + b" /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "CONNECT": b"CONNECT localhost:22 HTTP/1.1\r\nHost: localhost\r\n\r\n", "TRACE": b"TRACE /healthz HTTP/1.1\r\nHost: localhost\r\nCookie: a=b\r\n\r\n",
        "a NUL in the address": b"GET /healthz\0 HTTP/1.1\r\nHost: localhost\r\n\r\n", "a blank in the address": b"GET /heal thz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    }
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda data: RawAnswer(server.raw(data, seconds=3)), cases.values()))
    for name, answer in zip(cases, found):
        checks.that(f"{name} is refused", answer.status == 0 and not answer.data.startswith(b"HTTP/1.1 2") or 400 <= answer.status < 500 or answer.status in (501, 505), answer)
    for name, fields in [("h2c", "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"),
                         ("a socket, elsewhere", "Upgrade: websocket\r\nConnection: Upgrade"), ("anything, without Connection", "Upgrade: x")]:
        answer = RawAnswer(server.raw(f"GET /healthz HTTP/1.1\r\nHost: localhost\r\n{fields}\r\n\r\n".encode(), seconds=3))
        checks.that(f"a call that asks for {name} is answered as one that does not (RFC 9110, 7.8)", answer.status == 200, answer)
    with checks("a refused upgrade with a body does no harm"):
        for fields in (["Content-Length: 5"], ["Transfer-Encoding: chunked"]):
            server.ask("POST /api/v1/socket", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", *fields,
                       body=b"5\r\nhello\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", seconds=1)
        assert server.client().get("/healthz").status_code == 200


def hosts(checks, server):
    for host, wanted in [("localhost", 200), (f"localhost:{server.port}", 200), ("LOCALHOST", 200), ("127.0.0.1", 200), ("[::1]:80", 200),
                         ("evil.example", 403), (f"evil.example:{server.port}", 403), ("localhost.evil.example", 403), ("localhost@evil.example", 403),
                         ("evil.example#localhost", 403), ("127.0.0.1.evil.example", 403)]:
        answer = server.ask("GET /healthz", host=host)
        # What is no host at all may be 400 too.
        checks.that(f"S-WEB-1: Host {host} is {wanted}", answer.status == wanted or wanted == 403 and answer.status == 400, answer)
    answer = RawAnswer(server.raw(f"GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode(), seconds=3))
    checks.that("S-WEB-1: an absolute address of another host is 403", answer.status == 403, answer)
    for address, wanted in [(f"http://127.0.0.1:{server.port}/healthz", 200), ("HTTP://LOCALHOST/healthz", 200), ("https://evil.example/healthz", 403),
                            ("http://localhost@evil.example/healthz", 403), ("http://evil.example?/../localhost/healthz", 403), ("http:///healthz", 400),
                            ("evil.example/healthz", 400), ("ftp://localhost/healthz", 400)]:
        answer = RawAnswer(server.raw(f"GET {address} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode(), seconds=3))
        checks.that(f"S-WEB-1: the address {address} is {wanted}", answer.status == wanted, answer)
    with checks("S-WEB-1: a page cannot name its own host as the one meant, by an absolute address"):
        answer = RawAnswer(server.raw((f"POST http://evil.example/api/v1/login HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\n"
                                       "Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}").encode(), seconds=3))
        assert answer.status == 403, answer


def methods(checks, server, admin):
    document = server.document()
    with checks("HEAD is as GET without a body, or 405"):
        for path, methods_ in document["paths"].items():
            answer = server.ask(f"HEAD {filled(path, stack='shop')}", f"Cookie: {admin.cookie}")
            assert answer.status < 500 and answer.status != 0 and not answer.body, f"{path}: {answer}"
            assert "get" in methods_ or answer.status in (404, 405), f"{path}: {answer}"
            if "get" in methods_:
                get = server.ask(f"GET {filled(path, stack='shop')}", f"Cookie: {admin.cookie}")
                # Figures of the process change between two calls.
                names = {"Content-Type", "Content-Length"} - ({"Content-Length"} if path in ("/metrics", "/api/v1/system", "/api/v1/openapi.json") else set())
                assert answer.status == get.status, f"{path}: {answer.status}, {get.status}"
                assert all(answer.headers.get(name) == get.headers.get(name) for name in names), f"{path}: {answer.headers}, {get.headers}"
    with checks("HEAD leaves the connection good for the next call"), contextlib.closing(server.connect(5)) as connection:
        for method in ("HEAD", "GET", "HEAD", "GET"):
            connection.sendall(f"{method} /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            data = b""
            while not data.endswith(b"\r\n\r\n" if method == "HEAD" else b"}"):
                data += connection.recv(65536)
            assert data.startswith(b"HTTP/1.1 200") and (b"}" in data) == (method == "GET"), data
    with checks("OPTIONS, TRACE and unknown methods are 405 or 501, and change nothing"):
        for path in document["paths"]:
            for method in ("OPTIONS", "TRACE", "PROPFIND", "QUERY"):
                answer = server.ask(f"{method} {filled(path, stack='shop')}", f"Cookie: {admin.cookie}")
                assert answer.status in (400, 404, 405, 501), f"{method} {path}: {answer}"
                assert admin.cookie.encode() not in answer.data


def slow_clients(checks, server):
    """What does not come to an end is closed; all at the same time, because each takes as long as its limit."""
    def closed_after(first, then=b"", every=1.0, limit=IDLE_SECONDS + 15):
        begin = time.monotonic()
        with contextlib.closing(server.connect(limit)) as connection, contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(first)
            while time.monotonic() - begin < limit:
                if select.select([connection], [], [], every)[0]:
                    if not connection.recv(65536):
                        break
                elif then:
                    connection.sendall(then)
            else:
                return None
        return time.monotonic() - begin
    head = b"POST /api/v1/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    upgrade = b"GET /api/v1/socket HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    cases = {
        "nothing sent": (b"", b"", HEADER_SECONDS), "half a header": (b"GET /healthz HTTP/1.1\r\nHost: local", b"", HEADER_SECONDS),
        "a header, a byte a second": (b"GET /healthz HTTP/1.1\r\nX-Slow: ", b"x", HEADER_SECONDS), "half an upgrade": (upgrade, b"", HEADER_SECONDS),
        "an idle connection after an answer": (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"", IDLE_SECONDS),
        "half a header after an answer": (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET /heal", b"", IDLE_SECONDS),
        "half a body": (head + b"{", b"", IDLE_SECONDS),
    }
    with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
        found = {name: pool.submit(closed_after, first, then) for name, (first, then, _) in cases.items()}
        for name, (_, _, limit) in cases.items():
            seconds = found[name].result(IDLE_SECONDS + 30)
            checks.that(f"S-WEB-6: {name} is closed after {limit} s", seconds is not None and seconds < limit + 5,
                        f"{'not within 45' if seconds is None else round(seconds)} s")


def wrong_values(checks, admin):
    """What a schema cannot say is told with its place all the same, before any engine is asked."""
    for pool, places in [({"subnet": "nonsense"}, ["subnet"]), ({"subnet": "10.0.0.0"}, ["subnet"]), ({"subnet": "10.0.0.0/33"}, ["subnet"]),
                         ({"subnet": "10.0.0.0/8", "gateway": "10.0.0.0/8"}, ["gateway"]), ({"subnet": "10.0.0.0/-1", "range": "x"}, ["subnet", "range"])]:
        answer = admin.post("/api/v1/servers/local/networks", json={"name": "wrong", "pools": [pool]})
        found = [fault["place"] for fault in answer.json().get("faults") or []]
        checks.that(f"a network with the pool {pool} is 422, with the place", answer.status_code == 422 and
                    found == [f"/pools/0/{place}" for place in places], answer.text)
    answer = admin.put("/api/v1/stacks/shop/secrets/1-wrong", json={"value": "x"})
    described = admin.server.document()["paths"]["/api/v1/stacks/{stack}/secrets/{name}"]["put"]["responses"]
    checks.that("a secret with a wrong name is 422, as described", answer.status_code == 422 and "422" in described, answer.text)


def connections(checks, server):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    before, answered = server.memory(), 0
    with contextlib.ExitStack() as stack:
        held = []
        for _ in range(CONNECTIONS + 300):
            connection = stack.enter_context(contextlib.closing(socket.socket()))
            connection.setblocking(False)
            connection.connect_ex((server.host, server.port))
            held.append(connection)
            if len(held) % 50 == 0:
                writable(held[-50:])
        writable(held)
        for connection in held:
            with contextlib.suppress(OSError):
                connection.send(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        end, waiting = time.monotonic() + 4, {connection.fileno(): connection for connection in held}
        poll = select.poll()
        for number in waiting:
            poll.register(number, select.POLLIN)
        while time.monotonic() < end:
            for number, _ in poll.poll(200):
                poll.unregister(number)
                with contextlib.suppress(OSError):
                    answered += waiting[number].recv(4096).startswith(b"HTTP/1.1 200")
        grown = server.memory() - before
    checks.that(f"S-WEB-6: of {CONNECTIONS + 300} connections at most {CONNECTIONS} are served", 0 < answered <= CONNECTIONS, f"{answered} were answered")
    checks.that("S-WEB-6: and cost less than 64 MiB", grown < 64 * MIB, f"{grown / MIB:.0f} MiB")
    with checks("S-WEB-6: when they are gone, others are served"):
        wait_until("health", lambda: answers(server), 15)


def writable(connections, seconds=2):
    """Waits until all are connected, or the time is over: what is not served waits in the kernel."""
    poll = select.poll()
    for connection in connections:
        poll.register(connection, select.POLLOUT)
    end, left = time.monotonic() + seconds, len(connections)
    while left and time.monotonic() < end:
        for number, _ in poll.poll(100):
            poll.unregister(number)
            left -= 1


def answers(server):
    try:
        return server.client().get("/healthz", timeout=3).status_code == 200
    except OSError:
        return False


# AB-D4: names

MARK = "zzmark"
NAMES = [f"..%2f{MARK}", f"..%2F..%2F{MARK}", f"%2e%2e%2f{MARK}", f"{MARK}%2f..", "%2e", "%2e%2e", "A" + MARK, f"{MARK}%2fb", f"{MARK}%00b",
         f"-{MARK}", "%EF%BD%81" + MARK, "a" * 64, f"{MARK}%0a", f"{MARK}%20", f"{MARK};b", f"{MARK}%5c..", f"_{MARK}", f"{MARK}@..%2fx", f"{MARK}@",
         f"@{MARK}", f"{MARK}@a@b", f"{MARK}@-x", f"{MARK}%ff", f"{MARK}%2", f"{MARK}%c0%ae", "%25" + MARK, f"{MARK}$(id)", f"{MARK}~"]
# These are other paths already, by the rules of addresses: no call, or another one.
RAW_NAMES = [f"../{MARK}", ".", "..", "", f"{MARK}/b", f"./{MARK}"]


def names(checks, server, admin):
    with tracing(server) as trace:
        admin.get("/api/v1/stacks/shop/files")             # shows that the trace sees what is done
        before = sorted(str(path.relative_to(server.folder)) for path in server.folder.rglob("*"))
        with checks(f"AB-D4: {len(NAMES)} names that are none are 400 on every route of a stack"):
            for method, path, call in routes(server.document()):
                if "{stack}" not in path:
                    continue
                for name in NAMES:
                    answer = server.ask(f"{method} {filled(path.replace('{stack}', name))}", f"Cookie: {admin.cookie}", f"Origin: {server.url}",
                                        "Content-Type: application/json", "Content-Length: 2", body=b"{}")
                    assert answer.status == 400, f"{method} {path} {name}: {answer}"
        with checks("AB-D4: names that make another path get no 2xx from a route of a stack, and no 5xx"):
            for method, path, call in routes(server.document()):
                if "{stack}" not in path:
                    continue
                for name in RAW_NAMES:
                    answer = server.ask(f"{method} {filled(path.replace('{stack}', name))}", f"Cookie: {admin.cookie}", f"Origin: {server.url}",
                                        "Content-Type: application/json", "Content-Length: 2", body=b"{}")
                    # GET of another page or list that is there is fine.
                    assert answer.status in (400, 404, 405, 415, 422) or answer.status == 200 and method == "GET", f"{method} {path} {name}: {answer}"
        with checks("AB-D4: and no stack is made under such a name"):
            for name in ["../" + MARK, ".", "..", "", "a" * 64, "A", "a/b", "a\0b", "-rf", "ａ", "a b", "a.b", "_a", "a@local", "a\n", "con:", "a\\b"]:
                answer = admin.post("/api/v1/stacks", json={"name": name, "files": [{"path": "compose.yaml", "text": "services: {a: {image: x}}"}]})
                assert answer.status_code in (400, 422), f"{name!r}: {answer.status_code}"
            for place in ["../" + MARK, "/etc/" + MARK, "a/../../" + MARK, "", ".", "a\0b", "a//b", "a/./b", "x" * 5000]:
                answer = admin.post("/api/v1/stacks", json={"name": "placed", "files": [{"path": place, "text": "x"}]})
                assert answer.status_code in (400, 422), f"file {place!r}: {answer.status_code}"
                for answer in (admin.put("/api/v1/stacks/shop/file", params={"path": place}, json={"text": "x"}),
                               admin.get("/api/v1/stacks/shop/file", params={"path": place}), admin.delete("/api/v1/stacks/shop/file", params={"path": place})):
                    assert answer.status_code in (400, 404, 422), f"{answer.request.method} file {place!r}: {answer.status_code}"
        after = sorted(str(path.relative_to(server.folder)) for path in server.folder.rglob("*"))
        checks.that("AB-D4: no file or folder was made by any of it", before == after, set(after) ^ set(before))
    if not trace:
        checks.skip("AB-D4: no system call with such a path", "strace cannot follow the server here")
    else:
        checks.that("AB-D4: (the system calls of a good name are seen)", any("/shop" in line for line in trace), trace[:5])
        touched = [line for line in trace if MARK in line]
        checks.that(f"AB-D4: no system call with such a path, of {len(trace)}", not touched, touched[:3])


@contextlib.contextmanager
def tracing(server):
    """Gives a list that has the system calls about files when this is over; it stays empty where strace cannot."""
    calls, path = [], server.folder.parent / f"{server.folder.name}.trace"
    if not shutil.which("strace"):
        yield calls
        return
    tracer = subprocess.Popen(["strace", "-f", "-qq", "-e", "trace=%file", "-o", path, "-p", str(server.pid)], stderr=subprocess.DEVNULL)
    try:
        def follows():
            return tracer.poll() is not None or f"TracerPid:\t{tracer.pid}" in open(f"/proc/{server.pid}/status").read()
        wait_until("strace follows", follows, 10)
        yield calls
    finally:
        tracer.terminate()
        tracer.wait(10)
        if path.exists():
            calls += path.read_text(errors="replace").splitlines()
            path.unlink()


def pages(checks):
    """The folder of the web UI: paths of its pages, its files, and nothing beside it."""
    with tempfile.TemporaryDirectory() as parent:
        root = pathlib.Path(parent) / "web"
        (root / "assets").mkdir(parents=True)
        (root / "icons").mkdir()
        (root / "icons/x.png").write_text("png")
        for name, text in (("index.html", '<!doctype html><html lang="en"><title>page</title>'), ("licences.txt", "of others"), ("assets/app-1.js", "let a")):
            (root / name).write_text(text)
            (root / f"{name}.gz").write_bytes(gzip.compress(text.encode()))
        (root.parent / "secret.txt").write_text("secret")
        (root / "link.txt").symlink_to(root.parent / "secret.txt")
        with Server("--web-root", root) as server:
            def got(path, *headers):
                return server.ask(f"GET {path}", *headers)
            for path in ("/", "/setup", "/stacks/shop@local/logs", "/volumes/my.vol@local", "/containers/a.b", "/volumes/data.json", "/logs?query=a.b"):
                answer = got(path)
                checks.that(f"{path} is the one page", answer.status == 200 and b"<title>page" in answer.body and
                            answer.headers["Cache-Control"] == "no-cache" and not wrong_headers(answer, is_page=True), answer)
            for cookie, attribute in (("dark", b' data-theme="dark" lang'), ("light", b' data-theme="light" lang'), ('"><script>', b"<html lang")):
                answer = got("/stacks", f"Cookie: a=b; slipway_theme={cookie}", "Accept-Encoding: gzip")
                body = gzip.decompress(answer.body) if answer.headers.get("Content-Encoding") == "gzip" else answer.body
                checks.that(f"the page comes in the theme {cookie} of its cookie", answer.status == 200 and attribute in body and b"script" not in body and
                            answer.headers["Vary"] == "Accept-Encoding, Cookie", answer)
            asset, packed = got("/assets/app-1.js"), got("/assets/app-1.js", "Accept-Encoding: br, gzip")
            checks.that("files with a hash in their name stay for a year", "immutable" in asset.headers["Cache-Control"] and
                        asset.headers["Content-Type"].startswith("text/javascript") and asset.body == b"let a", asset)
            checks.that("they come packed to who takes them so", packed.headers["Content-Encoding"] == "gzip" and
                        gzip.decompress(packed.body) == b"let a" and packed.headers["Vary"] == "Accept-Encoding", packed)
            plain = got("/assets/app-1.js", "Accept-Encoding: gzip;q=0, br")
            checks.that("and plain to who does not", plain.body == b"let a" and "Content-Encoding" not in plain.headers, plain)
            checks.that("other files are there", got("/licences.txt").body == b"of others" and got("/icons/x.png").body == b"png")
            for path in ("/licences.txt%00.html", "/%zz", "/%ff", "/a%0ab"):
                checks.that(f"{path} is a bad request", got(path).status == 400, got(path))
            for path in ("/nope.txt", "/assets/nope.js", "/link.txt", "/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt", "/.hidden"):
                answer = got(path)
                checks.that(f"{path} is not there", answer.status in (400, 404) and b"secret" not in answer.body, answer)


def body(checks):
    with Server() as folder:
        path = folder.folder / "stub.sock"
        with StubEngine(path) as engine:
            threading.Thread(target=engine.serve_forever, daemon=True).start()
            with Server(engine=f"unix://{path}") as server:
                run(checks, server, engine)
            engine.shutdown()
    guarded(checks, behind_a_proxy)
    guarded(checks, encrypted)
    guarded(checks, pages)


def run(checks, server, engine):
    admin = server.set_up()
    admin.create_stack("shop")
    for part in (guesses, many_logins, ambiguous, hosts, slow_clients, connections):
        guarded(checks, part, server)
    for part in (password_change, fallen_admin, origins, cross_site, security_headers, sizes, methods, names):
        admin.step_up()
        guarded(checks, part, server, admin)
    guarded(checks, wrong_values, admin)
    guarded(checks, before_the_engine, server, admin, engine)
    checks.that("the server has lived through all of it", server.process.poll() is None, server.log_text()[-500:])
    checks.that("and noted no fault of its own", " error " not in server.log_text(), [line for line in server.log_text().splitlines() if " error " in line][:3])


def guarded(checks, part, *arguments):
    """A part that cannot go on is one failure; the others go on."""
    if sys.argv[1:] and part.__name__ not in sys.argv[1:]:
        return
    begin = time.monotonic()
    try:
        part(checks, *arguments)
    except Exception as error:
        checks.fail(part.__name__, f"{type(error).__name__}: {error}")
    print(f"# {part.__name__}: {time.monotonic() - begin:.0f} s", flush=True)


main(body, 850)
