#!/usr/bin/env python3
"""editing.py   what an editor of stacks lives on: files of a stack that is still to be made are checked, drafts that nobody writes over,
plans that count only as they were shown, the files of every revision, and when a session ends."""

import datetime
import json

from server import ADMIN, Engine, Server, main

STACK = "services:\n  web:\n    image: slipway/base:1\n    command: [sleep, infinity]\n    init: true\n    env_file: [web.env]\n    labels: {step: \"1\"}\n"


def new_stacks(checks, admin):
    """Checks of files of no stack."""
    def checked(**body):
        answer = admin.post("/api/v1/validate", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    with checks("files of a stack that is to be made are checked, each problem at its place"):
        found = checked(name="new", files=[{"path": "compose.yaml", "text": "services:\n  web:\n    imag: x\n    ports: [\"a:b:c:d\"]\n"}])
        assert not found["valid"] and {fault["place"] for fault in found["problems"]} == {"compose.yaml:2:3", "compose.yaml:3:5", "compose.yaml:4:13"}, found
        found = checked(name="new", files=[{"path": "compose.yaml", "text": "services: {web: {image: \"x:${TAG}\"}}\n"}], secrets={"TAG": "1"})
        assert found["valid"] and found["services"] == ["web"], found
    with checks("nothing is kept of them"):
        assert admin.get("/api/v1/stacks/new").status_code == 404
    with checks("the files of a stack that is there do not count for another one of its name"):
        answer = admin.post("/api/v1/validate", json={"name": "shop", "files": [{"path": "compose.yaml", "text": "include: [compose.yaml]\n"}]})
        assert answer.status_code == 409, answer.text


def drafts(checks, admin, server):
    """One draft of a stack for all who edit it."""
    path = "/api/v1/stacks/shop/draft"

    def put(who, version, *files):
        return who.put(path, json={"version": version, "files": list(files)})

    admin.create_user("bea", [("operator", "local")])
    bea = server.log_in("bea")
    file = {"path": "compose.yaml", "text": STACK + "# mine\n", "tag": "0123"}
    with checks("a draft is kept, and shown to all who edit the stack"):
        assert admin.get(path).json() == {"version": 0}, admin.get(path).text
        first = put(admin, 0, file, {"path": "old.env"})
        assert first.status_code == 200, first.text
        seen = bea.get(path).json()
        assert seen["version"] == first.json()["version"] > 0 and seen["author"] == ADMIN, seen
        assert seen["files"] == [file, {"path": "old.env"}], seen
    with checks("who has not seen the newest draft writes over nothing, and is told whose it is"):
        second = put(bea, seen["version"], {"path": "compose.yaml", "text": STACK + "# hers\n"})
        assert second.status_code == 200 and second.json()["version"] > seen["version"], second.text
        late = put(admin, seen["version"], file)
        assert late.status_code == 409 and late.json()["code"] == "draft_changed" and "bea" in late.text, late.text
        assert put(admin, 0, file).status_code == 409
        assert admin.delete(f"{path}?version={seen['version']}").status_code == 409
        assert "# hers" in admin.get(path).json()["files"][0]["text"]
    with checks("a version is never used again"):
        assert admin.delete(f"{path}?version={second.json()['version']}").status_code == 204
        assert admin.get(path).json() == {"version": 0}
        assert put(admin, 0, file).json()["version"] > second.json()["version"]
        assert put(bea, second.json()["version"], file).status_code == 409
    with checks("paths that lead elsewhere, and drafts that are too large, are refused"):
        version = admin.get(path).json()["version"]
        assert put(admin, version, {"path": "../x", "text": ""}).status_code == 422
        large = [{"path": f"{number}.txt", "text": "x" * (1 << 20)} for number in range(5)]
        assert put(admin, version, *large).status_code == 413
        assert admin.get(path).json()["version"] == version
    with checks("a draft is nothing that is deployed, and nothing in the folder"):
        assert admin.get("/api/v1/stacks/shop/file?path=compose.yaml").json()["text"] == STACK
    with checks("the draft is gone with its stack"):
        admin.create_stack("gone", STACK.replace("    env_file: [web.env]\n", ""))
        assert admin.put("/api/v1/stacks/gone/draft", json={"version": 0, "files": [file]}).status_code == 200
        assert admin.delete("/api/v1/stacks/gone").status_code == 204
        admin.create_stack("gone", STACK.replace("    env_file: [web.env]\n", ""))
        assert admin.get("/api/v1/stacks/gone/draft").json() == {"version": 0}


def plans(checks, admin):
    """Plans and revisions."""
    def plan(**body):
        answer = admin.post("/api/v1/stacks/shop/plan", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    shown = plan()
    assert admin.put("/api/v1/stacks/shop/file?path=web.env", json={"text": "COLOR=green\nDB_PASSWORD=hunter2-canary\n"}).status_code == 200
    with checks("a plan that is not true any more is refused at once"):
        answer = admin.post("/api/v1/stacks/shop/deploy", json={"plan": shown["hash"]})
        assert answer.status_code == 409 and answer.json()["code"] == "stale_plan", answer.text
        assert not admin.get("/api/v1/stacks/shop/revisions").json()["items"]
    admin.deploy("shop")
    with checks("a file that a draft is without does not count in its plan"):
        text = STACK.replace("web.env", "{path: web.env, required: false}")
        assert admin.put("/api/v1/stacks/shop/file?path=compose.yaml", json={"text": text}).status_code == 200
        assert plan()["empty"], plan()
        assert not plan(absent=["web.env"])["empty"]
    with checks("what differs from the revision that runs comes with a plan when it was asked for, without secrets"):
        assert "differences" not in plan()
        text = "COLOR=violet\nDB_PASSWORD=hunter3-canary\n"
        answer = admin.post("/api/v1/stacks/shop/plan?differences=true", json={"files": [{"path": "web.env", "text": text}]})
        assert "environment.COLOR" in str(answer.json().get("differences")) and "canary" not in answer.text, str(answer.json().get("differences"))
        assert [one["kind"] for one in answer.json()["differences"]] == ["changed"], answer.text
    with checks("a draft without the compose file is told as such"):
        body = admin.post("/api/v1/stacks/shop/validate", json={"absent": ["compose.yaml"]}).json()
        assert not body["valid"], body


def revisions(checks, admin, server):
    """Files of revisions."""
    def file(who, number, path):
        return who.get(f"/api/v1/stacks/shop/revisions/{number}/file?path={path}")

    def tags(who, number):
        return {each["path"].rsplit("/", 1)[-1]: each.get("tag") for each in who.get(f"/api/v1/stacks/shop/revisions/{number}").json()["files"]}

    assert admin.put("/api/v1/stacks/shop/file?path=compose.yaml", json={"text": STACK.replace('"1"', '"2"')}).status_code == 200
    admin.deploy("shop")
    admin.create_user("eve", [("viewer", "local")])
    eve = server.log_in("eve")
    with checks("each revision has its files as they were"):
        assert file(admin, 1, "compose.yaml").json().get("text") == STACK, f"{file(admin, 1, 'compose.yaml').text} {tags(admin, 1)}"
        assert 'step: "2"' in file(admin, 2, "compose.yaml").json()["text"]
        assert file(admin, 1, "web.env").json()["text"].endswith("hunter2-canary\n")
    with checks("what has changed between them is seen by the tags"):
        one, two = tags(admin, 1), tags(admin, 2)
        assert one["web.env"] == two["web.env"] and one["compose.yaml"] != two["compose.yaml"], f"{one} {two}"
    with checks("S-SEC-4: who may not edit the stack sees them with their secrets hidden, and no tags"):
        assert set(tags(eve, 1).values()) == {None}
        seen = file(eve, 1, "web.env").json()
        assert seen["masked"] and "canary" not in json.dumps(seen) and "COLOR" in seen["text"], seen
        # What was secret then is hidden also when it is not any more.
        assert admin.put("/api/v1/stacks/shop/file?path=web.env", json={"text": "COLOR=red\nDB_PASSWORD=other-value-now\n"}).status_code == 200
        assert "canary" not in json.dumps(file(eve, 1, "web.env").json())
    with checks("what a revision has not is not found, and no path leads out of it"):
        assert file(admin, 1, "nosuch").status_code == 404
        assert file(admin, 9, "compose.yaml").status_code == 404
        assert file(admin, 1, "../secrets").status_code == 422


def session(checks, admin):
    """Sessions that end."""
    with checks("a session tells when it ends"):
        told = admin.get("/api/v1/session").json()
        left = datetime.datetime.fromisoformat(told["ends_at"].replace("Z", "+00:00")) - datetime.datetime.now(datetime.timezone.utc)
        assert datetime.timedelta(0) < left <= datetime.timedelta(days=31) and told["idle_seconds"] == 8 * 3600, told


def body(checks):
    with Engine() as engine, Server(engine=engine.address) as server:
        admin = server.set_up()
        admin.create_stack("shop", STACK, **{"web.env": "COLOR=blue\n"})
        try:
            new_stacks(checks, admin)
            drafts(checks, admin, server)
            plans(checks, admin)
            revisions(checks, admin, server)
            session(checks, admin)
        finally:
            admin.post("/api/v1/stacks/shop/down", json={"volumes": True})


if __name__ == "__main__":
    main(body, 180)
