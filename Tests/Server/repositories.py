#!/usr/bin/env python3
"""repositories.py   stacks whose files come from a Git repository on this machine: what was fetched and not deployed is deployed later,
webhooks fetch before they deploy, a source that is taken away or changed while it is fetched stays so."""

import base64
import hashlib
import hmac
import json
import time

from githost import GitHost, Repository
from server import Engine, Server, main, wait_until

ENDS = ("done", "failed", "rolled_back", "cancelled", "needs_attention")


def compose(image, label):
    return f"services:\n  web:\n    image: {image}\n    pull_policy: never\n    command: sleep 600\n    init: true\n    labels: {{step: \"{label}\"}}\n"


def end_of(admin, operation, seconds=120):
    def ended():
        now = admin.get(f"/api/v1/operations/{operation}").json()
        return now if now["state"] in ENDS else None
    return wait_until(f"the end of {operation}", ended, seconds)


def ended(admin, answer):
    assert answer.status_code == 202, f"{answer.status_code} {answer.text}"
    return end_of(admin, answer.json().get("id") or answer.json()["operation"])


def label(engine, stack):
    """What the container of a stack is labelled with; None: there is none."""
    filters = json.dumps({"label": [f"com.docker.compose.project={stack}"]})
    found = json.loads(engine.call("GET", f"/containers/json?filters={filters}".replace('"', "%22").replace(" ", "")))
    return found[0]["Labels"]["step"] if found else None


def sync(admin, stack, **body):
    return ended(admin, admin.post(f"/api/v1/stacks/{stack}/source/sync", json=body))


def unfinished(checks, engine, admin, repository):
    """A deploy that fails leaves what it was to bring for the next try."""
    repository.commit("Nothing has this image", compose__yaml=compose("slipway/nosuch:1", "broken"))
    end = sync(admin, "app", deploy=True)
    checks.that("a commit whose image is nowhere is fetched, and its deploy fails", end["state"] == "failed", end)
    end = sync(admin, "app")
    with checks("a fetch without deploy deploys nothing"):
        assert end["state"] == "done" and label(engine, "app") is None, end
    with checks("the same commit is deployed again, though its files are not new"):
        end = sync(admin, "app", deploy=True)
        assert end["state"] == "failed" and "nosuch" in json.dumps(end), end
    commit = repository.commit("That is there", compose__yaml=compose("slipway/base:1", "first"))
    end = sync(admin, "app", deploy=True)
    with checks("the commit that mends it is deployed"):
        assert end["state"] == "done" and end["result"]["commit"] == commit and label(engine, "app") == "first", end
    end = sync(admin, "app", deploy=True)
    with checks("... once"):
        assert end["state"] == "done" and end["result"].get("outcome") is None and end["result"]["changed"] == 0, end
    repository.commit("Broken once more", compose__yaml=compose("slipway/nosuch:1", "broken"))
    assert sync(admin, "app", deploy=True)["state"] == "failed"
    answer = admin.put("/api/v1/stacks/app/file", params={"path": "compose.yaml"}, json={"text": compose("slipway/base:1", "here")})
    assert answer.status_code == 200, answer.text
    end = sync(admin, "app", deploy=True)
    with checks("what somebody mends before the same commit is tried again is what is tried"):
        assert end["state"] == "done" and label(engine, "app") == "here", end
        assert "changed here" in json.dumps(admin.get("/api/v1/stacks/app/revisions").json()["items"][0])
    repository.commit("Broken a third time", compose__yaml=compose("slipway/nosuch:1", "broken too"))
    assert sync(admin, "app", deploy=True)["state"] == "failed"
    assert ended(admin, admin.post("/api/v1/stacks/app/rollback", json={"to": 1}))["state"] == "done"
    end = sync(admin, "app", deploy=True)
    with checks("a rollback that was done meanwhile is not undone by another try"):
        assert end["state"] == "done" and end["result"].get("outcome") is None and label(engine, "app") == "first", end
    repository.commit("Broken again", compose__yaml=compose("slipway/nosuch:1", "broken"))
    end = sync(admin, "app", deploy=True)
    assert end["state"] == "failed", end
    assert ended(admin, admin.post("/api/v1/stacks/app/down", json={}))["state"] == "done"
    end = sync(admin, "app", deploy=True)
    with checks("what is taken down meanwhile is not brought back by another try"):
        assert end["state"] == "done" and end["result"].get("outcome") is None, end


def modes(checks, admin, repository):
    script = repository.work / "run.sh"

    def mode():
        return next(file["mode"] for file in admin.get("/api/v1/stacks/app/files").json()["items"] if file["path"] == "run.sh")
    seen = []
    for bits, text in ((0o755, "#!/bin/sh\n"), (0o644, "#!/bin/sh\n"), (0o755, "#!/bin/sh\n"), (0o755, "#!/bin/sh\nexit\n")):
        script.write_text(text)
        script.chmod(bits)
        repository.commit(f"{bits:o} {len(text)}")
        assert sync(admin, "app")["state"] == "done"
        seen.append(mode())
    checks.that("what may be run in the repository may be run here", seen == ["755", "644", "755", "755"], seen)


def webhook(checks, engine, admin, repository):
    answer = admin.post("/api/v1/stacks/app/webhooks", json={"action": "deploy"})
    assert answer.status_code == 201, answer.text
    hook, secret = answer.json(), base64.b64decode(answer.json()["secret"])
    commit = repository.commit("Hook", compose__yaml=compose("slipway/base:1", "hook"))

    def call(number):
        now, body = str(int(time.time())), json.dumps({"number": number}).encode()
        signature = hmac.new(secret, now.encode() + b"." + body, hashlib.sha256).hexdigest()
        return ended(admin, admin.server.client(origin=False).post(hook["path"], data=body, headers={
            "Content-Type": "application/json", "Slipway-Signature": f"t={now},v1={signature}"}))
    with checks("a webhook deploys what the repository has by now"):
        end = call(1)
        assert end["state"] == "done" and label(engine, "app") == "hook", end
        revision = admin.get("/api/v1/stacks/app/revisions").json()["items"][0]
        assert commit[:12] in json.dumps(revision), revision
    with checks("one that fails leaves it for the next"):
        repository.commit("Broken", compose__yaml=compose("slipway/nosuch:1", "broken"))
        assert call(2)["state"] == "failed"
        end = sync(admin, "app", deploy=True)
        assert end["state"] == "failed" and "nosuch" in json.dumps(end), end
        repository.commit("Mended", compose__yaml=compose("slipway/base:1", "mended"))
        assert call(3)["state"] == "done" and label(engine, "app") == "mended"


def taken_away(checks, host, admin, source):
    """Whoever takes the source away while it is fetched is told so, and nothing has it back later."""
    host.asked.clear()
    host.is_open.clear()
    answer = admin.post("/api/v1/stacks/app/source/sync", json={})
    assert answer.status_code == 202, answer.text
    assert host.asked.wait(20), "the repository was not asked"
    with checks("a source is not taken away while it is fetched"):
        refused = admin.delete("/api/v1/stacks/app/source")
        assert refused.status_code == 409, refused.text
    waiting = admin.post("/api/v1/stacks/app/source/sync", json={})
    changed = admin.put("/api/v1/stacks/app/source", json={**source, "path": "other"})
    after = admin.post("/api/v1/stacks/app/source/sync", json={})
    host.is_open.set()
    ends = [ended(admin, each) for each in (answer, waiting, changed, after)]
    with checks("what waits behind a change of the source has the new one"):
        assert [end["state"] for end in ends[:3]] == ["done"] * 3, ends
        assert admin.get("/api/v1/stacks/app/source").json()["path"] == "other"
        assert ends[3]["state"] == "done", ends[3]
    with checks("then it is taken away, and is fetched no more"):
        assert admin.delete("/api/v1/stacks/app/source").status_code == 204
        assert admin.get("/api/v1/stacks/app/source").status_code == 409
        assert admin.post("/api/v1/stacks/app/source/sync", json={}).status_code == 409
        assert admin.get("/api/v1/stacks/app/files").json()["items"], "the files are gone"


def twice(checks, host, admin, source):
    """Two who make a stack of one name at the same time: the second does not write over the first."""
    host.asked.clear()
    host.is_open.clear()
    answers = [admin.post("/api/v1/stacks/git", json={"name": "twin", "source": each}) for each in (source, {**source, "path": "other"})]
    host.is_open.set()
    ends = [ended(admin, answer) for answer in answers]
    with checks("the second of two stacks of one name is refused when its turn has come"):
        assert [end["state"] for end in ends] == ["done", "failed"], ends
        assert admin.get("/api/v1/stacks/twin/source").json()["path"] == "", ends
    host.is_open.clear()
    strange = {"url": "https://127.0.0.1:1/app.git", "ref": "main", "token": "left-behind"}
    answers = [admin.post("/api/v1/stacks/git", json={"name": "pair", "source": each}) for each in (source, strange)]
    host.is_open.set()
    ends = [ended(admin, answer) for answer in answers]
    with checks("the token of the refused one is not kept"):
        assert [end["state"] for end in ends] == ["done", "failed"], ends
        assert admin.get("/api/v1/stacks/pair/source").json()["token_set"] is False
    with checks("a token that cannot be kept is refused at once"):
        for token in ("with space", "x" * 5000):
            bad = admin.post("/api/v1/stacks/git", json={"name": "bad", "source": {**strange, "token": token}})
            assert bad.status_code == 422, bad.text


def body(checks):
    with Engine() as engine, Server("--git-host", "127.0.0.1", engine=engine.address) as server:
        folder = server.folder / "git-host"
        folder.mkdir()
        repository = Repository(folder)
        (repository.work / "other").mkdir()
        (repository.work / "other" / "compose.yaml").write_text(compose("slipway/base:1", "other"))
        repository.commit("Begin", compose__yaml=compose("slipway/base:1", "begin"))
        host = GitHost(folder)
        admin = server.set_up()
        source = {"url": f"http://127.0.0.1:{host.port}/app.git", "ref": "main"}
        end = ended(admin, admin.post("/api/v1/stacks/git", json={"name": "app", "source": source}))
        checks.that("a stack is made from a repository", end["state"] == "done", end)
        modes(checks, admin, repository)
        unfinished(checks, engine, admin, repository)
        webhook(checks, engine, admin, repository)
        taken_away(checks, host, admin, source)
        twice(checks, host, admin, source)
        host.close()


if __name__ == "__main__":
    main(body, 240)
