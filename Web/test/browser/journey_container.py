"""One container: what it uses, its limits, a command in a terminal."""

from stage import servers, wait


def play(stage, checks):
    admin = stage.admin()
    admin.step_up()
    admin.create_stack("box", "services:\n  web:\n    image: slipway/hello:1.0\n    environment: {NOTE: \"<b>hit</b>\"}\n")
    admin.deploy("box")
    try:
        grants = [{"role": "admin", "server": None, "stack": None, "may_exec": True, "may_restore": False}]
        answer = admin.post("/api/v1/users", json={"username": "exa", "password": servers.PASSWORD, "grants": grants})
        assert answer.status_code == 201, answer.text
        user = stage.server.log_in("exa")
        container(stage, checks, user)
        terminal(stage, checks, user)
    finally:
        down = admin.post("/api/v1/stacks/box/down", json={"timeout_seconds": 1}).json()["id"]
        wait("box is down", lambda: admin.get(f"/api/v1/operations/{down}").json().get("ended_at"), 60)
        admin.delete("/api/v1/stacks/box")


def container(stage, checks, user):
    with stage.page(user, "/stacks/box@local") as page:
        page.get_by_role("link", name="box-web-1", exact=True).click()
        with checks("what it uses is drawn, and said"):
            page.get_by_text("highest").first.wait_for()
            wait("the chart has a line", lambda: page.locator(".chart-line").first.get_attribute("d"))
        with checks("how it was made is told"):
            page.get_by_text("variable").first.click()
            page.get_by_text("<b>hit</b>").first.wait_for()
        stage.audit(checks, page, "container")
        with checks("a limit applies at once"):
            page.get_by_label("Memory in MiB").fill("64")
            page.get_by_role("button", name="Apply").click()
            step_up(page, lambda: page.get_by_text("The limits apply now."))
            page.get_by_text("now 64.0 MiB").wait_for()
        with checks("it is stopped and started"):
            page.get_by_role("button", name="Stop").click()
            page.get_by_role("button", name="Start").click()
            page.get_by_role("button", name="Restart").wait_for()


def terminal(stage, checks, user):
    with stage.page(user, "/stacks/box@local") as page:
        page.get_by_role("link", name="Terminal in box-web-1").click()
        with checks("a command is run in a terminal"):
            page.get_by_role("button", name="Open").click()
            step_up(page, lambda: page.locator(".xterm"))
            page.locator(".xterm textarea").wait_for()
            page.wait_for_timeout(500)
            page.keyboard.type("echo one-$((40+2))\n")
            wait("it answers", lambda: "one-42" in page.locator(".xterm-accessibility").inner_text())
        stage.audit(checks, page, "terminal")
        with checks("the keys come back to the page"):
            page.locator(".xterm textarea").focus()
            page.keyboard.press("Control+Shift+Escape")
            assert page.evaluate("() => document.activeElement.textContent") == "Open again"
        with checks("the end is told"):
            page.locator(".xterm textarea").focus()
            page.keyboard.type("exit 3\n")
            page.get_by_text("The command ended with 3.").wait_for()


def step_up(page, done):
    """Gives the password once more, where it is asked for."""
    asked = page.get_by_role("dialog", name="Confirm that it is you")
    wait("the password is asked for, or it is done", lambda: asked.count() + done().count() > 0)
    page.wait_for_timeout(300)
    if asked.count():
        asked.get_by_label("Password").fill(servers.PASSWORD)
        asked.get_by_role("button", name="Confirm").click()
    done().first.wait_for()
