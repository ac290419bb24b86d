"""The link to the server: cut, back again, and a session that ends."""

import datetime

from stage import servers, wait


def play(stage, checks):
    admin = stage.admin()
    admin.create_stack("linked")
    with stage.page(admin, "/stacks") as page:
        with checks("a network that is gone is told, and comes back by itself"):
            page.context.set_offline(True)
            page.locator("[data-link=offline]").wait_for()
            page.get_by_text("No connection: what is shown is as of").wait_for()
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
    with stage.page(admin, "/stacks/linked@local") as page:
        with checks("without a connection nothing can be changed, and says why"):
            page.get_by_role("button", name="More for linked").wait_for()
            page.context.set_offline(True)
            page.locator("[data-link=offline]").wait_for()
            page.get_by_role("button", name="More for linked").click()
            page.get_by_role("menuitem", name="Pull images").get_by_text("no connection to the server").wait_for()
            page.context.set_offline(False)
            stage.live(page)
            page.get_by_role("menuitem", name="Pull images").get_by_text("no connection to the server").wait_for(state="detached")
    with stage.page(admin, "/stacks/linked@local/compose") as page:
        with checks("what is typed while the server is away is kept on it when it is back"):
            page.get_by_text("No problems").wait_for()
            page.locator(".CodeMirror").click()
            page.keyboard.press("Control+End")
            page.keyboard.insert_text("# typed before\n")
            stage.server.stop()
            page.locator("[data-link=reconnecting], [data-link=offline]").first.wait_for()
            page.keyboard.insert_text("# and meanwhile\n")
            page.get_by_text("Draft in this tab only").wait_for()
            stage.server.start()
            stage.live(page)
            page.get_by_text("Draft kept").wait_for()
            assert "# and meanwhile" in admin.get("/api/v1/stacks/linked/draft").json()["files"][0]["text"]
            page.get_by_role("button", name="File", exact=True).click()
            page.get_by_role("menuitem", name="Discard all changes").click()
            page.get_by_role("dialog").get_by_role("button", name="Discard changes").click()
            page.get_by_role("dialog").wait_for(state="detached")
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
    warned(stage, checks)
    admin.step_up()
    for name in ("linked", "meanwhile"):
        admin.delete(f"/api/v1/stacks/{name}")


def warned(stage, checks):
    """A session that is told to end in a minute and a half."""
    def soon(route):
        answer = route.fetch()
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=90)
        route.fulfill(response=answer, json={**answer.json(), "ends_at": end.strftime("%Y-%m-%dT%H:%M:%SZ")})
    client = stage.server.log_in()
    with stage.page(client) as page:
        page.route("**/api/v1/session", soon)
        stage.visit(page, "/stacks")
        with checks("two minutes before a session ends somebody is told, and can go on in time"):
            page.get_by_text("Your session ends at").wait_for()
            stage.accessible(page)
            page.get_by_role("button", name="Log in again").click()
            dialog = page.get_by_role("dialog", name="Your session ends soon")
            dialog.get_by_label("Password").fill(servers.PASSWORD)
            dialog.get_by_role("button", name="Log in").click()
            dialog.wait_for(state="detached")
            page.get_by_text("Your session ends at").wait_for(state="detached")
