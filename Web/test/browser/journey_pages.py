"""What every page owes: pages that no other journey looks at, slow and failed answers, the focus, colours of the system."""

import contextlib
import json

from stage import CANARY, SHOTS, take_down, wait

NAME = "sample"
COMPOSE = f"""services:
  web:
    image: slipway/hello:1.0
    labels: {{note: {json.dumps(CANARY)}}}
    environment: {{NOTE: {json.dumps(CANARY)}}}
    volumes: [kept:/kept]
volumes:
  kept: {{labels: {{note: {json.dumps(CANARY)}}}}}
"""


def play(stage, checks):
    admin = stage.admin()
    admin.step_up()
    admin.create_stack(NAME, COMPOSE)
    try:
        admin.deploy(NAME)
        for part in ("images", "volumes", "networks"):
            with stage.page(admin, f"/servers/local/{part}") as page:
                stage.audit(checks, page, f"server-{part}")
        hostile(stage, checks, admin)
        waits(stage, checks, admin)
        fails(stage, checks, admin)
        focus(stage, checks, admin)
        theme(stage, checks, admin)
        colours(stage, checks, admin)
    finally:
        with contextlib.suppress(Exception):
            take_down(admin, NAME)


def hostile(stage, checks, admin):
    container = admin.get(f"/api/v1/stacks/{NAME}/services").json()["items"][0]["containers"][0]["id"]
    with stage.page(admin, f"/servers/local/containers/{container}") as page:
        with checks("hostile labels and variables stay text"):
            page.locator("details").first.wait_for()
            page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
            page.get_by_text("<script>hit(2)</script>").locator("visible=true").first.wait_for()
            assert page.locator("main img").count() == 0
    with stage.page(admin, f"/servers/local/volumes/{NAME}_kept") as page:
        with checks("hostile labels of a volume stay text"):
            page.get_by_text("<script>hit(2)</script>").first.wait_for()
            assert page.locator("main img").count() == 0


def waits(stage, checks, admin):
    with stage.page(admin) as page:
        page.clock.install()
        held = []
        page.route("**/services", lambda route: held.append(route))
        with page.expect_request("**/services"):
            page.goto(f"/stacks/{NAME}@local")
        with checks("a slow answer has grey lines in its place, then says for whom it waits"):
            page.locator(".skeleton").first.wait_for()
            page.clock.fast_forward(5500)
            page.get_by_text("Still waiting for local").wait_for()
        with checks("the rest of the page is there meanwhile"):
            page.get_by_role("button", name="Restart", exact=True).wait_for()
        with checks("then the answer takes its place"):
            for route in held:
                route.continue_()
            page.unroute("**/services")
            page.get_by_role("row", name="web").wait_for()
            page.get_by_text("Still waiting").wait_for(state="detached")


def fails(stage, checks, admin):
    with stage.page(admin) as page:
        problem = {"code": "engine_failed", "status": 502, "title": "Bad Gateway", "detail": "the engine of local said no", "request_id": "abc123"}
        page.route("**/services", lambda route: route.fulfill(status=502, content_type="application/problem+json", body=json.dumps(problem)))
        page.goto(f"/stacks/{NAME}@local")
        with checks("a failure is told in its place, with the request's id, and the page stays"):
            page.get_by_role("alert").get_by_text("the engine of local said no").wait_for()
            page.get_by_role("alert").get_by_text("abc123").wait_for()
            page.get_by_role("heading", name="Recent operations").wait_for()
        with checks("it is tried again from there"):
            page.unroute("**/services")
            page.get_by_role("button", name="Try again").click()
            page.get_by_role("row", name="web").wait_for()


def focus(stage, checks, admin):
    with stage.page(admin, "/stacks") as page:
        with checks("the title of a new page has the focus, and after going back too"):
            page.get_by_role("link", name=NAME, exact=True).click()
            page.get_by_role("heading", name=NAME, level=1).wait_for()
            wait("the title has the focus", lambda: page.evaluate("() => document.activeElement.textContent") == NAME)
            assert page.title().endswith(f"{NAME}@local · Slipway"), page.title()
            page.go_back()
            page.get_by_role("heading", name="Stacks", level=1).wait_for()
            wait("the title has the focus", lambda: page.evaluate("() => document.activeElement.tagName") == "H1")
        with checks("after a dialog the focus is where it was"):
            page.get_by_label(f"Select {NAME}@local").check()
            page.get_by_role("region", name="Selected stacks").get_by_role("button", name="Restart").click()
            page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
            wait("the button has the focus", lambda: page.evaluate("() => document.activeElement.textContent") == "Restart")
        stage.audit(checks, page, "stacks-selected")


def theme(stage, checks, admin):
    with stage.page(admin, "/stacks") as page:
        with checks("a chosen theme is there from the first paint of the next visit"):
            for _ in range(2):
                page.get_by_role("button", name="Theme:").click()
            assert 'data-theme="dark"' in page.goto("/stacks").text()
            page.get_by_role("button", name="Theme:").click()
            assert "data-theme" not in page.goto("/stacks").text()


def colours(stage, checks, admin):
    with stage.page(admin, "/stacks?status=running") as page:
        page.emulate_media(forced_colors="active", reduced_motion="reduce")
        with checks("with the system's colours every state has its word and its sign, and what is chosen is marked"):
            stage.settled(page)
            assert page.locator("tbody .status").first.inner_text().replace("\n", " ").strip() == "● running"
            assert page.locator(".chip[aria-pressed=true]").first.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
        page.screenshot(path=SHOTS / "stacks-forced-colours.png")
        with checks("nothing moves for who wants no motion"):
            moving = page.evaluate("() => [...document.querySelectorAll('*')].filter(one => parseFloat(getComputedStyle(one).transitionDuration) > 0).length")
            assert moving == 0, f"{moving} elements"
