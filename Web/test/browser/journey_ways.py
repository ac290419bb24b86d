"""Ways to a stack, each to its end: a template that is deployed, a repository that is fetched and changes, a project whose files say
something else than what runs."""

import contextlib
import json
import pathlib
import tempfile

from githost import GitHost, Repository
from stage import take_down

SERVICE = "services:\n  web:\n    image: slipway/base:1\n    command: [sleep, infinity]\n"


def play(stage, checks):
    admin = stage.admin()
    admin.step_up()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as open_things:
        folder = pathlib.Path(folder)
        for name in ("site", "app", "older"):
            open_things.callback(take_down, admin, name)
        with stage.page(admin, "/stacks/new?from=template&template=web") as page:
            template(stage, checks, page)
        repository(stage, checks, admin, folder)
        undecided(stage, checks, admin)


def template(stage, checks, page):
    with checks("a template with its values becomes a stack, and is deployed"):
        page.get_by_label("Name", exact=True).fill("site")
        page.get_by_label("Image with its tag").fill("slipway/hello:1.0")
        page.get_by_label("Port on the host").fill("18099")
        page.get_by_role("button", name="Make the stack").click()
        page.wait_for_url("**/stacks/site@local/compose")
        page.get_by_text("No problems").wait_for()
        page.get_by_role("button", name="Plan", exact=True).click()
        page.get_by_role("button", name="Deploy revision 1 to local").click()
        page.wait_for_url("**/operations/*")
        page.get_by_role("link", name="Open the stack").wait_for(timeout=60_000)


def repository(stage, checks, admin, folder):
    made = Repository(folder)
    first = made.commit("Begin", compose__yaml=SERVICE)
    host = GitHost(folder)
    try:
        with stage.page(admin, "/stacks/new?from=git") as page:
            with checks("the files of a repository become a stack"):
                page.get_by_label("Address").fill(f"http://127.0.0.1:{host.port}/app.git")
                page.get_by_role("button", name="Fetch the files").click()
                page.wait_for_url("**/operations/*")
                page.get_by_role("link", name="Open the stack").click(timeout=60_000)
                page.get_by_role("heading", name="app", level=1).wait_for()
            page.goto("/stacks/app@local/settings")
            with checks("its commit is told"):
                page.get_by_text(first[:12]).first.wait_for()
            stage.audit(checks, page, "stack-settings-git")
            second = made.commit("Go on", compose__yaml=SERVICE + "    labels: {tide: high}\n")
            with checks("what was committed since is fetched and deployed on request"):
                page.get_by_role("button", name="Fetch and deploy").click()
                page.wait_for_url("**/operations/*")
                page.get_by_role("link", name="Open the stack").wait_for(timeout=60_000)
                page.goto("/stacks/app@local/settings")
                page.get_by_text(second[:12]).first.wait_for()
                page.goto("/stacks/app@local/compose")
                page.locator(".CodeMirror-code").get_by_text("tide").wait_for()
    finally:
        host.close()


def undecided(stage, checks, admin):
    """A project that somebody has started by other means, whose files are kept here and say something else."""
    admin.create_stack("older", SERVICE + "    environment: {TIDE: low}\n")
    made = json.loads(stage.engine_post("/containers/create?name=older-web-1", {
        "Image": "slipway/base:1", "Cmd": ["sleep", "infinity"], "Labels": {
            "com.docker.compose.project": "older", "com.docker.compose.service": "web", "com.docker.compose.container-number": "1",
            "com.docker.compose.oneoff": "False", "com.docker.compose.config-hash": "0" * 64,
            "com.docker.compose.project.working_dir": "/nowhere", "com.docker.compose.project.config_files": "/nowhere/compose.yaml"}}))
    stage.engine_post(f"/containers/{made['Id']}/start")
    with stage.page(admin, "/stacks/new?adopt=older@local") as page:
        dialog = page.get_by_role("dialog")
        with checks("where files and what runs differ, that is listed and asked, and nothing is recorded"):
            page.get_by_role("row", name="older").get_by_role("button", name="Adopt").click()
            dialog.get_by_role("button", name="Adopt older").click()
            dialog.get_by_role("heading", name="What is the first revision of older?").wait_for()
            dialog.get_by_text("network_mode").wait_for()
        stage.audit(checks, page, "adopt-undecided", narrow=False)
        with checks("what runs is kept as the first revision, and goes on"):
            dialog.get_by_role("button", name="Keep what runs").click()
            page.wait_for_url("**/operations/*")
            page.get_by_role("link", name="Revision 1").wait_for(timeout=60_000)
            state = json.loads(stage.engine.call("GET", "/containers/older-web-1/json"))
            assert state["Id"] == made["Id"] and state["State"]["Running"] and state["RestartCount"] == 0
    stage.engine_post(f"/containers/{made['Id']}/kill")
