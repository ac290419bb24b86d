"""The other ways to a stack, and its tabs for variables and settings."""

import contextlib
import json
import re
import subprocess

from stage import wait

HOSTILE = "<img src=x onerror=hit(1)>"
COMPOSE = "services:\n  web:\n    image: slipway/base:1\n    command: [sleep, infinity]\n    environment:\n      GREETING: ${GREETING}\n      TOKEN: ${TOKEN}\n"


def play(stage, checks):
    admin = stage.admin()
    admin.step_up()
    try:
        with stage.page(admin, "/stacks/new?from=upload") as page:
            upload(stage, checks, page)
        with stage.page(admin, "/stacks/packed@local/env") as page:
            variables(stage, checks, page)
        with stage.page(admin, "/stacks/packed@local/settings") as page:
            settings(stage, checks, page)
        with stage.page(admin, "/stacks/new?from=git") as page:
            git(stage, checks, page)
        adoption(stage, checks, admin)
        templates(stage, checks, admin)
    finally:
        for name in ("packed", "grown", "filled"):
            with contextlib.suppress(Exception):
                take_down(admin, name)


def upload(stage, checks, page):
    with checks("chosen files are listed, and made a stack"):
        page.get_by_label("Name", exact=True).fill("packed")
        page.locator("input[type=file]").first.set_input_files([
            {"name": "compose.yaml", "mimeType": "text/plain", "buffer": COMPOSE.encode()},
            {"name": "logo.bin", "mimeType": "application/octet-stream", "buffer": b"\0\xff\1"},
        ])
        page.get_by_role("rowheader", name="logo.bin").wait_for()
    stage.audit(checks, page, "new-stack-upload")
    with checks("a file that is no text is kept, and not shown as text"):
        page.get_by_role("button", name="Make the stack").click()
        page.wait_for_url("**/compose")
        page.get_by_role("button", name="logo.bin").click()
        page.get_by_text("It is no text.").wait_for()


def variables(stage, checks, page):
    dialog = page.get_by_role("dialog")
    with checks("what is asked for and not set is told"):
        page.get_by_text("Asked for and not set: GREETING, TOKEN.").wait_for()
    with checks("a variable is set, as text"):
        page.get_by_role("button", name="Acts for GREETING").click()
        page.get_by_role("menuitem", name="Set…").click()
        dialog.get_by_label("Value").fill(HOSTILE)
        dialog.get_by_role("button", name="Set it").click()
        page.get_by_role("row", name="GREETING").get_by_text(HOSTILE).wait_for()
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_text("Saved.").wait_for()
    with checks("a secret is sealed, and shown to an admin who asks"):
        page.get_by_role("button", name="Acts for TOKEN").click()
        page.get_by_role("menuitem", name="Keep as a secret").click()
        dialog.get_by_label("Value").fill("swallows in march")
        dialog.get_by_role("button", name="Seal it").click()
        page.get_by_role("row", name="TOKEN").get_by_text("secret").wait_for()
        assert "swallows" not in page.content()
        page.get_by_role("button", name="Acts for TOKEN").click()
        page.get_by_role("menuitem", name="Show the secret").click()
        dialog.get_by_text("swallows in march").wait_for()
        page.keyboard.press("Escape")
    stage.audit(checks, page, "variables")


def settings(stage, checks, page):
    dialog = page.get_by_role("dialog")
    with checks("an exception is granted with a reason, and taken back"):
        page.get_by_role("button", name="Grant an exception").click()
        dialog.get_by_label("Reason").fill(HOSTILE)
        dialog.get_by_role("button", name="Grant it").click()
        page.get_by_role("cell", name=HOSTILE).wait_for()
        page.get_by_role("button", name="Take back").click()
        dialog.get_by_role("button", name="Take it back").click()
        page.get_by_text("No exceptions").wait_for()
    with checks("a webhook shows its secret once"):
        page.get_by_role("button", name="New webhook").click()
        page.get_by_role("menuitem", name="That deploys").click()
        dialog.get_by_role("button", name="Copy the secret").wait_for()
        page.keyboard.press("Escape")
        page.get_by_role("row", name="/api/v1/hooks/").wait_for()
    stage.audit(checks, page, "stack-settings")


def git(stage, checks, page):
    with checks("an address with a password in it is not sent"):
        page.get_by_label("Address").fill("https://me:secret@git.example/team/media.git")
        assert page.get_by_role("button", name="Fetch the files").get_attribute("aria-disabled") == "true"
        page.get_by_label("Address").fill("https://git.example/team/media.git")
        assert page.get_by_label("Name", exact=True).input_value() == "media"
    stage.audit(checks, page, "new-stack-git")


def adoption(stage, checks, admin):
    # What somebody else has started: containers with the labels of Compose.
    body = {"Image": "slipway/base:1", "Cmd": ["sleep", "infinity"], "Labels": {
        "com.docker.compose.project": "grown", "com.docker.compose.service": "web", "com.docker.compose.container-number": "1",
        "com.docker.compose.oneoff": "False", "com.docker.compose.config-hash": "0" * 64, "com.docker.compose.project.working_dir": "/nowhere",
        "com.docker.compose.project.config_files": "/nowhere/compose.yaml"}}
    address = stage.engine.address.removeprefix("unix://")

    def engine(path, data=None):
        command = ["curl", "-sS", "--max-time", "20", "--unix-socket", address, "-X", "POST", "-H", "Content-Type: application/json",
                   *(["-d", json.dumps(data)] if data else []), f"http://engine{path}"]
        return subprocess.run(command, capture_output=True, check=True, timeout=30).stdout
    made = json.loads(engine("/containers/create?name=grown-web-1", body))
    engine(f"/containers/{made['Id']}/start")
    with stage.page(admin, "/stacks/new?from=adopt") as page:
        with checks("what runs without Slipway is listed, and adopting says what is done"):
            page.get_by_role("row", name="grown").get_by_role("button", name="Adopt").click()
            page.get_by_role("dialog").get_by_text("nothing is recreated").wait_for()
        stage.audit(checks, page, "adopt", narrow=False)
        with checks("it becomes a revision, and goes on as it was"):
            page.get_by_role("dialog").get_by_role("button", name="Adopt grown").click()
            page.wait_for_url("**/operations/*")
            page.get_by_role("link", name="Open the stack").wait_for(timeout=60_000)
            state = json.loads(stage.engine.call("GET", "/containers/grown-web-1/json"))
            assert state["Id"] == made["Id"] and state["State"]["Running"] and state["RestartCount"] == 0
    engine(f"/containers/{made['Id']}/kill")


def templates(stage, checks, admin):
    with stage.page(admin, "/templates") as page:
        stage.audit(checks, page, "templates")
    if not admin.get("/api/v1/templates").json()["items"]:
        checks.skip("a stack of a template", "this server finds no templates")
        return
    with stage.page(admin, "/stacks/new?from=template&template=web") as page:
        with checks("a template's values are looked at, its files shown, and a stack made of them"):
            page.get_by_label("Port on the host").fill("99999")
            page.get_by_text("a port is 1 to 65535").wait_for()
            page.get_by_label("Port on the host").fill("8080")
            page.get_by_label("Image with its tag").fill("slipway/hello:1.0")
            page.get_by_role("button", name="Show the files").click()
            page.get_by_role("heading", name="compose.yaml").wait_for()
        stage.audit(checks, page, "new-stack-template")
        with checks("it opens in the editor"):
            page.get_by_label("Name", exact=True).fill("filled")
            page.get_by_role("button", name="Make the stack").click()
            page.wait_for_url("**/stacks/filled@local/compose")
            page.get_by_role("button", name=re.compile(r"\.env")).wait_for()


def take_down(admin, name):
    admin.step_up()
    answer = admin.post(f"/api/v1/stacks/{name}/down", json={"timeout_seconds": 1})
    if answer.status_code == 202:
        wait("it is down", lambda: admin.get(f"/api/v1/operations/{answer.json()['id']}").json().get("ended_at"), 60)
    admin.delete(f"/api/v1/stacks/{name}")

