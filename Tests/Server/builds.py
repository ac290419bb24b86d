#!/usr/bin/env python3
"""builds.py   images built on the engine of a server from contexts that the caller brings: who may, what is refused, what is written
down, how it ends when the caller does, and how little of a large context is in memory at a time."""

import io
import json
import tarfile
import threading
import time

from server import PASSWORD, Engine, Server, main, wait_until

ENDS = ("done", "failed", "rolled_back", "cancelled", "needs_attention")
MIB = 1 << 20
COMPOSE = "services:\n  web:\n    build: {context: ., args: {TOKEN: \"${TOKEN:-none}\"}}\n    command: [sleep, infinity]\n    stop_grace_period: 0s\n"
BYTES = {"Content-Type": "application/octet-stream"}


def context(**files):
    """A tar archive with these files; `_` stands for a point."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name.replace("_", "."))
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
    return data.getvalue()


def sent(service="web", dockerfile="Dockerfile", **more):
    return {"items": [{"service": service, "place": f"compose.yaml: services.{service}.build", "dockerfile": dockerfile, **more}]}


def bundle(compose=COMPOSE):
    return [{"path": "compose.yaml", "text": compose}]


def operation(client, answer):
    assert answer.status_code == 202, f"{answer.status_code} {answer.text}"
    return answer.json()["id"]


def ended(client, number, seconds=120):
    def state():
        now = client.get(f"/api/v1/operations/{number}").json()
        return now if now["state"] in ENDS else None
    return wait_until("the operation ends", state, seconds)


def events(client, number):
    return client.get(f"/api/v1/operations/{number}/events").json()["items"]


def wanted(client, number, service="web"):
    """Waits until the operation wants a context."""
    wait_until("the context is wanted", lambda: any(
        event["event"] == "context.wanted" and event["fields"]["service"] == service for event in events(client, number)), 30)


def build(client, archive, stack="shop", compose=COMPOSE, **body):
    """A build from its beginning to its end."""
    number = operation(client, client.post(f"/api/v1/stacks/{stack}/build", json={"files": bundle(compose), "contexts": sent(), **body}))
    wanted(client, number)
    answer = client.put(f"/api/v1/stacks/{stack}/contexts/{number}/web", data=archive, headers=BYTES)
    return ended(client, number), answer


def token(client, scopes):
    client.step_up()
    answer = client.post("/api/v1/tokens", json={"name": "-".join(scopes), "scopes": scopes, "days": 1})
    assert answer.status_code == 201, answer.text
    return next(value for value in answer.json().values() if str(value).startswith("slw_"))


def works(checks, engine, admin):
    with checks("a context that the caller brings is built, and told line by line"):
        end, answer = build(admin, context(Dockerfile="FROM slipway/base:1\nARG TOKEN\nRUN echo seen >/seen\nCOPY file /file\n", file="text"),
                            arguments={"TOKEN": "a-build-secret-1"})
        assert answer.status_code == 204, answer.text
        assert end["state"] == "done" and end["result"]["images"][0]["imageID"].startswith("sha256:"), end
        lines = [event["fields"]["line"] for event in events(admin, end["id"]) if event["event"] == "building"]
        assert any("Step 1/8 : FROM slipway/base:1" in line for line in lines), lines
        image = json.loads(engine.call("GET", "/images/shop-web/json"))
        assert image["Config"]["Labels"]["com.docker.compose.service"] == "web", image["Config"]
    with checks("the stack itself is not made by that"):
        assert admin.get("/api/v1/stacks/shop").status_code == 404
    with checks("arguments are in no audit entry, no event and no log"):
        assert "a-build-secret-1" not in admin.get("/api/v1/audit?limit=200").text
        assert "a-build-secret-1" not in json.dumps(events(admin, end["id"])) and "a-build-secret-1" not in admin.server.log_text()
    with checks("S-AUD-1: what was built and brought is written down"):
        entries = [entry for entry in admin.get("/api/v1/audit?limit=200").json()["items"] if entry["action"] == "container.exec"]
        assert [entry["detail"].get("what") for entry in entries][:2] == ["build", "build"], entries
    with checks("a build that fails says why, and the operation is done"):
        end, answer = build(admin, context(Dockerfile="FROM slipway/base:1\nRUN exit 7\n"))
        assert end["state"] == "done" and "returned a non-zero code: 7" in end["result"]["images"][0]["failure"], end
    with checks("a deploy builds what is missing from a context that is brought"):
        admin.create_stack("made", COMPOSE)
        number = operation(admin, admin.post("/api/v1/stacks/made/deploy", json={"contexts": sent()}))
        wanted(admin, number)
        assert admin.put(f"/api/v1/stacks/made/contexts/{number}/web", data=context(Dockerfile="FROM slipway/base:1\n"), headers=BYTES).status_code == 204
        assert ended(admin, number)["result"]["outcome"] == "deployed"
        number = operation(admin, admin.post("/api/v1/stacks/made/deploy", json={"contexts": sent()}))
        assert ended(admin, number)["result"]["outcome"] == "unchanged"
        ended(admin, operation(admin, admin.post("/api/v1/stacks/made/down", json={})))


def refusals(checks, admin, server):
    def refused(status, code, **body):
        answer = admin.post("/api/v1/stacks/shop/build", json={"files": bundle(), "contexts": sent(), **body})
        assert (answer.status_code, answer.json().get("code")) == (status, code), f"{body}: {answer.status_code} {answer.text}"
        return answer.text
    with checks("what is wrong with a build is told before anything is sent"):
        assert "no such service" in refused(422, "invalid_compose_file", services=["nope"])
        for path in ("/etc/passwd", "../Dockerfile", "a/../../b"):
            assert "Dockerfile" in refused(409, "refused", contexts=sent(dockerfile=path)), path
        assert "does not send it" in refused(409, "refused", contexts={"items": []})
        assert "it is gone" in refused(409, "refused", contexts=sent(problem="it is gone\n  fix: bring it back"))
        assert "secrets" in refused(409, "refused", files=bundle(COMPOSE.replace("context: .", "context: ., secrets: [s]") + "secrets: {s: {file: ./s}}\n"))
        for name in ("a/UPPER:1", "a b", "-x", "x@sha256:zz"):
            refused(409, "refused", files=bundle(COMPOSE.replace("context: .", f"context: ., tags: ['{name}']")))
            refused(409, "refused", files=bundle(COMPOSE.replace("context: .", f"context: ., cache_from: ['{name}']")))
    with checks("options of another shape are refused"):
        for body in ({"memory_bytes": 0}, {"arguments": {"A": 1}}, {"no_cache": "yes"}, {"query": {"networkmode": "host"}}, {"networkmode": "host"},
                     {"contexts": sent(place="a\x1bb")}, {"contexts": sent(dockerfile="a\nb")}, {"contexts": {"items": [], "default_platform": "a\nb"}},
                     {"arguments": {f"A{number}": "" for number in range(600)}}):
            refused(422, "invalid_body", **body)
    with checks("S-WEB-6: too large a body is refused"):
        answer = admin.post("/api/v1/stacks/shop/build", data=b'{"services": ["' + b"a" * (17 * MIB) + b'"]}', headers={"Content-Type": "application/json"})
        assert answer.status_code == 413, answer.text
    with checks("S-TAR-1: an archive that would leave its folder is refused, and the build fails with that"):
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w") as archive:
            archive.addfile(tarfile.TarInfo("../out"), io.BytesIO())
        end, answer = build(admin, data.getvalue())
        assert answer.status_code == 422 and answer.json()["code"] == "invalid_archive", answer.text
        assert "cannot be taken" in end["result"]["images"][0]["failure"], end
    with checks("an archive that ends early fails its build"):
        end, answer = build(admin, context(Dockerfile="FROM slipway/base:1\n", file="x" * 5000)[:3000])
        assert answer.status_code in (204, 422) and end["result"]["images"][0]["failure"], (answer.text, end)
    with checks("a context is taken once, of whoever asked, by its operation and service"):
        number = operation(admin, admin.post("/api/v1/stacks/shop/build", json={"files": bundle(), "contexts": sent()}))
        wanted(admin, number)
        archive = context(Dockerfile="FROM slipway/base:1\n")
        other = server.log_in()
        other.step_up()
        for client, path, status in ((other, f"shop/contexts/{number}/web", 404), (admin, f"shop/contexts/{number}/db", 409),
                                     (admin, f"other/contexts/{number}/web", 404), (admin, "shop/contexts/000000/web", 404)):
            assert client.put(f"/api/v1/stacks/{path}", data=archive, headers=BYTES).status_code == status, path
        assert admin.put(f"/api/v1/stacks/shop/contexts/{number}/web", data=archive, headers={"Content-Type": "application/x-tar"}).status_code == 415
        assert admin.post(f"/api/v1/stacks/shop/contexts/{number}/web/refusal", json={"reason": "it went away"}).status_code == 204
        assert ended(admin, number)["result"]["images"][0]["failure"] == "it went away"
        assert admin.put(f"/api/v1/stacks/shop/contexts/{number}/web", data=archive, headers=BYTES).status_code == 404
    with checks("R-MEM-1: more builds than there is room for are refused with 429"):
        begun = [admin.post(f"/api/v1/stacks/many{index}/build", json={"files": bundle(), "contexts": sent()}) for index in range(9)]
        assert [answer.status_code for answer in begun] == [202] * 8 + [429], [answer.status_code for answer in begun]
        assert begun[8].json()["code"] == "too_many_builds" and begun[8].headers["Retry-After"]
        for answer in begun[:8]:
            admin.post(f"/api/v1/operations/{answer.json()['id']}/cancel")
            assert ended(admin, answer.json()["id"])["state"] == "cancelled"
        end, _ = build(admin, context(Dockerfile="FROM slipway/base:1\n"))
        assert end["state"] == "done", "the room is free again"


def rights(checks, server, admin):
    """A build is a shell, and names of images are everybody's."""
    grants = [{"role": "operator", "server": "local", "stack": name, "may_exec": may, "may_restore": False} for name, may in (("shop", True), ("plain", False))]
    answer = admin.post("/api/v1/users", json={"username": "worker", "password": PASSWORD, "grants": grants})
    assert answer.status_code == 201, answer.text
    worker = server.log_in("worker")
    worker.step_up()
    archive = context(Dockerfile="FROM slipway/base:1\n")
    with checks("with the right to a shell on the stack, an operator builds"):
        end, _ = build(worker, archive)
        assert end["state"] == "done" and not end["result"]["images"][0].get("failure"), end
    with checks("without it, neither a build nor a deploy that builds"):
        assert worker.post("/api/v1/stacks/plain/build", json={"files": bundle(), "contexts": sent()}).status_code == 403
        admin.create_stack("plain", COMPOSE)
        end = ended(worker, operation(worker, worker.post("/api/v1/stacks/plain/deploy", json={"contexts": sent()})))
        assert end["state"] == "failed" and "may_exec" in end["error"]["detail"], end
    with checks("a token needs the scopes exec and deploy"):
        for scopes, status in ((["deploy", "edit", "read"], 403), (["exec", "edit", "read"], 403), (["exec", "deploy", "read"], 403)):
            client = server.client(token=token(worker, scopes), origin=False)
            answer = client.post("/api/v1/stacks/shop/build", json={"files": bundle(), "contexts": sent()})
            assert answer.status_code == status, f"{scopes}: {answer.status_code} {answer.text}"
    with checks("another name of the image takes the right to pull on the server"):
        for compose in (COMPOSE.replace("context: .", "context: ., tags: ['slipway/base:1']"), COMPOSE.replace("    build", "    image: postgres:16\n    build")):
            answer = worker.post("/api/v1/stacks/shop/build", json={"files": bundle(compose), "contexts": sent()})
            assert answer.status_code == 409 and "right to pull" in answer.text, answer.text
    with checks("S-POL: what the policy denies a service it denies a build"):
        admin.step_up()
        assert admin.patch("/api/v1/settings", json={"values": {"policy.level": "strict"}}).status_code == 200
        for network in ("host", "container:other"):
            answer = worker.post("/api/v1/stacks/shop/build", json={"files": bundle(COMPOSE.replace("context: .", f"context: ., network: '{network}'")), "contexts": sent()})
            assert answer.status_code == 403 and answer.json()["code"] == "policy_denied", answer.text
            assert answer.json()["faults"][0]["rule"] == "POL-3", answer.text
        assert admin.patch("/api/v1/settings", json={"values": {"policy.level": "standard"}}).status_code == 200
    with checks("S-IN-2: a build of the server's own folders does not leave the stack's"):
        for build_section in ("{context: /etc}", "{context: ., dockerfile: /etc/passwd}", "{context: ../..}"):
            answer = admin.post("/api/v1/stacks/shop/build", json={"files": bundle(COMPOSE.replace(COMPOSE.split("build: ")[1].split("\n")[0], build_section))})
            assert answer.status_code == 409, f"{build_section}: {answer.status_code} {answer.text}"


def ends(checks, engine, admin):
    slow = context(Dockerfile="FROM slipway/base:1\nARG MARK\nRUN echo begun-$MARK; sleep 600\n")

    def building():
        return [container for container in json.loads(engine.call("GET", "/containers/json")) if "sleep 600" in container["Command"]]
    with checks("to cancel the operation ends the build in the engine"):
        number = operation(admin, admin.post("/api/v1/stacks/shop/build", json={"files": bundle(), "contexts": sent(), "arguments": {"MARK": str(time.time())}}))
        wanted(admin, number)
        assert admin.put(f"/api/v1/stacks/shop/contexts/{number}/web", data=slow, headers=BYTES).status_code == 204
        wait_until("the step runs", building, 30)
        assert admin.post(f"/api/v1/operations/{number}/cancel").status_code == 202
        assert ended(admin, number)["state"] == "cancelled"
        wait_until("the step is gone", lambda: not building(), 30)
    with checks("a caller that goes away within its context fails the build"):
        number = operation(admin, admin.post("/api/v1/stacks/shop/build", json={"files": bundle(), "contexts": sent()}))
        wanted(admin, number)
        connection = admin.server.connect()
        connection.sendall((f"PUT /api/v1/stacks/shop/contexts/{number}/web HTTP/1.1\r\nHost: {admin.server.host}:{admin.server.port}\r\n"
                            f"Origin: {admin.server.url}\r\nCookie: {admin.cookie}\r\nContent-Type: application/octet-stream\r\n"
                            "Content-Length: 100000\r\n\r\n").encode() + slow[:2048])
        connection.close()
        end = ended(admin, number)
        assert "did not come whole" in end["result"]["images"][0]["failure"], end


def large(checks, engine, admin, server):
    """300 MiB go through, and are never there at once."""
    size, chunk = 300 * MIB, bytes(MIB)
    header = tarfile.TarInfo("large")
    header.size = size

    def archive():
        small = context(Dockerfile="FROM slipway/base:1\nRUN echo large\n")
        yield small[:1024]                                  # without the end of the archive
        yield header.tobuf()
        for _ in range(size // MIB):
            yield chunk
        yield bytes(1024)
    before, most, done = server.memory(), [0], threading.Event()

    def look():
        while not done.wait(0.05):
            most[0] = max(most[0], server.memory())
    watch = threading.Thread(target=look)
    watch.start()
    with checks("S-TAR-1, R-MEM-1: a context of 300 MiB takes less than 48 MiB"):
        try:
            number = operation(admin, admin.post("/api/v1/stacks/shop/build", json={"files": bundle(), "contexts": sent()}))
            wanted(admin, number)
            answer = admin.put(f"/api/v1/stacks/shop/contexts/{number}/web", data=archive(), headers=BYTES, timeout=300)
            assert answer.status_code == 204, answer.text
            end = ended(admin, number, 300)
        finally:
            done.set()
            watch.join()
        assert not end["result"]["images"][0].get("failure"), end
        grown = most[0] - before
        print(f"# the server grew by {grown / MIB:.1f} MiB", flush=True)
        assert grown < 48 * MIB, f"{grown / MIB:.1f} MiB"


def body(checks):
    with Engine() as engine, Server(engine=engine.address) as server:
        admin = server.set_up()
        me = admin.get("/api/v1/session").json()
        answer = admin.patch("/api/v1/users/1", json={"grants": [{"role": "admin", "server": None, "stack": None, "may_exec": True, "may_restore": True}]})
        assert answer.status_code == 200, f"{me} {answer.text}"
        admin = server.log_in()
        admin.step_up()
        works(checks, engine, admin)
        refusals(checks, admin, server)
        rights(checks, server, admin)
        ends(checks, engine, admin)
        large(checks, engine, admin, server)
        for name in ("shop-web", "made-web"):
            engine.call("DELETE", f"/images/{name}?force=true")


main(body, 600)
