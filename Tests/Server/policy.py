#!/usr/bin/env python3
"""policy.py   the compose policy of a server with accounts (S-POL): every way to an engine write is judged by the same rules (AB-E3),
an operator is refused, an admin may confirm, and both are written down; what already runs is adopted with its findings."""

import base64
import contextlib
import hashlib
import hmac
import json
import os
import re
import subprocess
import tempfile
import time

from server import PASSWORD, BINARY, Engine, Server, main, wait_until

HARMLESS = "services:\n  web:\n    image: slipway/base:1\n    command: [sleep, infinity]\n    stop_grace_period: 0s\n"
ALL = HARMLESS + "    cap_add: [ALL]\n"
# The same rule, and an engine in a container can start it.
MIGHTY = HARMLESS + "    cap_add: [NET_ADMIN]\n"
ENDS = ("done", "failed", "rolled_back", "cancelled", "needs_attention")


def ended(client, answer, seconds=120):
    """The operation that an accepted call began, at its end."""
    assert answer.status_code == 202, f"{answer.status_code} {answer.text}"
    operation = answer.json()["id"]

    def state():
        now = client.get(f"/api/v1/operations/{operation}").json()
        return now if now["state"] in ENDS else None
    return wait_until("the operation ends", state, seconds)


def write(client, stack, compose, path="compose.yaml"):
    answer = client.put(f"/api/v1/stacks/{stack}/file?path={path}", json={"text": compose})
    assert answer.status_code == 200, answer.text


def denied(answer, rule, place):
    """A refusal with the rule, the place and a way out."""
    assert answer.status_code == 403 and answer.json()["code"] == "policy_denied", f"{answer.status_code} {answer.text}"
    faults = [fault for fault in answer.json()["faults"] if fault["rule"] == rule]
    assert faults and all(fault["remedy"] and re.fullmatch(place, fault["place"]) for fault in faults), answer.text
    return answer.json()


def audit(admin, action, **wanted):
    entries = admin.get("/api/v1/audit?limit=200").json()["items"]
    return [entry for entry in entries if entry["action"] == action and all(entry[key] == value for key, value in wanted.items())]


def container(engine, name):
    """What the engine says of a container; None: there is none."""
    result = subprocess.run(["curl", "-s", "--unix-socket", engine.address.removeprefix("unix://"), f"http://e/containers/{name}/json"],
                            capture_output=True, text=True, timeout=30)
    found = json.loads(result.stdout)
    return found if "Id" in found else None


def updates(checks, engine, admin, operator):
    """AB-E3: a harmless stack, then each way to bring in more."""
    admin.create_stack("shop", HARMLESS)
    assert ended(operator, operator.post("/api/v1/stacks/shop/deploy", json={}))["state"] == "done"
    first = container(engine, "shop-web-1")
    write(operator, "shop", ALL)
    with checks("AB-E3: an update that brings cap_add ALL is denied, with rule and line"):
        denied(operator.post("/api/v1/stacks/shop/deploy", json={}), "POL-4", r"compose\.yaml:6:15")
        write(operator, "shop", MIGHTY)
        denied(operator.post("/api/v1/stacks/shop/deploy", json={}), "POL-4", r"compose\.yaml:6:15")
        assert container(engine, "shop-web-1")["Id"] == first["Id"], "the container was replaced"
    with checks("the plan shows the same, with what to do"):
        plan = operator.post("/api/v1/stacks/shop/plan", json={}).json()
        found = [finding for finding in plan["findings"] if finding["rule"] == "POL-4"]
        assert found[0]["severity"] == "deny" and found[0]["place"] == "compose.yaml:6:15" and found[0]["service"] == "web", plan
        assert any(finding["rule"] == "POL-8" for finding in plan["findings"]), plan
    with checks("AZ-5: the refusal is in the audit log"):
        entry = audit(admin, "policy.denied", actor="worker")[0]
        assert entry["outcome"] == "denied" and "POL-4" in json.dumps(entry["detail"]), entry
    with checks("an operator cannot allow it"):
        answer = operator.post("/api/v1/stacks/shop/deploy", json={"allow": ["POL-4"]})
        assert answer.status_code == 403 and answer.json()["code"] == "forbidden", answer.text
        assert admin.get("/api/v1/stacks/shop/policy").json()["exceptions"] == []
    with checks("an admin without a word for it is denied, too"):
        denied(admin.post("/api/v1/stacks/shop/deploy", json={}), "POL-4", r"compose\.yaml:6:15")
        denied(admin.post("/api/v1/stacks/shop/deploy", json={"allow": ["POL-1"]}), "POL-4", r"compose\.yaml:6:15")
    with checks("an admin may confirm it with the deploy, which is kept and written down"):
        answer = admin.post("/api/v1/stacks/shop/deploy", json={"allow": ["POL-4"], "message": "needs the network"})
        assert ended(admin, answer)["state"] == "done"
        assert container(engine, "shop-web-1")["HostConfig"]["CapAdd"] in (["CAP_NET_ADMIN"], ["NET_ADMIN"])
        kept = operator.get("/api/v1/stacks/shop/policy").json()
        assert kept["level"] == "standard" and len(kept["exceptions"]) == 1, kept
        exception = kept["exceptions"][0]
        assert (exception["rule"], exception["reason"], exception["granted_by"]) == ("POL-4", "needs the network", "captain"), exception
        assert exception["findings"] == ["POL-4 web cap_add NET_ADMIN"], exception
        entry = audit(admin, "policy.exception", actor="captain")[0]
        assert entry["outcome"] == "ok" and entry["target"].endswith("shop"), entry
    with checks("what is confirmed is shown in the plan, and good for the next deploy of an operator"):
        write(operator, "shop", MIGHTY + "    environment: {A: b}\n")
        plan = operator.post("/api/v1/stacks/shop/plan", json={}).json()
        found = [finding for finding in plan["findings"] if finding["rule"] == "POL-4"]
        assert found[0]["severity"] == "warn" and "allowed by captain until 20" in found[0]["exception"], found
        assert ended(operator, operator.post("/api/v1/stacks/shop/deploy", json={}))["state"] == "done"
    with checks("a confirmation is for what was shown, and not for more"):
        write(operator, "shop", MIGHTY.replace("[NET_ADMIN]", "[NET_ADMIN, ALL]"))
        denied(operator.post("/api/v1/stacks/shop/deploy", json={}), "POL-4", r"compose\.yaml:6:26")


def rollbacks(checks, engine, admin, operator):
    with checks("an exception is taken back by its number, and by an admin only"):
        exception = admin.get("/api/v1/stacks/shop/policy").json()["exceptions"][0]["id"]
        assert operator.delete(f"/api/v1/stacks/shop/policy/exceptions/{exception}").status_code == 403
        assert admin.delete(f"/api/v1/stacks/shop/policy/exceptions/{exception}").status_code == 204
        assert admin.delete(f"/api/v1/stacks/shop/policy/exceptions/{exception}").status_code == 404
    write(operator, "shop", HARMLESS)
    assert ended(operator, operator.post("/api/v1/stacks/shop/deploy", json={}))["state"] == "done"
    with checks("AB-E3: a rollback to a revision that has more is denied by the same check"):
        revisions = operator.get("/api/v1/stacks/shop/revisions").json()["items"]
        mighty = sorted(revision["number"] for revision in revisions)[1]
        denied(operator.post("/api/v1/stacks/shop/rollback", json={"to": mighty}), "POL-4", r"compose\.yaml:6:15")
        denied(operator.post("/api/v1/stacks/shop/rollback", json={}), "POL-4", r".*compose\.yaml:6:15")
        assert container(engine, "shop-web-1")["HostConfig"]["CapAdd"] in (None, [])
    with checks("an admin may confirm that as well"):
        answer = admin.post("/api/v1/stacks/shop/rollback", json={"to": mighty, "allow": ["POL-4"]})
        assert ended(admin, answer)["state"] == "done"
        assert container(engine, "shop-web-1")["HostConfig"]["CapAdd"] in (["CAP_NET_ADMIN"], ["NET_ADMIN"])


def moves(checks, server, engine, admin, operator):
    """A second engine behind certificates, and the same engine once more under another name."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        name = f"policy-{os.getpid()}"
        stack.callback(engine.script, "engine", "down", "--name", name)
        settings = engine.script("engine", "up", "--name", name, "--tls", folder)
        there = re.search(r"SLIPWAY_ENGINE_ADDRESS=(\S+)", settings).group(1)

        def change(certificates, *arguments):
            environment = {"PATH": "/usr/bin:/bin", "HOME": str(server.folder), "SLIPWAY_DATA": str(server.data), "DOCKER_CERT_PATH": certificates}
            changed = subprocess.run([BINARY, "server", *arguments], env=environment, capture_output=True, text=True, timeout=60)
            assert changed.returncode == 0, changed.stderr
        change(folder, "add", "twin", f"tcp://{there}:2376")
        admin.create_stack("mover", MIGHTY)
        assert ended(admin, admin.post("/api/v1/stacks/mover/deploy", json={"allow": ["POL-4"]}))["state"] == "done"
        with checks("an operator moves nothing"):
            answer = operator.post("/api/v1/stacks/mover@local/move", json={"to": "twin", "allow": ["POL-4"]})
            assert answer.status_code == 403 and answer.json()["code"] == "forbidden", answer.text
        with checks("AB-E3: what one server was allowed, another is asked anew when the stack moves there"):
            denied(admin.post("/api/v1/stacks/mover@local/move", json={"to": "twin"}), "POL-4", r".*compose\.yaml:6:15")
            assert audit(admin, "policy.denied", target="mover on twin"), audit(admin, "policy.denied")
        with checks("the plan of the move shows it"):
            plan = admin.post("/api/v1/stacks/mover@local/move/plan", json={"to": "twin"}).json()
            assert [finding["rule"] for finding in plan["findings"] if finding["severity"] == "deny"] == ["POL-4"], plan
        if os.environ.get("SLIPWAY_TEST_TLS"):
            change(os.environ["SLIPWAY_TEST_TLS"], "add", "self", f"tcp://{os.environ['SLIPWAY_TEST_ADDRESS']}:2376")
            with checks("a move that cannot be done leaves no exception behind"):
                answer = admin.post("/api/v1/stacks/mover@local/move", json={"to": "self", "allow": ["POL-4"]})
                assert answer.status_code == 422 and "is on self already" in answer.text, answer.text
                assert not audit(admin, "policy.exception", target="mover on self")
            change(folder, "remove", "self")
        with checks("an admin may confirm it with the move"):
            end = ended(admin, admin.post("/api/v1/stacks/mover@local/move", json={"to": "twin", "allow": ["POL-4"]}))
            assert end["state"] == "done", end
            assert audit(admin, "policy.exception", target="mover on twin")[0]["outcome"] == "ok"
            assert container(engine, "mover-web-1") is None
        assert ended(admin, admin.post("/api/v1/stacks/mover@twin/down", json={}))["state"] == "done"


def hooks(checks, engine, admin, operator):
    """What nobody waits for is judged when its turn has come."""
    admin.create_stack("hooked", HARMLESS)
    answer = operator.post("/api/v1/stacks/hooked/webhooks", json={"action": "deploy"})
    assert answer.status_code == 201, answer.text
    hook = answer.json()
    write(operator, "hooked", ALL)
    with checks("AB-E3: a webhook that brings cap_add ALL is denied"):
        now, body = str(int(time.time())), b"{}"
        signature = hmac.new(base64.b64decode(hook["secret"]), now.encode() + b"." + body, hashlib.sha256).hexdigest()
        answer = admin.server.client(origin=False).post(hook["path"], data=body, headers={
            "Content-Type": "application/json", "Slipway-Signature": f"t={now},v1={signature}"})
        assert answer.status_code == 202, answer.text
        operation = answer.json()["operation"]

        def state():
            now = admin.get(f"/api/v1/operations/{operation}").json()
            return now if now["state"] in ENDS else None
        end = wait_until("the operation ends", state, 60)
        assert end["state"] == "failed" and end["error"]["code"] == "policy_denied", end
        assert container(engine, "hooked-web-1") is None
        assert audit(admin, "policy.denied", actor=f"webhook:{hook['id']}"), "the refusal is not in the log"


def volumes(checks, engine, admin, operator):
    """AB-E2: by the file, and by a volume that was made beforehand."""
    bad = HARMLESS + "    volumes: [\"data:/data\"]\nvolumes:\n  data:\n    driver_opts: {type: none, o: bind, device: /etc}\n"
    admin.create_stack("bound", bad)
    with checks("AB-E2: a volume whose options bind /etc is denied, and not made"):
        denied(operator.post("/api/v1/stacks/bound/deploy", json={}), "POL-2", r"compose\.yaml:\d+:\d+")
    socket = engine.address.removeprefix("unix://")
    made = {"Name": "policy-handy", "Driver": "local", "DriverOpts": {"type": "none", "o": "bind", "device": "/etc"}}
    subprocess.run(["curl", "-s", "--fail", "--unix-socket", socket, "-X", "POST", "-H", "Content-Type: application/json", "-d",
                    json.dumps(made), "http://e/volumes/create"], check=True, stdout=subprocess.DEVNULL, timeout=30)
    try:
        write(operator, "bound", HARMLESS + "    volumes: [\"data:/data\"]\nvolumes:\n  data: {external: true, name: policy-handy}\n")
        with checks("AB-E2: so is an external volume that was made so beforehand"):
            denied(operator.post("/api/v1/stacks/bound/deploy", json={}), "POL-2", r"compose\.yaml:6:\d+")
            assert container(engine, "bound-web-1") is None
    finally:
        subprocess.run(["curl", "-s", "--unix-socket", socket, "-X", "DELETE", "http://e/volumes/policy-handy"],
                       stdout=subprocess.DEVNULL, timeout=30)


def exceptions(checks, admin, operator, local):
    with checks("AB-E1: each way to the socket is denied over the API"):
        for mount in ("/var/run/docker.sock:/s:ro", "/run:/s", "/var/run/../run/docker.sock:/s", "/:/s", "/run/containerd/containerd.sock:/s"):
            write(operator, "bound", HARMLESS + f"    volumes: [\"{mount}\"]\n")
            denied(operator.post("/api/v1/stacks/bound/deploy", json={}), "POL-1", r"compose\.yaml:6:\d+")
    with checks("an admin grants an exception for a rule, with a reason and an end"):
        answer = operator.post("/api/v1/stacks/bound/policy/exceptions", json={"rule": "POL-2", "reason": "x"})
        assert answer.status_code == 403, answer.text
        answer = admin.post("/api/v1/stacks/bound/policy/exceptions", json={"rule": "POL-2"})
        assert answer.status_code == 422, answer.text
        answer = admin.post("/api/v1/stacks/bound/policy/exceptions", json={"rule": "POL-2", "reason": "the time zone", "days": 1})
        assert answer.status_code == 201 and answer.json()["reason"] == "the time zone", answer.text
        write(operator, "bound", HARMLESS + "    volumes: [\"/etc/hostname:/h:ro\"]\n")
        assert ended(operator, operator.post("/api/v1/stacks/bound/deploy", json={}))["state"] == "done"
    with checks("the role admin on one stack is not enough: an exception reaches the whole host"):
        for path, body in [("policy/exceptions", {"rule": "POL-1", "reason": "x"}), ("deploy", {"allow": ["POL-1"]})]:
            answer = local.post(f"/api/v1/stacks/bound/{path}", json=body)
            assert answer.status_code == 403 and answer.json()["code"] == "forbidden", answer.text
    for exception in admin.get("/api/v1/stacks/bound/policy").json()["exceptions"]:
        assert admin.delete(f"/api/v1/stacks/bound/policy/exceptions/{exception['id']}").status_code == 204


def levels(checks, admin, operator):
    def level(value):
        answer = admin.patch("/api/v1/settings", json={"values": {"policy.level": value}})
        assert answer.status_code == 200, answer.text
    write(operator, "bound", MIGHTY)
    with checks("the level open only tells"):
        level("open")
        plan = operator.post("/api/v1/stacks/bound/plan", json={}).json()
        assert [(finding["rule"], finding["severity"]) for finding in plan["findings"]] == [("POL-4", "warn")], plan
        assert ended(operator, operator.post("/api/v1/stacks/bound/deploy", json={}))["state"] == "done"
    with checks("what runs stays when the level rises, and the rule bites at the next deploy, also one that would change nothing"):
        level("standard")
        denied(operator.post("/api/v1/stacks/bound/deploy", json={}), "POL-4", r"compose\.yaml:6:15")
        assert ended(operator, operator.post("/api/v1/stacks/bound/restart", json={"timeout_seconds": 0}))["state"] == "done"
    with checks("the level strict wants digests"):
        level("strict")
        write(operator, "bound", HARMLESS)
        denied(operator.post("/api/v1/stacks/bound/deploy", json={}), "POL-8", r"compose\.yaml:3:12")
        level(None)
    with checks("settings that are none are refused"):
        for values in ({"policy.level": "lax"}, {"policy.roots": ["relative"]}, {"policy.roots": ["/"]}, {"policy.roots": ["/a/../b"]}):
            assert admin.patch("/api/v1/settings", json={"values": values}).status_code == 422, values
    with checks("folders that an admin names may be mounted"):
        write(operator, "bound", HARMLESS + "    volumes: [\"/opt/slipway-policy:/data\"]\n")
        denied(operator.post("/api/v1/stacks/bound/deploy", json={}), "POL-2", r"compose\.yaml:6:\d+")
        assert admin.patch("/api/v1/settings", json={"values": {"policy.roots": ["/opt/slipway-policy"]}}).status_code == 200
        assert not [finding for finding in operator.post("/api/v1/stacks/bound/plan", json={}).json()["findings"] if finding["severity"] == "deny"]


def host(checks, server, engine):
    """The machine's own user is told, and not stopped."""
    folder = server.folder / "local"
    folder.mkdir()
    (folder / "compose.yaml").write_text("name: policylocal\n" + MIGHTY + "    ports: [\"127.0.0.1::80\"]\n")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(server.folder), "SLIPWAY_DATA": str(server.data), "DOCKER_HOST": engine.address}

    def run(*arguments):
        return subprocess.run([BINARY, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=120)
    with checks("a command of the machine's own user is told once, and does what it is told"):
        plan = run("plan")
        assert "POL-4" in plan.stdout and "POL-8" not in plan.stdout and plan.returncode == 2, plan
        up = run("up", "-d")
        assert up.returncode == 0 and up.stderr.count("POL-4") == 1, up
    with checks("--allow is taken by the commands that deploy"):
        for command in (["up", "-d"], ["deploy"], ["create"], ["scale", "web=1"], ["plan"]):
            result = run(*command[:1], "--allow", "pol-4", *command[1:])
            assert result.returncode in (0, 2), (command, result)
        assert "no rule" in run("up", "-d", "--allow", "POL-9").stderr
    with checks("adoption brings the findings and changes nothing"):
        # The stack runs already; the server is another.
        before = container(engine, "policylocal-web-1")["Id"]
        with Server(engine=engine.address) as other:
            admin = other.set_up()
            end = ended(admin, admin.post("/api/v1/stacks/policylocal/adopt", json={"take_over": True}))
            assert end["state"] == "done", end
            assert [finding["rule"] for finding in end["result"]["findings"] if finding["severity"] == "deny"] == ["POL-4"], end
            assert container(engine, "policylocal-web-1")["Id"] == before
    run("down")


def body(checks):
    with Engine() as engine, Server(engine=engine.address) as server:
        admin = server.set_up()
        admin.create_user("worker", [("operator",)])
        operator = server.log_in("worker")
        updates(checks, engine, admin, operator)
        rollbacks(checks, engine, admin, operator)
        moves(checks, server, engine, admin, operator)
        hooks(checks, engine, admin, operator)
        volumes(checks, engine, admin, operator)
        admin.create_user("local", [("admin", "local", "bound")])
        exceptions(checks, admin, operator, server.log_in("local", PASSWORD))
        levels(checks, admin, operator)
        host(checks, server, engine)
        for stack in ("shop", "bound", "hooked"):
            ended(admin, admin.post(f"/api/v1/stacks/{stack}/down", json={}))


main(body, 600)
