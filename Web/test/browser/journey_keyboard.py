"""From the login to a stack that runs and is taken down again, without a mouse."""

import contextlib

from stage import servers, take_down, wait

NAME = "keyed"
FILE = "services:\n  web:\n    image: slipway/hello:1.0\n"


def play(stage, checks):
    admin = stage.admin()
    admin.step_up()
    try:
        with stage.page() as page:
            page.goto("/login")
            page.get_by_role("heading", name="Log in").wait_for()
            logs_in(stage, checks, page)
            makes(stage, checks, page)
            deploys(stage, checks, page)
            moves(stage, checks, page)
            takes_down(stage, checks, page)
    finally:
        with contextlib.suppress(Exception):
            take_down(admin, NAME)


def logs_in(stage, checks, page):
    with checks("keys: the login has the focus in its first field"):
        page.keyboard.type(servers.ADMIN)
        stage.type_into(page, "Password", servers.PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="Overview").wait_for()
        stage.live(page)
    with checks("keys: the first step of Tab leads past the parts of the site"):
        stage.visit(page, "/")
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement.textContent") == "Skip to the page"
        page.keyboard.press("Enter")
        wait("the page has the focus", lambda: page.evaluate("() => document.activeElement.id") == "main")


def makes(stage, checks, page):
    with checks("keys: the palette leads to a new stack, whose title has the focus"):
        page.keyboard.press("Control+k")
        page.keyboard.type("new stack")
        page.get_by_role("option", name="New stack").first.wait_for()
        page.keyboard.press("Enter")
        page.get_by_role("heading", name="New stack").wait_for()
        wait("its title has the focus", lambda: focus(page) == "H1")
    with checks("keys: a name and a file are typed, and the editor is left"):
        stage.type_into(page, "Name", NAME)
        into_editor(page)
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(FILE)
        page.keyboard.press("Escape")
        stage.press(page, "Make the stack")
        page.wait_for_url("**/compose")
        page.get_by_text("No problems").wait_for()


def deploys(stage, checks, page):
    with checks("keys: Ctrl+Enter plans, and then deploys"):
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/plan*")
        page.get_by_role("button", name="Deploy revision 1 to local").wait_for()
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/operations/*")
        page.get_by_role("link", name="Open the stack").wait_for(timeout=60_000)
        stage.press(page, "Open the stack")
        page.get_by_role("row", name="web").get_by_text("Up").wait_for()


def moves(stage, checks, page):
    with checks("keys: ] and [ go along the tabs, and the title has the focus"):
        page.keyboard.press("]")
        page.wait_for_url("**/logs")
        wait("the title has the focus", lambda: focus(page) == "H1")
        page.keyboard.press("[")
        page.wait_for_url(f"**/stacks/{NAME}@local")
        wait("the title has the focus", lambda: focus(page) == "H1")
    with checks("keys: ? tells the keys, and the focus goes back"):
        page.keyboard.press("?")
        page.get_by_role("dialog").wait_for()
        stage.accessible(page)
        page.keyboard.press("Escape")
        wait("the focus is back", lambda: focus(page) == "H1")


def takes_down(stage, checks, page):
    with checks("keys: a menu and its question are used"):
        stage.press(page, f"More for {NAME}")
        page.get_by_role("menu").wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.get_by_role("dialog").wait_for()
        stage.press(page, f"Take {NAME} down")
        page.get_by_role("link", name="Open the stack").wait_for(timeout=60_000)
        stage.press(page, "Open the stack")
        page.get_by_text("No container is there").wait_for()


def into_editor(page):
    wait("the editor has the focus", lambda: page.keyboard.press("Tab") or page.evaluate("() => Boolean(document.activeElement.closest('.CodeMirror'))"))


def focus(page):
    return page.evaluate("() => document.activeElement.tagName")
