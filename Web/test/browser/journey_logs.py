"""Logs: followed live, filtered, looked at, loaded from before, and always text."""

import json
import os
import time

from stage import wait

HOSTILE = "<img src=x onerror=hit(3)> \\033[31mred\\033[0m"
COMPOSE = f"""services:
  spam:
    image: slipway/spam:1.0
    environment: {{RATE: "20"}}
  hostile:
    image: slipway/base:1
    command: [sh, -c, 'while true; do printf "{HOSTILE}\\n"; echo {json.dumps(json.dumps({"level": "error", "msg": "it broke", "code": 7}))}; sleep 1; done']
"""
FLOOD = "services:\n  flood:\n    image: slipway/spam:1.0\n    environment: {RATE: \"10000\"}\n"
SLOWNESS = float(os.environ.get("SLIPWAY_TEST_SLOWNESS", "1"))
FRAMES = """() => new Promise((resolve) => {
  const times = []; let last = performance.now(); const end = last + 5000;
  const step = (now) => { times.push(now - last); last = now; now < end ? requestAnimationFrame(step)
    : resolve(times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)]); };
  requestAnimationFrame(step);
})"""


def play(stage, checks):
    admin = stage.admin()
    admin.step_up()
    for name, compose in (("chatty", COMPOSE), ("flood", FLOOD)):
        admin.create_stack(name, compose)
    try:
        admin.deploy("chatty")
        watched(stage, checks, admin)
        together(stage, checks, admin)
        admin.deploy("flood")
        flooded(stage, checks, admin)
    finally:
        for name in ("chatty", "flood"):
            down = admin.post(f"/api/v1/stacks/{name}/down", json={"timeout_seconds": 1}).json()["id"]
            wait(f"{name} is down", lambda: admin.get(f"/api/v1/operations/{down}").json().get("ended_at"), 60)
            admin.delete(f"/api/v1/stacks/{name}")


def watched(stage, checks, admin):
    with stage.page(admin, "/stacks/chatty@local/logs") as page:
        box = page.get_by_role("group", name="Log of chatty")
        with checks("the log is followed"):
            box.get_by_text("it broke").first.wait_for()
            before = lines(page)
            wait("more lines come", lambda: lines(page) > before)
        with checks("what a container writes stays text, with its colours"):
            box.get_by_text("<img src=x onerror=hit(3)>").first.wait_for()
            assert box.locator(".ansi-red").count() > 0 and page.locator(".log-box img").count() == 0
        stage.audit(checks, page, "logs")
        with checks("a level narrows it, and the address says so"):
            page.get_by_role("button", name="error").click()
            wait("only errors are left", lambda: set(texts(page, ".log-level")) == {"error "})
            assert "levels=error" in page.url
            page.get_by_role("button", name="error").click()
        with checks("an expression narrows it, with its hits marked; a wrong one is told"):
            page.get_by_label("Text or /expression/").fill("/it br.ke/")
            box.locator("mark").first.wait_for()
            page.get_by_label("Text or /expression/").fill("/(/")
            page.get_by_role("alert").wait_for()
            page.get_by_label("Text or /expression/").fill("")
        with checks("a hit is shown among the lines around it"):
            page.get_by_label("Text or /expression/").fill("it broke")
            wait("only hits are left", lambda: page.locator(".log-row").count() == page.locator(".log-row:has(mark)").count() > 0)
            page.locator(".log-row").first.click()
            page.get_by_role("button", name="Show in context").click()
            wait("other lines are around it", lambda: page.locator(".log-row:not(.log-chosen)").filter(has_text="INFO").count() > 0)
            assert page.locator(".log-chosen").count() == 1 and "query" not in page.url
            page.get_by_role("button", name="Close the line").click()
            page.get_by_role("button", name="ollow").click()
        with checks("a line is shown whole"):
            box.get_by_text("it broke").last.click()
            page.get_by_role("region", name="Chosen line").get_by_text('"code": 7').wait_for()
            page.get_by_role("button", name="Close the line").click()
        with checks("it stands still when somebody scrolls, and follows again when told"):
            wait("there is something to scroll", lambda: lines(page) > 100)
            page.locator(".log-box").hover()
            page.mouse.wheel(0, -600)
            page.get_by_role("button", name="ollow").wait_for()
            page.get_by_role("button", name="ollow").click()
            wait("it follows", lambda: page.get_by_role("button", name="ollow").count() == 0)
        with checks("the download has the lines"):
            with page.expect_download() as download:
                page.get_by_role("link", name="Download").click()
            assert "it broke" in download.value.path().read_text("utf-8", "replace")


def together(stage, checks, admin):
    with stage.page(admin, "/logs") as page:
        with checks("the logs of chosen stacks are shown, and a link shows the same"):
            page.get_by_label("chatty@local").check()
            page.get_by_text("it broke").first.wait_for()
            page.reload()
            page.get_by_text("it broke").first.wait_for()
        stage.audit(checks, page, "logs-together")


def flooded(stage, checks, admin):
    with stage.page(admin, "/stacks/flood@local/logs") as page:
        with checks("10,000 lines a second leave the page smooth"):
            wait("lines come fast", lambda: lines(page) > 10_000, 30)
            began, before = time.monotonic(), total(page)
            slow = page.evaluate(FRAMES)
            rate = (total(page) - before) / (time.monotonic() - began)
            heap = page.evaluate("() => performance.memory.usedJSHeapSize") / 2**20
            print(f"# {rate:.0f} lines/s, frame p95 {slow:.1f} ms, heap {heap:.0f} MiB", flush=True)
            assert slow <= 20 * SLOWNESS and heap <= 64, f"frame p95 {slow:.1f} ms, heap {heap:.0f} MiB"


def lines(page):
    text = page.locator(".log-count").inner_text().split("line")[0]
    return int(text.split(" of ")[-1].replace(",", "").strip() or 0)


def total(page):
    """Kept and dropped ones."""
    text = page.locator(".log-count").inner_text()
    return lines(page) + (int(text.split("lines, ")[1].split(" ")[0].replace(",", "")) if "dropped" in text else 0)


def texts(page, selector):
    return page.locator(selector).evaluate_all("all => all.map(one => one.textContent)")
