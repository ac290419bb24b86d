"""The link to the server: cut, back again, and a session that ends."""

from stage import servers, wait


def play(stage, checks):
    admin = stage.admin()
    admin.create_stack("linked")
    with stage.page(admin, "/stacks") as page:
        with checks("a network that is gone is told, and comes back by itself"):
            page.context.set_offline(True)
            page.locator("[data-link=offline]").wait_for()
            page.context.set_offline(False)
            stage.live(page)
        with checks("a server that restarts is told, and what changed meanwhile is shown"):
            stage.server.stop()
            wait("the page says so", lambda: page.locator("[data-link=reconnecting], [data-link=offline]").count() > 0)
            stage.audit(checks, page, "offline", narrow=False)
            stage.server.start()
            stage.live(page)
            admin.create_stack("meanwhile")
            page.get_by_role("row", name="meanwhile").wait_for()
    other = stage.server.log_in()
    with stage.page(other, "/stacks") as page:
        with checks("a session that ended asks for the password over the page, and goes on"):
            page.get_by_label("Filter by name").fill("link")
            session = next(one for one in other.get("/api/v1/sessions").json()["items"] if one.get("current"))
            answer = admin.delete(f"/api/v1/sessions/{session['id']}")
            assert answer.status_code == 204, answer.text
            page.get_by_role("dialog", name="Your session has ended").wait_for(timeout=60_000)
            stage.audit(checks, page, "login-again", narrow=False)
            page.get_by_role("dialog").get_by_label("Password").fill(servers.PASSWORD)
            page.get_by_role("dialog").get_by_role("button", name="Log in").click()
            stage.live(page)
            assert page.get_by_label("Filter by name").input_value() == "link"
    admin.step_up()
    for name in ("linked", "meanwhile"):
        admin.delete(f"/api/v1/stacks/{name}")
