"""Servers and what is on them: a host over SSH with its key, also a changed one; images, volumes, networks."""

import contextlib
import json
import pathlib
import re
import subprocess

from stage import REPO, wait


# An image that no other journey deploys: what keeps it is this stack alone.
COMPOSE = "services:\n  web:\n    image: slipway/counter:1.0\n"


def play(stage, checks):
    admin = stage.admin()
    admin.step_up()
    admin.create_stack("placed", COMPOSE)
    admin.deploy("placed")
    try:
        with remote_host(stage) as host:
            with stage.page(admin, "/servers/new") as page:
                adds(stage, checks, page, host)
            with stage.page(admin, "/servers/distant") as page:
                looks(stage, checks, page)
                rekeyed(stage, checks, page, host)
        with stage.page(admin, "/servers") as page:
            forgets(stage, checks, page)
        with stage.page(admin, "/images") as page:
            images(stage, checks, page)
        with stage.page(admin, "/volumes") as page:
            volumes(stage, checks, page)
        with stage.page(admin, "/networks") as page:
            networks(stage, checks, page)
    finally:
        with contextlib.suppress(Exception):
            admin.step_up()
            answer = admin.post("/api/v1/stacks/placed/down", json={"timeout_seconds": 1})
            wait("it is down", lambda: admin.get(f"/api/v1/operations/{answer.json()['id']}").json().get("ended_at"), 60)
            admin.delete("/api/v1/stacks/placed")


@contextlib.contextmanager
def remote_host(stage):
    """A host of scripts/remote-host beside the engine."""
    name = pathlib.Path(stage.engine.address.removeprefix("unix://")).parent.name

    def script(action):
        result = subprocess.run([REPO / "scripts/remote-host", action, name], capture_output=True, text=True, timeout=120)
        assert result.returncode == 0, f"remote-host {action}: {result.stderr[-400:]}"
        return result.stdout
    host = json.loads(script("up"))
    host["script"] = script
    try:
        yield host
    finally:
        script("down")


def sign_in(page, host):
    page.get_by_label("Private key").fill(pathlib.Path(host["keys"]["ed25519"]).read_text())
    page.get_by_role("button", name="Connect", exact=True).click()
    page.get_by_role("dialog").get_by_text("Fingerprint", exact=True).wait_for()


def adds(stage, checks, page, host):
    with checks("the key of a new host is shown before anything is sent to it"):
        page.get_by_label("Name", exact=True).fill("distant")
        page.get_by_label("Address").fill(f"ssh://deploy@{host['address']}")
        sign_in(page, host)
        page.get_by_role("dialog").get_by_text("SHA256:").first.wait_for()
    stage.audit(checks, page, "server-host-key", narrow=False)
    with checks("a key that is not confirmed adds nothing"):
        page.get_by_role("button", name="It is not").click()
        page.get_by_role("dialog").wait_for(state="detached")
    with checks("a confirmed one is kept, and each step told"):
        page.get_by_role("button", name="Connect", exact=True).click()
        page.get_by_role("button", name="It is: go on").click()
        page.get_by_role("heading", name="distant is added").wait_for(timeout=30_000)
        page.get_by_text("as pinned").or_(page.get_by_text("host key")).first.wait_for()
    stage.audit(checks, page, "server-added")


def looks(stage, checks, page):
    with checks("its machine and its engine are shown, and tried"):
        page.get_by_text("Operating system").wait_for()
        page.get_by_role("button", name="Test the way there").click()
        page.get_by_text("the server forwards sockets").wait_for(timeout=30_000)
        page.get_by_role("button", name="Check everything").click()
        page.get_by_text("overlay2 in").or_(page.get_by_text("storage")).first.wait_for(timeout=30_000)
    stage.audit(checks, page, "server")
    with checks("its containers are those of the engine"):
        page.get_by_role("link", name="Containers", exact=True).click()
        page.get_by_role("link", name="placed-web-1").wait_for()
    stage.audit(checks, page, "server-containers")


def rekeyed(stage, checks, page, host):
    host["script"]("rekey")
    page.goto("/servers/distant")
    with checks("a changed host key stops everything, and both keys are told"):
        page.get_by_role("button", name="Test the way there").click()
        page.get_by_text("the host key has changed").first.wait_for(timeout=30_000)
    with checks("it is connected anew only with the new key confirmed"):
        page.get_by_role("button", name="Acts for distant").click()
        page.get_by_role("menuitem", name="Connect anew").click()
        page.get_by_role("heading", name="Connect distant anew").wait_for()
        sign_in(page, host)
        page.get_by_role("button", name="It is: go on").click()
        page.get_by_role("heading", name="distant is connected anew").wait_for(timeout=30_000)
        page.goto("/servers")
        page.get_by_role("row", name="distant").get_by_text(re.compile(r"^\W*up$")).first.wait_for(timeout=30_000)


def forgets(stage, checks, page):
    with checks("the servers are listed with their links"):
        page.get_by_role("row", name="local").get_by_text("up").first.wait_for()
        page.get_by_role("row", name="distant").wait_for()
    with checks("of one that went away it is told when it was seen last"):
        page.get_by_role("row", name="distant").get_by_text("last seen").wait_for(timeout=60_000)
    stage.audit(checks, page, "servers")
    with checks("the lists of the tab are narrowed to one server, also after a reload"):
        page.get_by_label("Look at").select_option("distant")
        page.get_by_role("link", name="Networks").first.click()
        page.get_by_role("heading", name="Networks of distant").wait_for()
        page.reload()
        page.get_by_label("Look at").wait_for()
        assert page.get_by_label("Look at").input_value() == "distant"
        page.get_by_role("heading", name="Networks of distant").wait_for()
        assert page.get_by_role("heading", name="Networks of local").count() == 0
        page.goto("/servers")
        page.get_by_role("row", name="distant").wait_for()
    with checks("one is forgotten when its name was typed"):
        page.get_by_role("link", name="distant").click()
        page.get_by_role("button", name="Acts for distant").click()
        page.get_by_role("menuitem", name="Forget it").click()
        page.get_by_role("dialog").get_by_label("Type distant").fill("distant")
        page.get_by_role("dialog").get_by_role("button", name="Forget distant").click()
        page.wait_for_url("**/servers")
        page.get_by_role("row", name="distant").wait_for(state="detached")
        wait("with one server there is nothing to narrow", lambda: page.get_by_label("Look at").count() == 0)


def images(stage, checks, page):
    with checks("images are listed with what uses and what keeps them"):
        page.get_by_label("Filter images").fill("slipway/counter")
        page.get_by_role("row", name="slipway/counter:1.0").get_by_text("placed-web-1").wait_for()
        page.get_by_role("row", name="slipway/counter:1.0").get_by_role("link", name="placed 1").wait_for()
    stage.audit(checks, page, "images")
    with checks("a prune shows what would go, and what stays for what, before anything does"):
        page.get_by_role("button", name="Prune…").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Only images without a tag").uncheck()
        dialog.get_by_role("row", name="slipway/counter:1.0").get_by_text("revision 1 of placed").wait_for()
    stage.audit(checks, page, "images-prune", narrow=False)


def volumes(stage, checks, page):
    dialog = page.get_by_role("dialog")
    with checks("a volume is made, and shown as one that nobody uses"):
        page.get_by_role("button", name="New volume").click()
        dialog.get_by_label("Name").fill("hold")
        dialog.get_by_role("button", name="Make it").click()
        page.get_by_role("link", name="hold").wait_for()
    stage.audit(checks, page, "volumes")
    page.get_by_role("link", name="hold").click()
    page.get_by_text("No container uses it").wait_for()
    stage.audit(checks, page, "volume")
    with checks("it is removed with its data when its name was typed"):
        page.get_by_role("button", name="Remove…").click()
        dialog.get_by_label("Type hold").fill("hold")
        dialog.get_by_role("button", name="Remove hold").click()
        page.wait_for_url("**/servers/local/volumes")


def networks(stage, checks, page):
    dialog = page.get_by_role("dialog")
    stage.audit(checks, page, "networks")
    with checks("a network is made, joined, left and removed"):
        page.get_by_role("button", name="New network").click()
        dialog.get_by_label("Name").fill("canal")
        dialog.get_by_role("button", name="Make it").click()
        page.get_by_role("heading", name="canal", level=1).wait_for()
        page.get_by_role("button", name="Connect a container").click()
        dialog.get_by_label("Container").select_option(label="placed-web-1")
        dialog.get_by_role("button", name="Connect", exact=True).click()
        page.get_by_role("link", name="placed-web-1").wait_for()
    stage.audit(checks, page, "network")
    with checks("what is in it keeps it from being removed"):
        assert page.get_by_role("button", name="Remove…").get_attribute("aria-disabled") == "true"
        page.get_by_role("button", name="Disconnect").click()
        dialog.get_by_role("button", name="Disconnect").click()
        page.get_by_text("No container is in it").wait_for()
        page.get_by_role("button", name="Remove…").click()
        dialog.get_by_role("button", name="Remove the network").click()
        page.wait_for_url("**/servers/local/networks")
