"""A viewer on the pages of stacks and servers: what is shown, and why nothing can be changed."""

import contextlib

from stage import servers, wait

PASSWORD = "three swans sleep by the lock"
COMPOSE = servers.COMPOSE + "    environment:\n      PASSWORD: ${PASSWORD}\n"


def play(stage, checks):
    admin = stage.admin()
    admin.step_up()
    admin.create_stack("watched", COMPOSE, **{".env": "PASSWORD=larks at dawn\n"})
    admin.deploy("watched")
    user = admin.create_user("wanda", [("viewer",)], PASSWORD)
    try:
        viewer = stage.server.log_in("wanda", PASSWORD)
        with stage.page(viewer, "/stacks/watched@local/compose") as page:
            with checks("files can be read and not be written, and secrets in them are dots"):
                page.get_by_text("Secret values are shown as dots").wait_for()
                page.locator(".CodeMirror").wait_for()
                refused(page, "Save")
                page.goto("/stacks/watched@local/compose?file=.env")
                page.locator(".CodeMirror-code").get_by_text("•••").first.wait_for()
                assert "larks" not in page.content()
        for path, name in [("plan", "Deploy revision 2 to local"), ("env", "Add")]:
            with stage.page(viewer, f"/stacks/watched@local/{path}") as page:
                with checks(f"the tab {path} says who may"):
                    refused(page, name)
        with stage.page(viewer, "/stacks/watched@local/revisions") as page:
            with checks("the history is there, without a way to roll back"):
                page.get_by_role("link", name="Revision 1", exact=True).wait_for()
                assert page.get_by_role("link", name="Roll back").count() == 0
        for path in ("/stacks/watched@local/settings", "/servers/local", "/images", "/volumes", "/networks", "/templates", "/settings", "/profile"):
            with stage.page(viewer, path) as page:
                with checks(f"{path} is shown to a viewer without a failure"):
                    stage.settled(page)
                    assert page.get_by_role("alert").count() == 0, page.get_by_role("alert").first.inner_text()
    finally:
        with contextlib.suppress(Exception):
            admin.step_up()
            admin.delete(f"/api/v1/users/{user['id']}")
            answer = admin.post("/api/v1/stacks/watched/down", json={"timeout_seconds": 1})
            wait("it is down", lambda: admin.get(f"/api/v1/operations/{answer.json()['id']}").json().get("ended_at"), 60)
            admin.delete("/api/v1/stacks/watched")


def refused(page, name):
    button = page.get_by_role("button", name=name)
    button.wait_for()
    assert button.get_attribute("aria-disabled") == "true"
    assert "needs operator" in button.inner_text() + (button.get_attribute("title") or "")
