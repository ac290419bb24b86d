"""A stack that goes to another server with its data, images that are pruned, and two tabs that edit the same files."""

import contextlib
import json
import os
import pathlib
import subprocess

from stage import REPO, servers, take_down, wait

COMPOSE = """services:
  keeper:
    image: slipway/base:1
    command: [sh, -c, "[ -s /kept/words ] || echo brought along > /kept/words; sleep infinity"]
    volumes: [kept:/kept]
volumes:
  kept: {}
"""


def play(stage, checks):
    admin = stage.admin()
    admin.step_up()
    with contextlib.ExitStack() as open_things:
        open_things.callback(take_down, admin, "carried")
        admin.create_stack("carried", COMPOSE)
        admin.deploy("carried")
        two_tabs(stage, checks, admin)
        # Other journeys want the images that go.
        with contextlib.ExitStack() as afterwards:
            afterwards.callback(stage.engine.script, "images", stage.engine.address)
            prunes(stage, checks)
        host = open_things.enter_context(second_host())
        open_things.callback(lambda: admin.delete("/api/v1/servers/beyond"))
        # Before the server goes that it is on by then.
        open_things.callback(take_down, admin, "carried")
        adds(admin, host)
        moves(stage, checks, admin)


def two_tabs(stage, checks, admin):
    with stage.page(admin, "/stacks/carried@local/compose") as first:
        second = first.context.new_page()
        stage.watch(second)
        stage.visit(second, "/stacks/carried@local/compose")
        for page in (first, second):
            page.get_by_text("No problems").wait_for()
        with checks("what one tab saves is told in the other, which has typed meanwhile"):
            typed(second, "# second\n")
            typed(first, "# first\n")
            first.get_by_role("button", name="Save", exact=True).click()
            first.get_by_text("Saved.").wait_for()
            second.bring_to_front()
            second.get_by_text("was changed by").wait_for()
        with checks("both texts are compared"):
            second.get_by_role("button", name="Compare").click()
            second.get_by_role("dialog").get_by_text("# first").wait_for()
            second.get_by_role("dialog").get_by_text("# second").wait_for()
            second.keyboard.press("Escape")
        with checks("who takes over saves over it, knowingly"):
            second.get_by_role("button", name="Take over").click()
            second.locator(".CodeMirror").click()
            second.get_by_role("button", name="Save", exact=True).click()
            second.get_by_text("Saved.").wait_for()
            text = admin.get("/api/v1/stacks/carried/file?path=compose.yaml").json()["text"]
            assert "# second" in text and "# first" not in text, text
        with checks("a save that was overtaken is refused, and its text stays"):
            typed(second, "# third\n")
            # The event is late: the call comes first.
            second.context.set_offline(False)
            answer = admin.put("/api/v1/stacks/carried/file?path=compose.yaml", json={"text": COMPOSE + "# elsewhere\n"})
            assert answer.status_code == 200, answer.text
            # Whichever comes first, the event or the click.
            second.get_by_role("button", name="Save", exact=True).click(force=True)
            second.get_by_text("was changed by").or_(second.get_by_text("was changed on the server")).first.wait_for()
            assert "# third" in second.locator(".CodeMirror-code").inner_text()
            second.get_by_role("button", name="Save", exact=True).click()
            second.get_by_text("Not saved", exact=True).wait_for()
            assert "# elsewhere" in admin.get("/api/v1/stacks/carried/file?path=compose.yaml").json()["text"]
            second.get_by_role("button", name="Take theirs").click()
        with checks("a draft is kept on the server, and told where the same files are open"):
            first.reload()
            first.get_by_text("No problems").wait_for()
            typed(first, "# drafted\n")
            first.get_by_text("Draft kept").wait_for()
            assert "# drafted" not in admin.get("/api/v1/stacks/carried/file?path=compose.yaml").json()["text"]
            second.bring_to_front()
            second.get_by_text("The draft was changed by you, elsewhere").wait_for()
            stage.accessible(second)
            second.get_by_role("button", name="Take theirs").click()
            second.locator(".CodeMirror-code").get_by_text("# drafted").wait_for()
        with checks("a draft that is discarded is gone for all"):
            second.get_by_role("button", name="File", exact=True).click()
            second.get_by_role("menuitem", name="Discard all changes").click()
            second.get_by_role("dialog").get_by_role("button", name="Discard changes").click()
            wait("there is no draft", lambda: admin.get("/api/v1/stacks/carried/draft").json()["version"] == 0)


def prunes(stage, checks):
    with stage.page(stage.admin(), "/images") as page:
        dialog = page.get_by_role("dialog")
        with checks("a prune removes exactly what it listed"):
            page.get_by_role("button", name="Prune…").click()
            dialog.get_by_label("Only images without a tag").uncheck()
            dialog.get_by_role("heading", name="Goes").wait_for()
            goes = dialog.get_by_role("table", name="Images that would be removed")
            goes.get_by_text("slipway/worker:1.0").wait_for()
            amount = goes.locator("tbody tr").count()
            button = dialog.get_by_role("button", name="Remove ")
            assert button.inner_text().startswith(f"Remove {amount} image"), button.inner_text()
            before = images(stage)
            button.click()
            page.wait_for_url("**/operations/*")
            wait("the prune has ended", lambda: page.get_by_text("Done").count() > 0, 60)
            gone = before - images(stage)
            assert len(gone) == amount, f"{len(gone)} of {amount}"


def images(stage):
    return {image["Id"] for image in json.loads(stage.engine.call("GET", "/images/json"))}


@contextlib.contextmanager
def second_host():
    """An engine of its own with a host of scripts/remote-host before it."""
    name = f"mv-{os.getpid()}"

    def script(program, *arguments):
        result = subprocess.run([REPO / "scripts" / program, *arguments], capture_output=True, text=True, timeout=120)
        assert result.returncode == 0, f"{program}: {result.stderr[-400:]}"
        return result.stdout
    try:
        script("engine", "up", "--name", name)
        script("images", script("engine", "socket", "--name", name).strip(), "slipway/base:1")
        yield json.loads(script("remote-host", "up", name))
    finally:
        subprocess.run([REPO / "scripts/remote-host", "down", name], capture_output=True, timeout=60)
        subprocess.run([REPO / "scripts/engine", "down", "--name", name], capture_output=True, timeout=120)


def adds(admin, host):
    login = {"identity": pathlib.Path(host["keys"]["ed25519"]).read_text()}
    body = {"name": "beyond", "address": f"ssh://deploy@{host['address']}", "login": login}
    answer = admin.post("/api/v1/servers", json=body)
    assert answer.status_code == 409 and "host_key" in answer.json(), answer.text
    answer = admin.post("/api/v1/servers", json=body | {"fingerprint": answer.json()["host_key"]["fingerprint"]})
    assert answer.status_code == 201, answer.text


def moves(stage, checks, admin):
    with stage.page(admin, "/stacks/carried@local/settings") as page:
        with checks("a move is planned before it can begin"):
            move = page.get_by_role("button", name="Move carried to beyond")
            move.wait_for()
            assert move.get_attribute("aria-disabled") == "true"
            page.get_by_role("button", name="Plan the move").click()
            page.get_by_role("heading", name="While it stands still").wait_for(timeout=30_000)
            page.get_by_text("Not reachable meanwhile").wait_for()
        stage.audit(checks, page, "move-plan")
        with checks("the stack runs on the other server afterwards, with its volume"):
            move.click()
            page.wait_for_url("**/operations/*")
            page.get_by_role("link", name="Open the stack").click(timeout=90_000)
            page.wait_for_url("**/stacks/carried@beyond")
            page.get_by_role("row", name="keeper").get_by_text("running").first.wait_for()
            names = [volume["name"] for volume in admin.get("/api/v1/servers/beyond/volumes").json()["items"]]
            assert "carried_kept" in names, names
        stage.audit(checks, page, "moved", narrow=False)
    left = [container for container in json.loads(stage.engine.call("GET", "/containers/json?all=true")) if "/carried-keeper-1" in container["Names"]]
    checks.that("nothing of it is left here", not left, left)


def typed(page, text):
    page.bring_to_front()
    page.locator(".CodeMirror").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(text)
