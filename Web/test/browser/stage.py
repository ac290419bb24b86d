"""What the journeys share: a server and an engine of their own, a browser, and what is checked on every page.

A journey is a file `journey_NAME.py` with `play(stage, checks)`. It may count on an administrator who is there, and on nothing else
that another journey leaves. Each page that it opens is watched: errors of the console and broken policies fail the run."""

import asyncio
import contextlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "Tests/Server"))

from axe_playwright_python.sync_playwright import Axe  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

import processes  # noqa: E402
import server as servers  # noqa: E402

REPO = pathlib.Path(__file__).resolve().parents[3]
WEB = os.environ.get("SLIPWAY_TEST_WEB", str(REPO / "Web/dist"))
SHOTS = pathlib.Path(os.environ.get("SLIPWAY_TEST_SHOTS", REPO / ".build/screenshots"))
# A machine that is shared takes longer.
SLOWNESS = float(os.environ.get("SLIPWAY_TEST_SLOWNESS", "1"))
WAIT_SECONDS = 15 * SLOWNESS
# A check that takes longer tells its time.
SLOW_SECONDS = 2
# As the server's tests have it, but it need not be waited for when it is stopped.
COMPOSE = servers.COMPOSE + "    stop_grace_period: 1s\n"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A call that is refused is told by the browser as an error of the console, although the page expects and shows it.
EXPECTED = re.compile(r"Failed to load resource: (the server responded with a status of (400|401|403|404|409|412|422|429|50[234])|net::ERR_)"
                      r"|WebSocket connection to .* failed")
# Broken policies, and whatever hostile text would do if it became markup.
WATCH = """
  document.addEventListener('securitypolicyviolation', (event) =>
    console.error(`POLICY ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber} ${event.sample}`));
  window.hit = (what) => console.error('CANARY ' + what);
"""
# What must stay text wherever it is shown.
CANARY = "<img src=x onerror=hit(1)><script>hit(2)</script>\u202e"


class Checks(servers.Checks):
    """As the server's checks, with the line of the journey that failed and a picture of the page that it was at."""

    shown = None

    def __init__(self, limit_seconds):
        super().__init__(limit_seconds)
        self.failures = []

    def fail(self, name, why):
        self.failures.append(f"{name}: {servers.one_line(why, 200)}")
        super().fail(name, why)

    @contextlib.contextmanager
    def __call__(self, name):
        begin = time.monotonic()
        try:
            yield
        except Exception as error:
            frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "test/browser" in frame.filename]
            place = next((frame for frame in reversed(frames) if "journey_" in frame.filename), frames[-1])
            words = str(error) or place.line
            self.picture(name)
            self.fail(name, f"{type(error).__name__}: {words} ({pathlib.Path(place.filename).name}:{place.lineno})")
        else:
            self.passed += 1
            took = time.monotonic() - begin
            print(f"ok {name}" + (f" ({took:.1f} s)" if took >= SLOW_SECONDS else ""), flush=True)

    def picture(self, name):
        with contextlib.suppress(Exception):
            self.shown.screenshot(path=SHOTS / f"failed-{re.sub('[^a-z0-9]+', '-', name.lower())[:60]}.png")


class Stage:
    """The server, the engine and the browser; a context manager."""

    def __init__(self):
        self.troubles = []
        # A journey was broken off amid a call of the browser: nothing of this browser may be called.
        self.is_broken = False
        # Paths of the pages that were audited at all widths.
        self.looked_at = set()
        self.open = contextlib.ExitStack()
        self.browser_open = contextlib.ExitStack()

    def __enter__(self):
        try:
            self.engine = self.open.enter_context(servers.Engine())
            if self.engine.is_own:
                self.engine.script("images", self.engine.address)
            servers.BINARY = self.program()
            self.server = self.open.enter_context(servers.Server("--web-root", WEB, "--git-host", "127.0.0.1", engine=self.engine.address))
            # The same address after a restart: the page knows no other.
            self.server.listen = f"127.0.0.1:{self.server.port}"
            self.open.callback(self.close_browser)
            self.open_browser()
            SHOTS.mkdir(parents=True, exist_ok=True)
            return self
        except BaseException:
            self.open.close()
            raise

    def __exit__(self, *_):
        self.open.close()

    def program(self):
        """The server, with the templates of this checkout."""
        file = pathlib.Path(self.open.enter_context(tempfile.TemporaryDirectory())) / "slipway"
        file.write_text(f'#!/bin/sh\nSLIPWAY_TEMPLATES={shlex.quote(str(REPO / "templates"))} exec {shlex.quote(servers.BINARY)} "$@"\n')
        file.chmod(0o755)
        return str(file)

    def open_browser(self):
        before = processes.children(os.getpid())
        playwright = self.browser_open.enter_context(sync_playwright())
        self.drivers = processes.children(os.getpid()) - before
        self.browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        self.browser_open.callback(self.browser.close)

    def close_browser(self):
        with contextlib.suppress(Exception):
            self.browser_open.close()

    def renew_browser(self):
        """After a call that was broken off: the old driver answers nothing any more, not even that it be closed."""
        processes.kill(self.drivers)
        # Its loop was left in the middle, and still counts as the one that runs.
        asyncio.events._set_running_loop(None)
        self.browser_open = contextlib.ExitStack()
        self.is_broken = False
        self.open_browser()

    def admin(self):
        """A client of the API who is the administrator; made at its first use."""
        if self.server.token_file.exists():
            return self.server.set_up()
        return self.server.log_in()

    def context(self, client=None, width=1280, height=800, **options):
        """A browser context, logged in as the client is."""
        context = self.browser.new_context(viewport={"width": width, "height": height}, base_url=self.server.url, **options)
        context.set_default_timeout(WAIT_SECONDS * 1000)
        context.add_init_script(WATCH)
        if client is not None:
            context.add_cookies([{"name": cookie.name, "value": cookie.value, "url": self.server.url, "httpOnly": True, "sameSite": "Strict"}
                                 for cookie in client.cookies])
        return context

    @contextlib.contextmanager
    def page(self, client=None, path=None, **options):
        """A watched page, logged in as the client; closed at the end."""
        context = self.context(client, **options)
        try:
            page = context.new_page()
            self.watch(page)
            Checks.shown = page
            if path is not None:
                self.visit(page, path)
            yield page
        finally:
            if not self.is_broken:
                context.close()

    def watch(self, page):
        def console(message):
            if message.type == "error" and not EXPECTED.search(message.text):
                self.troubles.append(f"{page.url}: {message.text[:400]}")
        page.on("console", console)
        page.on("pageerror", lambda error: self.troubles.append(f"{page.url}: {error}"))

    def visit(self, page, path):
        """Opens a path and waits until the page is live."""
        page.goto(path)
        self.live(page)
        page.locator("h1").first.wait_for()

    def live(self, page):
        page.locator("[data-link=live]").wait_for()

    def settled(self, page):
        """Waits until nothing is loading any more."""
        busy = page.locator(".skeleton, [aria-busy=true]")
        end = time.monotonic() + WAIT_SECONDS
        while busy.count() > 0:
            assert time.monotonic() < end, f"still loading after {WAIT_SECONDS} s: {page.url}: {busy.evaluate_all(PLACES)}"
            page.wait_for_timeout(20)

    def quiet(self, checks, name):
        """What the console said since the last time."""
        troubles, self.troubles = self.troubles, []
        checks.that(f"{name}: no error of the console, no broken policy", not troubles, " | ".join(troubles))

    def audit(self, checks, page, name, narrow=True):
        """Accessibility in both themes and narrow, no sideways scroll, and pictures for people."""
        self.settled(page)
        if page.locator("dialog[open]").count() == 0:
            page.evaluate("() => scrollTo(0, 0)")
        for theme in ("light", "dark"):
            page.evaluate("theme => document.documentElement.setAttribute('data-theme', theme)", theme)
            page.screenshot(path=SHOTS / f"{name}-{theme}.png")
            with checks(f"{name}: accessible, {theme}"):
                self.accessible(page)
        if narrow:
            size = page.viewport_size
            page.set_viewport_size({"width": 390, "height": 800})
            with checks(f"{name}: accessible at 390 px"):
                self.accessible(page)
            page.set_viewport_size({"width": 360, "height": 740})
            page.screenshot(path=SHOTS / f"{name}-narrow.png")
            page.set_viewport_size({"width": 320, "height": 640})
            with checks(f"{name}: no sideways scroll at 320 px"):
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= 320, f"{wide} px: {page.evaluate(WIDEST)}"
            page.set_viewport_size(size)
            self.looked_at.add(urllib.parse.urlsplit(page.url).path)
        page.evaluate("() => document.documentElement.removeAttribute('data-theme')")

    def engine_post(self, path, body=None):
        """A call of the engine that makes or changes something; what somebody else than Slipway does."""
        command = ["curl", "-sS", "--fail-with-body", "--max-time", "20", "--unix-socket", self.engine.address.removeprefix("unix://"), "-X", "POST",
                   "-H", "Content-Type: application/json", *(["-d", json.dumps(body)] if body else []), f"http://engine{path}"]
        return subprocess.run(command, capture_output=True, check=True, timeout=30).stdout

    def accessible(self, page):
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": AXE_TAGS}})
        faults = [f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}" for one in found.response["violations"] for node in one["nodes"][:3]]
        assert not faults, " | ".join(faults)

    def tab_until(self, page, name, limit=80):
        """Presses Tab until the control of that name has the focus."""
        met = []
        for _ in range(limit):
            if met and met[-1] == name:
                return
            page.keyboard.press("Tab")
            met.append(page.evaluate(FOCUSED))
        raise AssertionError(f"no {name} within {limit} steps of Tab: {met[-8:]}")

    def type_into(self, page, name, text):
        """Goes to a field by Tab, and writes in place of what is there."""
        if page.evaluate(FOCUSED) != name:
            self.tab_until(page, name)
        page.keyboard.press("Control+a")
        page.keyboard.type(text)

    def press(self, page, name):
        """Goes to a button or link by Tab, and presses Enter."""
        self.tab_until(page, name)
        page.keyboard.press("Enter")


# What the focused control is called.
FOCUSED = """() => {
  const at = document.activeElement;
  return (at?.getAttribute('aria-label') || at?.labels?.[0]?.textContent || at?.textContent || '').trim();
}"""

# Where elements are, for the one who mends it.
PLACES = "found => found.map(e => `${e.closest('section, .panel, main')?.textContent.slice(0, 60)} > ${e.outerHTML.slice(0, 120)}`)"
# The elements that stand out at the right, for the one who mends it.
WIDEST = """() => [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > 321)
  .slice(-4).map(e => e.tagName + '.' + e.className + ' ' + Math.round(e.getBoundingClientRect().right)).join(', ')"""


def wait(what, condition, seconds=WAIT_SECONDS):
    return servers.wait_until(what, condition, seconds)


def take_down(admin, name, delete=True):
    """Ends a stack soon: what sleeps need not be waited for."""
    admin.step_up()
    answer = admin.post(f"/api/v1/stacks/{name}/down", json={"timeout_seconds": 1, "volumes": True})
    if answer.status_code == 202:
        wait(f"{name} is down", lambda: admin.get(f"/api/v1/operations/{answer.json()['id']}").json().get("ended_at"), 60)
    if delete:
        admin.delete(f"/api/v1/stacks/{name}")


def timed(body):
    begin = time.monotonic()
    body()
    return time.monotonic() - begin
