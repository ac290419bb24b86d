"""Logs: followed live, filtered, looked at, loaded from before, beside each other, over a redeploy, and always text."""

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
# For ten seconds: 95 of 100 frames, and the longest task.
FRAMES = """() => new Promise((resolve) => {
  let longest = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) longest = Math.max(longest, one.duration); }).observe({ entryTypes: ['longtask'] });
  const times = []; let last = performance.now(); const end = last + 10_000;
  const step = (now) => { times.push(now - last); last = now; now < end ? requestAnimationFrame(step)
    : resolve([times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)], longest]); };
  requestAnimationFrame(step);
})"""
# From a key in the field of the filter until its result is on the page.
FILTERED = """(text) => new Promise((resolve) => {
  const field = document.querySelector('[data-filter]'), count = document.querySelector('.log-count'), begin = performance.now();
  const watch = new MutationObserver(() => { if (count.textContent.includes(' of ')) { watch.disconnect(); resolve(performance.now() - begin); } });
  watch.observe(count, { subtree: true, childList: true, characterData: true });
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(field, text);
  field.dispatchEvent(new Event('input', { bubbles: true }));
})"""


# From the last row to the end of the box.
END_GAP = """() => document.querySelector('.log-box').getBoundingClientRect().bottom
  - [...document.querySelectorAll('.log-row')].pop().getBoundingClientRect().bottom"""


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
        with checks("the arrows choose lines"):
            box.focus()
            page.keyboard.press("ArrowUp")
            page.get_by_role("region", name="Chosen line").wait_for()
            page.keyboard.press("Escape")
            wait("none is chosen", lambda: page.get_by_role("region", name="Chosen line").count() == 0)
        with checks("a hit after the other is gone to, among all lines"):
            page.get_by_label("Text or /expression/").fill("it broke")
            page.get_by_label("Keep other lines").check()
            assert "hits=marked" in page.url
            wait("hits are counted", lambda: "hit" in page.locator(".log-hits").inner_text() and not page.locator(".log-hits").inner_text().startswith("0"))
            page.get_by_role("button", name="Previous hit").click()
            wait("the last one is looked at", lambda: page.locator(".log-hits").inner_text().startswith("hit "))
            last = hit(page)
            box.focus()
            page.keyboard.press("N")
            wait("the one before it is", lambda: hit(page) == last - 1)
            page.keyboard.press("n")
            wait("and the last one again", lambda: hit(page) == last)
            page.get_by_label("Keep other lines").uncheck()
            page.get_by_label("Text or /expression/").fill("")
            box.focus()
            page.keyboard.press("End")
            wait("it follows", lambda: page.get_by_role("button", name="ollow").count() == 0)
        with checks("the display is remembered"):
            page.get_by_role("button", name="Display").click()
            dialog = page.get_by_role("dialog", name="Display")
            dialog.get_by_label("Size of the text").select_option("16")
            dialog.get_by_label("Times").select_option("relative")
            dialog.get_by_label("Wrap long lines").check()
            dialog.get_by_role("button", name="Close").click()
            page.reload()
            wait("rows are as high as the text needs", lambda: page.evaluate("() => { const row = document.querySelector('.log-row'); return row && getComputedStyle(row).fontSize; }") == "16px")
            page.locator(".log-time").first.wait_for()
            wait("wrapped, the end stays in sight", lambda: -2 <= page.evaluate(END_GAP) < 40)
            page.get_by_role("button", name="Display").click()
            dialog.get_by_label("Size of the text").select_option("13")
            dialog.get_by_label("Times").select_option("local")
            dialog.get_by_label("Wrap long lines").uncheck()
            stage.accessible(page)
            dialog.get_by_role("button", name="Close").click()
        with checks("a field of JSON lines narrows them, and is a column when it is pinned"):
            page.get_by_label("JSON field").fill("code>6 msg:it broke")
            wait("only those are left", lambda: page.locator(".log-row").count() == page.locator(".log-row", has_text="it broke").count() > 0)
            page.locator(".log-row").first.click()
            page.get_by_role("button", name="Show code as a column").click()
            page.locator(".log-column", has_text="code=7").first.wait_for()
            page.get_by_role("button", name="Take code out of the columns").click()
        with checks("what is older is searched, and it is said how far"):
            page.get_by_role("button", name="Older").click()
            page.get_by_text("searched").first.wait_for()
        with checks("a line has an address that leads to it"):
            page.locator(".log-row:not(.log-mark)").nth(5).click()
            page.get_by_role("button", name="Around this moment").click()
            page.get_by_role("dialog").locator(".log-chosen").wait_for()
            assert "at=" in page.url
            page.reload()
            page.get_by_role("dialog").locator(".log-chosen").wait_for()
            page.get_by_role("dialog").get_by_role("button", name="Close").click()
            page.get_by_label("JSON field").fill("")
        with checks("a moment is gone to, and a range shown alone"):
            page.get_by_role("button", name="Time", exact=True).click()
            dialog = page.get_by_role("dialog", name="Time")
            first = page.evaluate("() => { const at = new Date(Date.now() - 5000), two = (one) => String(one).padStart(2, '0');"
                                  " return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}` }")
            dialog.get_by_label("Moment").fill(first)
            dialog.get_by_role("button", name="Go there").click()
            page.locator(".log-chosen").wait_for()
            page.get_by_role("button", name="Time", exact=True).click()
            dialog.get_by_label("To").fill(first)
            dialog.get_by_role("button", name="Show only this range").click()
            wait("it stands still", lambda: "to=" in page.url and is_still(page))
            page.get_by_role("button", name="Time", exact=True).click()
            dialog.get_by_role("button", name="Show all times").click()
        with checks("the download has the lines, in the form that is wished"):
            page.get_by_role("button", name="Download", exact=True).click()
            dialog = page.get_by_role("dialog", name="Download")
            dialog.get_by_label("How far back").select_option("lines")
            dialog.get_by_label("Form").select_option("jsonl")
            stage.accessible(page)
            with page.expect_download() as download:
                dialog.get_by_role("link", name="Download the file").click()
            written = download.value.path().read_text("utf-8", "replace").splitlines()
            assert any("it broke" in json.loads(line)["text"] for line in written), written[:3]


def together(stage, checks, admin):
    with stage.page(admin, "/logs") as page:
        with checks("the logs of chosen stacks are shown, and a link shows the same"):
            page.get_by_role("checkbox", name="chatty@local", exact=True).check()
            page.get_by_text("it broke").first.wait_for()
            page.reload()
            page.get_by_text("it broke").first.wait_for()
        stage.audit(checks, page, "logs-together")
        with checks("a service is found by its name, and chosen alone"):
            page.get_by_role("button", name="1 source").click()
            page.get_by_label("Find a source").fill("spam")
            page.get_by_role("checkbox", name="chatty@local", exact=True).uncheck()
            page.get_by_role("checkbox", name="spam of chatty@local", exact=True).check()
            assert "chatty%40local%2Fspam" in page.url, page.url
            wait("only its lines are there", lambda: lines(page) > 0 and page.locator(".log-row", has_text="it broke").count() == 0)
        with checks("two logs beside each other look at the same moment"):
            page.get_by_role("button", name="Split").click()
            panes = page.locator(".log-panes > section")
            panes.nth(1).get_by_label("Find a source").fill("hostile")
            panes.nth(1).get_by_role("checkbox", name="hostile of chatty@local", exact=True).check()
            panes.nth(1).get_by_text("it broke").first.wait_for()
            panes.nth(1).get_by_text("it broke").last.click()
            panes.nth(0).locator(".log-chosen").wait_for()
        stage.audit(checks, page, "logs-split")
        with checks("one of them is closed"):
            page.get_by_role("button", name="Close log 1").click()
            page.get_by_text("it broke").first.wait_for()
            assert "panes" not in page.url and "source2" not in page.url
    # The one that writes little: the word about it stays in sight.
    with stage.page(admin, "/logs?source=chatty@local/hostile") as page:
        with checks("a redeploy goes on in the same log, with a word about it"):
            wait("lines come", lambda: lines(page) > 0)
            redeploy(admin, "chatty", "hostile")
            page.locator(".log-mark", has_text="replaced, revision").wait_for()
            before = lines(page)
            wait("lines of the new one come", lambda: lines(page) > before)


def redeploy(admin, stack, service):
    """Makes the containers of one service anew."""
    answer = admin.post(f"/api/v1/stacks/{stack}/deploy", json={"services": [service], "recreate": "force", "stop_timeout_seconds": 1})
    assert answer.status_code == 202, answer.text
    operation = answer.json()["id"]
    wait(f"{service} is made anew", lambda: admin.get(f"/api/v1/operations/{operation}").json()["state"] == "done", 60)


def flooded(stage, checks, admin):
    with stage.page(admin, "/stacks/flood@local/logs") as page:
        with checks("10,000 lines a second leave the page smooth"):
            wait("lines come fast", lambda: lines(page) > 10_000, 30)
            began, before = time.monotonic(), total(page)
            slow, longest = page.evaluate(FRAMES)
            rate = (total(page) - before) / (time.monotonic() - began)
            heap = page.evaluate("() => performance.memory.usedJSHeapSize") / 2**20
            print(f"# {rate:.0f} lines/s, frame p95 {slow:.1f} ms, longest task {longest:.0f} ms, heap {heap:.0f} MiB", flush=True)
            assert slow <= 20 * SLOWNESS and longest <= 50 * SLOWNESS and heap <= 64, f"frame p95 {slow:.1f} ms, task {longest:.0f} ms, heap {heap:.0f} MiB"
        with checks("a filter over 100,000 lines is there at once"):
            wait("so many are kept", lambda: lines(page) >= 100_000, 40)
            took = []
            for text in ("7", "/[0-9]{2}5/", "42 x"):
                took.append(page.evaluate(FILTERED, text))
                page.get_by_label("Text or /expression/").fill("")
                wait("all are shown", lambda: " of " not in page.locator(".log-count").inner_text())
            print("# filter over 100,000 lines: " + ", ".join(f"{one:.0f} ms" for one in took), flush=True)
            assert sorted(took)[1] <= 150 * SLOWNESS, took


def lines(page):
    text = page.locator(".log-count").inner_text().split("line")[0]
    return int(text.split(" of ")[-1].replace(",", "").strip() or 0)


def is_still(page):
    """Whether it has lines, and none came for longer than a container of this stack is silent."""
    before = lines(page)
    page.wait_for_timeout(1500)
    return lines(page) == before > 0


def hit(page):
    return int(page.locator(".log-hits").inner_text().split(" ")[1].replace(",", ""))


def total(page):
    """Kept and dropped ones."""
    text = page.locator(".log-count").inner_text()
    return lines(page) + (int(text.split("lines, ")[1].split(" ")[0].replace(",", "")) if "dropped" in text else 0)


def texts(page, selector):
    return page.locator(selector).evaluate_all("all => all.map(one => one.textContent)")
