#!/usr/bin/env python3
"""canaries.py [PART...]   where secrets are and where they are not: canaries in every place for a secret, looked for everywhere else (AB-H1),
new keys while the server runs, without it, and killed at every system call (S-SEC-2, AB-H3), starts without the key, with a wrong and an
open one (AB-H3), private Git repositories with a token over http on this machine (S-SEC-5), values of all kinds
(AB-H4, AB-H5). Parts: keys, start, git, exact, canaries."""

import base64
import contextlib
import http.client
import io
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tarfile
import threading
import time
import urllib.parse

from githost import GitHost, Repository
from server import ADMIN, BINARY, PASSWORD, Engine, Server, main, say, wait_until

ENDS = ("done", "failed", "rolled_back", "cancelled", "needs_attention")
# What a killed rotation may have been doing: each of its calls that change a file.
FAULTS = [("rename", 8), ("unlink", 3), ("fsync,fdatasync", 12), ("pwrite64", 60)]


def slipway(*arguments, data, **options):
    options.setdefault("timeout", 60)
    environment = {"PATH": os.environ["PATH"], "HOME": str(data.parent), "SLIPWAY_DATA": str(data), "SWIFT_BACKTRACE": "enable=no"}
    return subprocess.run([BINARY, *arguments], env=environment, capture_output=True, text=True, **options)


def operation(client, answer, seconds=120):
    """The end of the operation that an answer names."""
    assert answer.status_code == 202, f"{answer.status_code} {answer.text}"
    path = f"/api/v1/operations/{answer.json()['id']}"

    def ended():
        now = client.get(path).json()
        return now if now["state"] in ENDS else None
    return wait_until(f"{path} ends", ended, seconds)


def put_secret(client, stack, name, value):
    answer = client.put(f"/api/v1/stacks/{stack}/secrets/{name}", json={"value": value})
    assert answer.status_code in (200, 201, 204), f"{answer.status_code} {answer.text}"


def reveal(client, stack, name):
    answer = client.post(f"/api/v1/stacks/{stack}/secrets/{name}/reveal")
    assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
    return answer.json()["value"]


# MARK: New keys

def keys(checks):
    with Server() as server:
        admin = server.set_up()
        admin.create_stack("shop")
        values = {f"TOKEN_{number}": f"value-{number}-€-\n-{'x' * number * 100}" for number in range(20)}
        for name, value in values.items():
            put_secret(admin, "shop", name, value)
        key = server.data / "master.key"

        def all_open():
            return {name: reveal(admin, "shop", name) for name in values}
        for options in ([], ["--data"]):
            before = key.read_bytes()
            result = slipway("secrets", "rotate", "--json", *options, data=server.data)
            with checks(f"S-SEC-2: secrets rotate {' '.join(options)} while the server runs"):
                assert result.returncode == 0, result.stderr
                found = json.loads(result.stdout)
                # The stack's and the installation's.
                assert found["data_keys"] == 2 and found["values"] == (20 if options else 0) and found["damaged"] == [], found
                assert key.read_bytes() != before and key.stat().st_mode & 0o777 == 0o600
                assert all_open() == values
                assert server.client().get("/readyz").status_code == 200
        with checks("S-SEC-2: over the network it is refused, also to an admin"):
            answer = admin.post("/api/v1/admin/secrets/rotate", json={})
            assert answer.status_code == 403, answer.text
        with checks("S-AUD-1: each rotation is in the audit log, and no key"):
            actions = [entry["action"] for entry in admin.get("/api/v1/audit", params={"action": "secrets."}).json()["items"]]
            assert actions == ["secrets.rotate"] * 3, actions
        assert server.stop()[0] == 0
        result = slipway("secrets", "rotate", "--data", data=server.data)
        checks.that("S-SEC-2: secrets rotate --data without a server", result.returncode == 0, result.stderr)
        killed(checks, server.data)
        server.start()
        admin = server.log_in()
        admin.step_up()
        checks.that("AB-H3: after it was killed again and again, all values open", all_open() == values)
        verdict = slipway("audit", "verify", data=server.data)
        checks.that("AB-H3: and the audit log is whole", verdict.returncode == 0, verdict.stdout + verdict.stderr)


def killed(checks, data):
    """kill -9 at the n-th of every call that changes a file, for every n, each on what the last one has left."""
    for options in ([], ["--data"]):
        for calls, limit in FAULTS:
            hits = 0
            with checks(f"AB-H3: secrets rotate {' '.join(options)} killed at every {calls}: the old key or the new one opens all"):
                for number in range(1, limit + 1):
                    command = ["strace", "-f", "-o", "/dev/null", "-e", f"trace={calls}",
                               "-e", f"inject={calls}:signal=SIGKILL:when={number}", BINARY, "secrets", "rotate", *options]
                    environment = {"PATH": os.environ["PATH"], "HOME": str(data.parent), "SLIPWAY_DATA": str(data),
                                   "SWIFT_BACKTRACE": "enable=no"}
                    code = subprocess.run(command, env=environment, capture_output=True, timeout=60).returncode
                    found = slipway("audit", "verify", data=data)
                    assert found.returncode == 0, f"after {calls} {number}: {found.stdout} {found.stderr}"
                    if code == 0:
                        break
                    hits += 1
                assert hits > 0, "it was never killed"
                print(f"# {calls} {' '.join(options)}: killed {hits} times", flush=True)


# MARK: The start

def start(checks):
    with Server() as server:
        admin = server.set_up()
        admin.create_stack("shop")
        put_secret(admin, "shop", "TOKEN", "first")
        server.stop()
        key = server.data / "master.key"
        right = key.read_bytes()

        def degraded(what, word):
            at = len(server.log_text())
            server.start()
            with checks(f"AB-H3: {what}: the server starts degraded and says so"):
                text = server.log_text()[at:]
                assert "degraded" in text and word in text, text
                answer = server.client().get("/readyz")
                assert answer.status_code == 503 and answer.json()["code"] == "degraded", answer.text
                assert server.client().get("/healthz").status_code == 200
                answer = server.client().post("/api/v1/login", json={"username": ADMIN, "password": PASSWORD})
                assert answer.status_code == 503, f"{answer.status_code} {answer.text}"
                result = slipway("admin", "ready", data=server.data)
                assert result.returncode == 1, result.stdout
                result = slipway("secrets", "rotate", data=server.data)
                assert result.returncode == 1 and word in result.stderr, result.stderr
            server.stop()
        key.unlink()
        degraded("without the key file", "is missing")
        checks.that("AB-H3: and no new one is made", not key.exists())
        key.write_bytes(bytes(32))
        key.chmod(0o600)
        degraded("with a wrong one", "is not the key")
        checks.that("AB-H3: and it is left as it is", key.read_bytes() == bytes(32))
        key.write_bytes(right)
        key.chmod(0o644)
        result = slipway("serve", "--listen", "127.0.0.1:0", data=server.data, timeout=20)
        checks.that("AB-H3: with mode 0644 it is refused", result.returncode != 0 and "open to other users" in result.stderr,
                    result.stderr)
        key.chmod(0o600)
        server.start()
        admin = server.log_in()
        admin.step_up()
        checks.that("AB-H3: with the right one all is as before", reveal(admin, "shop", "TOKEN") == "first")


# MARK: Git

class Watched:
    """Looks at the arguments and the environments of all descendants of a process, as often as it can."""

    def __init__(self, pid, needles):
        self.pid, self.needles, self.found, self.seen, self.is_over = pid, needles, [], set(), False

    def __enter__(self):
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over = True
        self.thread.join(10)

    def run(self):
        while not self.is_over:
            parents = {}
            for entry in os.scandir("/proc"):
                if entry.name.isdigit():
                    with contextlib.suppress(OSError, IndexError):
                        parents[int(entry.name)] = int(pathlib.Path(entry.path, "stat").read_text().rsplit(")", 1)[1].split()[1])
            ours = {self.pid}
            for _ in range(8):
                ours |= {pid for pid, parent in parents.items() if parent in ours}
            for pid in ours:
                for name in ("cmdline", "environ"):
                    with contextlib.suppress(OSError):
                        data = pathlib.Path(f"/proc/{pid}/{name}").read_bytes()
                        self.seen.add(data[:60])
                        self.found += [(name, data[:200]) for needle in self.needles if needle in data]


def git(checks):
    token = "glpat-Kanarie+7f3a/%41"
    with Server("--git-host", "127.0.0.1") as server:
        folder = server.folder / "git-host"
        folder.mkdir()
        repository = Repository(folder)
        first = repository.commit("Begin", compose__yaml="services:\n  web:\n    image: slipway/base:1\n")
        host = GitHost(folder, "oauth2", token)
        admin = server.set_up()
        source = {"url": f"http://127.0.0.1:{host.port}/app.git", "ref": "main"}
        with Watched(server.pid, needles_of(token)) as watched:
            ended = operation(admin, admin.post("/api/v1/stacks/git", json={"name": "app", "source": source}))
            checks.that("a private repository without a token is refused", ended["state"] == "failed", ended)
            ended = operation(admin, admin.post("/api/v1/stacks/git", json={
                "name": "app", "source": {**source, "token": token + "x", "token_user": "oauth2"}}))
            checks.that("with a wrong one too", ended["state"] == "failed", ended)
            ended = operation(admin, admin.post("/api/v1/stacks/git", json={
                "name": "app", "source": {**source, "token": token, "token_user": "oauth2"}}))
            with checks("with its token it is fetched"):
                assert ended["state"] == "done", ended
                assert ended["result"]["commit"] == first and host.served > 0, ended
            shown = admin.get("/api/v1/stacks/app/source")
            with checks("the API tells that there is a token, and not what it is"):
                body = shown.json()
                assert body["token_set"] is True and body["token_user"] == "oauth2" and "token" not in body, shown.text
            second = repository.commit("Go on", compose__yaml="services:\n  web:\n    image: slipway/base:2\n")
            ended = operation(admin, admin.post("/api/v1/stacks/app/source/sync", json={}))
            checks.that("a later fetch needs it no more", ended["state"] == "done" and ended["result"]["commit"] == second, ended)
        with checks("S-SEC-5: it is in no argument and no environment of what the server runs"):
            assert watched.found == [], watched.found
            assert any(b"remote-http" in seen or b"hooksPath" in seen for seen in watched.seen), "git was never seen"
        with checks("S-SEC-5: it is in no file of the data directory, and in no log"):
            assert hits(server.data, needles_of(token)) == []
            assert not any(needle in server.log_text().encode() for needle in needles_of(token))
        leftovers = [path.name for path in server.data.rglob(".ask-*")] + [path.name for path in server.data.rglob("config")
                                                                          if token in path.read_text()]
        checks.that("nothing of the way it went is left", leftovers == [], leftovers)
        with checks("a token goes to the host that it was given for, and to no other"):
            other = GitHost(folder, "oauth2", "something else")
            answer = admin.put("/api/v1/stacks/app/source", json={"url": f"http://127.0.0.1:{other.port}/app.git", "ref": "main"})
            ended = operation(admin, answer)
            assert ended["state"] == "failed" and other.served == 0, ended
            assert admin.get("/api/v1/stacks/app/source").json()["token_set"] is False
            other.close()
        answer = admin.put("/api/v1/stacks/app/source", json={"url": "http://git.example/app.git", "ref": "main", "token": token})
        checks.that("it never goes over the network in the open", answer.status_code == 422 and token not in answer.text, answer.text)
        answer = admin.put("/api/v1/stacks/app/source", json={"url": source["url"], "ref": "main", "token": "a\nusername=b"})
        checks.that("a token with a line break is refused", answer.status_code == 422, answer.text)
        host.close()


# MARK: Values of all kinds

EXACT = {"SHORT": "a", "ODD": "$x ${X} $$ \"q\" '\\n\t end", "LINES": "one\ntwo\r\n\nthree", "NAME": "web", "LONG": "k" * (100 << 10)}


def exact(checks):
    """AB-H4 and AB-H5: the server's own environment is nobody's, and values come as they are."""
    with Engine() as engine, Server(engine=engine.address) as server:
        admin = server.set_up()
        admin.step_up()
        lines = "\n".join(f"      V_{name}: ${{{name}}}" for name in EXACT if name != "LONG")
        text = f"""services:
  web:
    image: slipway/base:1
    command: [sleep, infinity]
    environment:
{lines}
      OURS: "[${{SLIPWAY_MASTER_KEY}}][${{PATH}}][${{HOME}}][${{DOCKER_HOST}}]"
    secrets: [LONG, LINES]
secrets:
  LONG: {{environment: LONG}}
  LINES: {{environment: LINES}}
"""
        admin.create_stack("shop", text)
        for name, value in EXACT.items():
            put_secret(admin, "shop", name, value)
        plan = admin.post("/api/v1/stacks/shop/plan", json={}).json()
        with checks("AB-H4: what the files ask of the server's environment is empty, with a warning"):
            answer = admin.post("/api/v1/stacks/shop/validate", json={})
            warnings = json.dumps([answer.json(), plan])
            for name in ("SLIPWAY_MASTER_KEY", "PATH", "HOME", "DOCKER_HOST"):
                assert name in warnings, f"{name}: {warnings[:500]}"
        ended = operation(admin, admin.post("/api/v1/stacks/shop/deploy", json={}))
        checks.that("values of all kinds are deployed", ended["state"] == "done", ended)
        found = environment_of(engine, "shop-web-1")
        with checks("AB-H4: nothing of the server's environment is in the container"):
            assert found["OURS"] == "[][][][]", found["OURS"]
        with checks("AB-H5: values come byte by byte, and nothing in them is interpolated again"):
            for name, value in EXACT.items():
                assert name == "LONG" or found[f"V_{name}"] == value, f"{name}: {found[f'V_{name}']!r}"
        with checks("AB-H5: so do files, also of 100 KiB"):
            for name in ("LONG", "LINES"):
                assert file_of(engine, "shop-web-1", f"/run/secrets/{name}") == EXACT[name].encode(), name
        with checks("AB-H5: a short value is hidden where it stands, and not wherever its letter is"):
            shown = admin.get("/api/v1/servers/local/containers/shop-web-1").text
            assert "sleep" in shown and "shop-web-1" in shown
        admin.create_stack("path", "services:\n  web: {image: slipway/base:1, secrets: [s]}\nsecrets:\n  s: {environment: PATH}\n")
        with checks("AB-H4: a secret of the server's environment is none"):
            answer = admin.post("/api/v1/stacks/path/plan", json={})
            told = answer.text
            if answer.status_code == 200:
                ended = operation(admin, admin.post("/api/v1/stacks/path/deploy", json={}))
                told = json.dumps(ended)
                if ended["state"] == "done":
                    assert file_of(engine, "path-web-1", "/run/secrets/s") == b"", told
            assert os.environ["PATH"] not in told and "PATH" in told, told


# MARK: Canaries

def needles_of(text):
    """A value in the forms in which it may stand somewhere: as it is, base64 at each of three places, percent, hex, JSON."""
    raw = text if isinstance(text, bytes) else text.encode()
    forms = {raw, raw.hex().encode(), raw.hex().upper().encode(), urllib.parse.quote(raw, safe="").encode()}
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + raw)
        # Without the letters at both ends that depend on what stands beside it.
        forms.add(encoded[(0, 2, 3)[shift]:len(encoded) - 4])
    with contextlib.suppress(UnicodeDecodeError):
        forms.add(json.dumps(raw.decode())[1:-1].encode())
        forms.add(json.dumps(raw.decode())[1:-1].replace("/", "\\/").encode())
    return [form for form in forms if len(form) >= 10]


def hits(folder, needles, skip=()):
    """Files below a folder that hold one of these."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.name not in skip:
            data = path.read_bytes()
            found += [f"{path.relative_to(folder)}: {needle[:40]!r}" for needle in needles if needle in data]
    return found


def look(where, data, needles):
    return [f"{where}: {needle[:40]!r}" for needle in needles if needle in data]


CANARY_STACK = """services:
  web:
    image: slipway/base:1
    command: [sleep, infinity]
    environment:
      API_TOKEN: ${API_TOKEN}
      DB_URL: postgres://app:${DB_WORD}@db/app
    secrets: [mounted]
  bad:
    image: slipway/base:1
    profiles: [bad]
    command: ["sh", "-c", "echo started with $$0 $$@; exit 3", "--password=${ARGUMENT}", "--login-token", "${FOLLOWING}"]
    environment:
      API_TOKEN: ${API_TOKEN}
secrets:
  mounted:
    environment: MOUNTED
"""


def canaries(checks):
    with Engine() as engine, Server("--log-level", "trace", "--git-host", "127.0.0.1", engine=engine.address) as server:
        admin = server.set_up()
        values = {}

        def canary(name):
            values[name] = f"Kanarie/{name}+{os.urandom(9).hex()}%€"
            return values[name]
        # A registry that wants a login which it refuses.
        registry = GitHost(server.folder, "ada", "nobody has this")
        (server.folder / ".docker").mkdir()
        login = f"ada:{canary('registry')}"
        (server.folder / ".docker" / "config.json").write_text(json.dumps(
            {"auths": {f"127.0.0.1:{registry.port}": {"auth": base64.b64encode(login.encode()).decode()}}}))
        # An SSH key, with a passphrase.
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", canary("passphrase"), "-C", "", "-f", server.folder / "key"], check=True,
                       timeout=30)
        identity = (server.folder / "key").read_text()
        # From the middle on: its begin is the same in all keys of this kind.
        values["ssh key"] = identity.splitlines()[4][:50]
        admin.step_up()
        stored = of_host(server.data, "/api/v1/projects/servers", {"change": {"kind": "add", "replacing": [], "servers": [{
            "name": "alpha", "user": "deploy", "host": "127.0.0.1", "port": 9, "socket": "/run/docker.sock", "jumps": [],
            "host_key_type": "ssh-ed25519", "host_key": base64.b64encode(bytes(51)).decode(), "jump_only": False,
            "credential": {"kind": "key", "text": identity, "passphrase": values["passphrase"]}}]}})
        assert stored == 204, stored
        admin.create_stack("shop", CANARY_STACK)
        for name in ("API_TOKEN", "DB_WORD", "MOUNTED", "ARGUMENT", "FOLLOWING"):
            put_secret(admin, "shop", name, canary(name))
        answer = admin.post("/api/v1/stacks/shop/webhooks", json={"action": "deploy"})
        assert answer.status_code == 201, answer.text
        # As it is told, and as the bytes that it stands for.
        values["webhook"] = answer.json()["secret"]
        answer = admin.post("/api/v1/tokens", json={"name": "ci"})
        assert answer.status_code == 201, answer.text
        values["token"] = answer.json()["text"].split("_")[-1]
        answer = admin.post("/api/v1/account/second-factor")
        assert answer.status_code == 200, answer.text
        values["second factor"] = answer.json()["seed"]
        raw = [base64.b64decode(values["webhook"] + "=="), base64.b32decode(values["second factor"] + "=" * (-len(values["second factor"]) % 8))]
        folder = server.folder / "git-host"
        folder.mkdir()
        repository = Repository(folder)
        repository.commit("Begin", compose__yaml="services:\n  web:\n    image: slipway/base:1\n    command: [sleep, infinity]\n")
        values["git"] = f"glpat-Kanarie/{os.urandom(9).hex()}"
        host = GitHost(folder, "oauth2", values["git"])
        needles = [needle for value in [*values.values(), PASSWORD, *raw] for needle in needles_of(value)]
        said = []
        with Watched(server.pid, needles) as watched, contextlib.closing(admin.socket()) as live:
            say(live, id=1, kind="events")
            # Deploy, deploy again with one that fails and prints what it was started with, pull what is not let in, fetch.
            ended = [operation(admin, admin.post("/api/v1/stacks/shop/deploy", json={"variables": {"EXTRA_SECRET": canary("variable")}}))]
            checks.that("the stack with the canaries is deployed", ended[0]["state"] == "done", ended[0])
            ended.append(operation(admin, admin.post("/api/v1/stacks/shop/deploy", json={"profiles": ["bad"]})))
            checks.that("and fails with the service that ends", ended[1]["state"] in ("failed", "rolled_back"), ended[1])
            checks.that("the reason quotes what the service has said, with its arguments hidden",
                        "started with --password=••• --login-token •••" in json.dumps(ended[1], ensure_ascii=False), ended[1])
            ended.append(operation(admin, admin.post("/api/v1/stacks/git", json={"name": "app", "source": {
                "url": f"http://127.0.0.1:{host.port}/app.git", "ref": "main", "token": values["git"], "token_user": "oauth2"}})))
            checks.that("the private repository is fetched", ended[2]["state"] == "done", ended[2])
            with checks("a deploy by the API names the commit in the revision, and says when files were changed here"):
                commit = ended[2]["result"]["commit"][:12]
                for number, body, wanted in [(1, {}, f"git {commit}: Begin"),
                                             (2, {"message": "by hand"}, f"by hand (git {commit}: Begin, changed here)")]:
                    if number == 2:
                        text = "services:\n  web:\n    image: slipway/base:1\n    command: [sleep, '9999']\n"
                        answer = admin.patch("/api/v1/stacks/app/files", json={"changes": [{"path": "compose.yaml", "text": text}]})
                        assert answer.status_code in (200, 204), answer.text
                    operation(admin, admin.post("/api/v1/stacks/app/deploy", json=body))
                    found = [one["message"] for one in admin.get("/api/v1/stacks/app/revisions").json()["items"] if one["number"] == number]
                    assert found == [wanted], found
            answer = admin.post("/api/v1/servers/local/images/pull", json={"reference": f"127.0.0.1:{registry.port}/team/app:1"})
            if answer.status_code == 202:
                operation(admin, answer)
            needles += needles_of(values["variable"])
            plan = admin.post("/api/v1/stacks/shop/plan", json={"profiles": ["bad"]})
            drift = admin.get("/api/v1/stacks/shop/drift")
            copied = slipway("backup-data", "--to", str(server.folder), data=server.data)
            checks.that("the data directory is copied", copied.returncode == 0, copied.stderr)
            exported = slipway("audit", "export", "--jsonl", data=server.data)
            checks.that("the audit log is exported", exported.returncode == 0 and "secret" in exported.stdout, exported.stderr)
            end = time.monotonic() + 2
            with contextlib.suppress(TimeoutError):
                while time.monotonic() < end:
                    said.append(live.recv(timeout=0.3))
        for where, data in [("plan", plan.content), ("drift", drift.content), ("audit export", exported.stdout.encode()),
                            ("operations", json.dumps(ended, ensure_ascii=False).encode()),
                            ("events", "".join(map(str, said)).encode()), ("server log", server.log_text().encode()),
                            ("command output", (copied.stdout + copied.stderr + exported.stderr).encode())]:
            found = look(where, data, needles)
            checks.that(f"AB-H1: no canary in: {where} ({len(data)} bytes)", found == [] and len(data) > 0, found)
        crawl(checks, server, admin, needles)
        # The folders of the stacks are the user's own files; the key is what opens the rest.
        found = hits(server.data, needles, skip={"master.key"})
        checks.that("AB-H1: no canary in the data directory: database, log, copies, Git", found == [], found)
        copy = next(server.folder.glob("slipway-data-*.tar"))
        with checks("AB-H1: no canary in a copy of the data directory, and no key"):
            assert look("copy", copy.read_bytes(), needles) == []
            assert not any("master.key" in name for name in tarfile.open(copy).getnames())
        checks.that(f"AB-H1: no canary in arguments and environments of {len(watched.seen)} processes", watched.found == [] and watched.seen,
                    watched.found)
        checks.that("what the server looks for is what it was given", reveal(admin, "shop", "API_TOKEN") == values["API_TOKEN"])
        checks.that("AB-H1: the services got the values", environment_of(engine, "shop-web-1")["API_TOKEN"] == values["API_TOKEN"])
        host.close()
        registry.close()


class Local(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path):
        super().__init__("slipway", timeout=20)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(20)
        self.sock.connect(self.path)


def of_host(data, path, body):
    """What the owner of the data directory is answered."""
    with contextlib.closing(Local(str(data / "slipway.sock"))) as connection:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        return connection.getresponse().status


def ask(engine, path):
    """Bytes of the engine's own answer."""
    with contextlib.closing(Local(engine.address.removeprefix("unix://"))) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        data = answer.read()
        assert answer.status == 200, data
        return data


def environment_of(engine, container):
    entries = json.loads(ask(engine, f"/containers/{container}/json"))["Config"]["Env"]
    return dict(entry.split("=", 1) for entry in entries)


def file_of(engine, container, path):
    data = ask(engine, f"/containers/{container}/archive?path={urllib.parse.quote(path)}")
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        return archive.extractfile(archive.getmembers()[0]).read()


def crawl(checks, server, admin, needles):
    """All that can be read by the API, but the logs of containers: those are what the services say themselves."""
    ids = {"stack": "shop", "server": "local", "id": "1", "name": "API_TOKEN", "revision": "1", "number": "1", "container": "shop-web-1",
           "network": "shop_default", "volume": "none", "user": "1", "token": "none", "operation": "none", "template": "none", "other": "1"}
    seen = total = 0
    found = []
    for path, methods in server.document()["paths"].items():
        if "get" not in methods or "/logs" in path or path.endswith("/log"):
            continue
        filled = re.sub(r"\{(\w+)\}", lambda match: ids.get(match.group(1), "1"), path)
        answer = admin.get(filled, stream=True)
        data = answer.raw.read(4 << 20)
        answer.close()
        seen += answer.status_code == 200
        total += 1
        found += look(f"{filled} ({answer.status_code})", data, needles)
        found += look(f"headers of {filled}", str(answer.headers).encode(), needles)
    for operation in admin.get("/api/v1/operations").json()["items"]:
        for tail in ("", "/events"):
            answer = admin.get(f"/api/v1/operations/{operation['id']}{tail}", stream=True)
            found += look(f"operation {operation['id']}{tail}", answer.raw.read(1 << 20), needles)
            answer.close()
    for number in (1, 2):
        found += look(f"revision {number}", admin.get(f"/api/v1/stacks/shop/revisions/{number}").content, needles)
    found += look("difference", admin.get("/api/v1/stacks/shop/revisions/1/diff").content, needles)
    checks.that(f"AB-H1: no canary in the answers of {total} routes ({seen} with content), metrics among them", found == [] and seen > 20,
                f"{seen} {found}")


def body(checks):
    parts = {"keys": keys, "start": start, "git": git, "exact": exact, "canaries": canaries}
    for name in sys.argv[1:] or parts:
        parts[name](checks)


if __name__ == "__main__":
    main(body, 500)
