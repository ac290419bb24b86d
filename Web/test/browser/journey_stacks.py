"""Stacks as they live: the list, one stack, a deploy that is watched, one that fails, and what changes behind the page's back."""

import contextlib
import json

from stage import CANARY, COMPOSE, servers, take_down, wait

GREET = "services:\n  web:\n    image: slipway/hello:{tag}\n    labels: {{note: {canary}}}\n"


def play(stage, checks):
    admin = stage.admin()
    admin.create_stack("greet", GREET.format(tag="1.0", canary='"<b>hit</b>"'))
    admin.create_stack("idle", COMPOSE)
    try:
        overview(stage, checks, admin)
        lists(stage, checks, admin)
        deploys(stage, checks, admin)
        changes(stage, checks, admin)
        failures(stage, checks, admin)
        ends(stage, checks, admin)
    finally:
        for name in ("greet", "idle"):
            with contextlib.suppress(Exception):
                take_down(admin, name)


def overview(stage, checks, admin):
    with stage.page(admin, "/") as page:
        with checks("the overview counts the stacks"):
            page.get_by_role("link", name="Stacks 2").first.wait_for()
        stage.audit(checks, page, "overview")


def lists(stage, checks, admin):
    with stage.page(admin, "/stacks") as page:
        row = page.get_by_role("row", name="greet")
        with checks("the list has both stacks"):
            row.wait_for()
            assert page.locator("tbody tr").count() == 2
        with checks("the filter narrows it, and says so when nothing is left"):
            page.keyboard.press("/")
            page.keyboard.type("gre")
            wait("one row is left", lambda: page.locator("tbody tr").count() == 1)
            page.keyboard.type("zzz")
            page.get_by_role("button", name="Clear the filter").click()
            row.wait_for()
        with checks("stacks are chosen and restarted together, with their names shown first"):
            page.get_by_label("Select greet@local").check()
            bar = page.get_by_role("region", name="Selected stacks")
            bar.get_by_role("button", name="Select all 2").click()
            bar.get_by_text("2 selected").wait_for()
            bar.get_by_role("button", name="Restart").click()
            page.get_by_role("dialog").get_by_text("idle@local").wait_for()
            page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
            bar.get_by_role("button", name="Clear").click()
            bar.wait_for(state="detached")
        with checks("a row is opened by keys alone, and browser back returns"):
            page.keyboard.press("Escape")
            page.evaluate("() => document.activeElement.blur()")
            page.keyboard.press("j")
            page.keyboard.press("Enter")
            page.get_by_role("heading", name="greet").wait_for()
            page.go_back()
            page.get_by_role("heading", name="Stacks").wait_for()
        with checks("the palette goes to a stack"):
            page.keyboard.press("Control+k")
            page.keyboard.type("idle")
            page.get_by_role("option", name="idle@local Stack").first.wait_for()
            page.keyboard.press("Enter")
            page.get_by_role("heading", name="idle").wait_for()
        with checks("g and a letter go to a page"):
            page.keyboard.press("g")
            page.keyboard.press("s")
            page.get_by_role("heading", name="Stacks").wait_for()
        stage.audit(checks, page, "stacks")
        with checks("a deploy from elsewhere shows in the row without a reload"):
            begin(admin, "greet", CANARY)
            row.get_by_text("running").wait_for()


def deploys(stage, checks, admin):
    operation = begin(admin, "idle", "for the page")
    with stage.page(admin, f"/operations/{operation}") as page:
        with checks("the operation is followed, also over a reload in its middle"):
            page.get_by_role("heading", name="Steps").wait_for()
            page.reload()
            page.get_by_role("link", name="Open the stack").wait_for()
            page.get_by_text("create container idle-web-1").first.wait_for()
        stage.audit(checks, page, "operation-done")
    with stage.page(admin, "/operations") as page:
        with checks("a hostile message of a deploy stays text"):
            page.get_by_text("<script>hit(2)</script>").first.wait_for()
        stage.audit(checks, page, "operations")


def changes(stage, checks, admin):
    with stage.page(admin, "/stacks/greet@local") as page:
        with checks("the services are there, with what they use, the log beside it"):
            page.get_by_role("row", name="web").get_by_text("%").wait_for()
            page.get_by_role("region", name="Usage").get_by_text("highest").first.wait_for()
            page.get_by_role("region", name="Log").get_by_text("hello 1.0").first.wait_for()
        stage.audit(checks, page, "stack")
        with checks("a container that is stopped on the engine shows at once, and as a difference"):
            stage.engine.call("POST", "/containers/greet-web-1/stop?t=1")
            page.get_by_role("row", name="web").get_by_text("stopped").wait_for()
            page.get_by_text("What runs is not revision 1").wait_for()
        with checks("it is started again from the page"):
            page.get_by_role("button", name="Start", exact=True).click()
            page.get_by_role("link", name="Open the stack").click()
            page.get_by_role("row", name="web").get_by_text("Up").wait_for()
        with checks("a restart asks first"):
            page.get_by_role("button", name="Restart", exact=True).click()
            page.get_by_role("dialog").get_by_role("button", name="Restart greet").click()
            page.get_by_role("link", name="Open the stack").click()
    with stage.page(admin, "/stacks/greet@local/events") as page:
        with checks("the engine's events are listed"):
            page.get_by_text("greet-web-1").first.wait_for()
        stage.audit(checks, page, "stack-events")
    wait("nothing runs on it", lambda: not admin.get("/api/v1/stacks/greet@local").json().get("busy"))
    with stage.page(admin, "/stacks") as page:
        with checks("what somebody changed past it is marked in the list, until it is as it should be"):
            mark = page.get_by_role("row", name="greet").get_by_text("drifted")
            labels = {f"com.docker.compose.{name}": text for name, text in (("project", "greet"), ("service", "web"), ("container-number", "2"), ("oneoff", "False"), ("config-hash", "0"))}
            other = json.loads(stage.engine_post("/containers/create?name=greet-web-2", {"Image": "slipway/hello:1.0", "Labels": labels}))["Id"]
            stage.engine_post(f"/containers/{other}/start")
            mark.wait_for()
            page.get_by_role("button", name="drifted").click()
            wait("only that is left", lambda: page.locator("tbody tr").count() == 1)
            page.get_by_role("button", name="drifted").click()
            stage.engine.call("DELETE", f"/containers/{other}?force=true")
            mark.wait_for(state="detached")


def failures(stage, checks, admin):
    files = [{"path": "compose.yaml", "text": GREET.format(tag="crash", canary="x")}]
    answer = admin.patch("/api/v1/stacks/greet/files", json={"changes": files})
    assert answer.status_code == 200, answer.text
    operation = begin(admin, "greet", "a mistake")
    with stage.page(admin, f"/operations/{operation}") as page:
        with checks("a failed deploy says first what runs now, then why"):
            page.get_by_text("Revision 1 runs again, whole.").wait_for()
            page.get_by_text("cannot read its settings").first.wait_for()
            page.get_by_role("link", name="Roll back").wait_for()
        stage.audit(checks, page, "operation-failed")
    with stage.page(admin, "/") as page:
        with checks("the overview asks somebody to look at it"):
            page.get_by_role("link", name="See why").first.click()
            page.get_by_text("Revision 1 runs again, whole.").wait_for()


def ends(stage, checks, admin):
    with stage.page(admin, "/stacks/idle@local") as page:
        with checks("a stack is taken down and deleted, with its name typed"):
            page.get_by_role("button", name="More for idle").click()
            page.get_by_role("menuitem", name="Take down").click()
            page.get_by_role("dialog").get_by_role("button", name="Take idle down").click()
            page.get_by_role("link", name="Open the stack").click()
            page.get_by_text("No container is there").wait_for()
            page.get_by_role("button", name="More for idle").click()
            page.get_by_role("menuitem", name="Delete").click()
            dialog = page.get_by_role("dialog")
            stage.audit(checks, page, "stack-delete", narrow=False)
            dialog.get_by_label("Type idle to go on").fill("idle")
            dialog.get_by_role("button", name="Delete idle").click()
            step_up(page)
            page.get_by_role("heading", name="Stacks").wait_for()
            wait("its row is gone", lambda: page.get_by_role("row", name="idle").count() == 0)
        with checks("what the other one uses stands in its row"):
            # The server looks at each container every 15 s.
            page.get_by_role("row", name="greet").get_by_text("%").wait_for(timeout=40_000)


def step_up(page):
    """Gives the password once more, where it is asked for."""
    asked = page.get_by_role("dialog", name="Confirm that it is you")
    done = page.get_by_role("heading", name="Stacks", exact=True)
    wait("either the password is asked for or it is done", lambda: asked.count() + done.count() > 0)
    if asked.count():
        asked.get_by_label("Password").fill(servers.PASSWORD)
        asked.get_by_role("button", name="Confirm").click()


def begin(admin, name, message):
    answer = admin.post(f"/api/v1/stacks/{name}/deploy", json={"message": message})
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]
