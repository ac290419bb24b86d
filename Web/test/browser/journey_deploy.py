"""From a new file to a rollback: mistakes and their marks, the draft, the plan, the deploy, what others change meanwhile, revisions."""

import contextlib
import json
import os
import re
import time

from stage import servers, wait

NAME = "voyage"
FILE = "services:\n  web:\n    image: slipway/hello:{tag}\n    labels: {{note: {canary}}}\n"
HOSTILE = json.dumps("<img src=x onerror=hit(1)>")
TYPED_SECONDS = 0.6
# A machine that is shared takes longer; the figure is told all the same.
FACTOR = float(os.environ.get("SLIPWAY_TEST_SLOWNESS", "1"))


def play(stage, checks):
    admin = stage.admin()
    admin.step_up()
    try:
        with stage.page(admin, "/stacks/new") as page:
            makes(stage, checks, page)
            edits(stage, checks, page)
            plans(stage, checks, page)
        with stage.page(admin, f"/stacks/{NAME}@local/compose") as page:
            two_people(stage, checks, page, admin)
            keys(stage, checks, page)
        with stage.page(admin, f"/stacks/{NAME}@local/plan") as page:
            second(stage, checks, page)
        with stage.page(admin, f"/stacks/{NAME}@local/revisions") as page:
            revisions(stage, checks, page)
        denied(stage, checks, admin)
        large(stage, checks, admin)
    finally:
        for name in (NAME, "mighty", "large"):
            with contextlib.suppress(Exception):
                take_down(admin, name)


def makes(stage, checks, page):
    page.get_by_label("Name", exact=True).fill(NAME)
    with checks("a new stack is checked while it is written, and not made while it is wrong"):
        write(page, "services:\n  web:\n    imag: slipway/hello:1.0\n")
        page.get_by_role("button", name=re.compile("compose.yaml:3")).wait_for()
        page.locator(".editor-mark-error").first.wait_for()
        assert page.get_by_role("button", name="Make the stack").get_attribute("aria-disabled") == "true"
    stage.audit(checks, page, "new-stack")
    with checks("a name that cannot be is told while it is typed"):
        page.get_by_label("Name", exact=True).fill("No Such Name")
        page.locator(".field-error").wait_for()
        page.get_by_label("Name", exact=True).fill(NAME)
    with checks("a right one leads into the editor"):
        write(page, FILE.format(tag="1.0", canary=HOSTILE))
        page.get_by_role("button", name="Make the stack").click()
        page.wait_for_url("**/compose")
        page.get_by_text("No problems").wait_for()


def edits(stage, checks, page):
    page.locator(".CodeMirror").click()
    page.keyboard.press("Control+End")
    with checks("a mistake is marked soon after the last key, and named with its place"):
        page.keyboard.insert_text("    pots: [\"80\"]\n")
        page.get_by_role("button", name=re.compile("compose.yaml:5")).wait_for()
        assert page.get_by_role("button", name=re.compile("^Plan")).get_attribute("aria-disabled") == "true"
    stage.audit(checks, page, "files-problem")
    with checks("its correction is taken by one button"):
        page.get_by_role("button", name="Fix").click()
        page.get_by_text("No problems").wait_for()
        assert "ports:" in page.locator(".CodeMirror-code").inner_text()
    with checks("what was typed is there after a reload, and not on the server"):
        page.reload()
        page.get_by_role("button", name=re.compile("compose.yaml.*not saved")).wait_for()
        assert "ports:" in page.locator(".CodeMirror-code").inner_text()


def plans(stage, checks, page):
    with checks("Ctrl+Enter plans the draft, and the plan shows what is not saved"):
        page.locator(".CodeMirror").click()
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/plan")
        page.get_by_text("The draft is planned").wait_for()
    stage.audit(checks, page, "plan")
    with checks("its files are shown against what runs, its images with where they come from"):
        page.get_by_role("button", name="Files", exact=True).click()
        page.get_by_role("region", name="Changes of compose.yaml").get_by_text("ports").wait_for()
        page.get_by_role("button", name="Images", exact=True).click()
        page.get_by_role("heading", name="Images", exact=True).wait_for()
        stage.accessible(page)
        page.get_by_role("button", name=re.compile("^Steps")).click()
    with checks("Ctrl+Enter deploys exactly that, and leads to the operation"):
        page.get_by_label("Message").fill("First voyage")
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/operations/*")
        page.get_by_role("link", name="Open the stack").wait_for(timeout=60_000)


def two_people(stage, checks, page, admin):
    with checks("Ctrl+S keeps the draft, and saves no file"):
        before = admin.get(f"/api/v1/stacks/{NAME}/file?path=compose.yaml").json()["text"]
        write(page, FILE.format(tag="1.1", canary=HOSTILE) + "# a draft\n")
        page.keyboard.press("Control+s")
        page.get_by_text("The draft is kept.").wait_for()
        assert admin.get(f"/api/v1/stacks/{NAME}/file?path=compose.yaml").json()["text"] == before
    with checks("what it changes in the model is shown against the revision that runs"):
        page.locator(".CodeMirror").click()
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/plan")
        page.get_by_role("button", name=re.compile("^Model")).click()
        page.get_by_role("heading", name="web").or_(page.get_by_text("slipway/hello:1.1")).first.wait_for()
        stage.accessible(page)
        page.get_by_role("link", name="Files", exact=True).click()
        page.wait_for_url("**/compose*")
        page.locator(".CodeMirror").wait_for()
    with checks("a save is told, and deploys nothing"):
        write(page, FILE.format(tag="1.1", canary=HOSTILE))
        page.get_by_role("button", name="Save", exact=True).click()
        page.get_by_text("Saved.").wait_for()
    with checks("a change from elsewhere is told beside what is edited, and can be compared"):
        page.locator(".CodeMirror").click()
        page.keyboard.press("Control+End")
        page.keyboard.insert_text("# mine\n")
        theirs = FILE.format(tag="1.1", canary=HOSTILE) + "# theirs\n"
        answer = admin.put(f"/api/v1/stacks/{NAME}/file?path=compose.yaml", json={"text": theirs})
        assert answer.status_code == 200, answer.text
        page.get_by_text("was changed by").wait_for()
        page.get_by_role("button", name="Compare").click()
        page.get_by_role("dialog").get_by_text("# theirs").wait_for()
    stage.audit(checks, page, "files-compare", narrow=False)
    with checks("what the other saved is taken"):
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Take theirs").click()
        page.locator(".CodeMirror-code").get_by_text("# theirs").wait_for()


def keys(stage, checks, page):
    with checks("names are completed, and the list is gone with Escape"):
        page.locator(".CodeMirror").click()
        page.keyboard.press("Control+End")
        page.keyboard.insert_text("    heal")
        page.keyboard.press("Control+Space")
        page.locator(".CodeMirror-hint", has_text="healthcheck").wait_for()
        stage.accessible(page)
        page.keyboard.press("Escape")
    with checks("the images of the server are offered behind image"):
        page.keyboard.insert_text("\n  other:\n    image: slipway/hel")
        page.keyboard.press("Control+Space")
        page.locator(".CodeMirror-hint", has_text="slipway/hello:1.1").wait_for()
        page.keyboard.press("Enter")
        page.locator(".CodeMirror-code").get_by_text("slipway/hello:1.0").wait_for()
    with checks("the variable at the cursor is told with its value or what stands for it"):
        page.keyboard.insert_text("\n    command: ${TIDE:-high}")
        page.keyboard.press("ArrowLeft")
        page.get_by_text("TIDE is not set: high stands for it").wait_for()
    with checks("a search goes along the text"):
        page.keyboard.press("Control+f")
        page.get_by_label("Search for").fill("hello")
        page.keyboard.press("Enter")
        wait("it is found", lambda: page.locator(".CodeMirror-selected").count() > 0)
        page.get_by_label("Search for").press("Escape")
    with checks("Escape and Tab leave the editor"):
        page.locator(".CodeMirror textarea").focus()
        page.keyboard.press("Escape")
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement.closest('.CodeMirror textarea')") is None
    with checks("leaving the stack with text that is not saved asks, and its own pages do not"):
        page.get_by_role("link", name="Env", exact=True).click()
        page.wait_for_url("**/env")
        page.get_by_role("link", name="Overview", exact=True).click()
        dialog = page.get_by_role("dialog", name="Leave with text that is not saved?")
        dialog.wait_for()
        stage.accessible(page)
        dialog.get_by_role("button", name="Stay").click()
        page.get_by_role("link", name="Files", exact=True).click()
        page.locator(".CodeMirror").wait_for()
    with checks("changes are discarded after a question"):
        page.get_by_role("button", name="File", exact=True).click()
        page.get_by_role("menuitem", name="Discard all changes").click()
        page.get_by_role("dialog").get_by_role("button", name="Discard changes").click()
        page.get_by_role("button", name=re.compile("not saved")).wait_for(state="detached")


def second(stage, checks, page):
    with checks("the next plan says what is recreated, why, and that it is not reachable meanwhile"):
        page.get_by_text("image: slipway/hello:1.0 -> slipway/hello:1.1").first.wait_for()
        page.get_by_text("Not reachable for a moment: web.").wait_for()
        page.get_by_role("button", name="Deploy revision 2 to local").click()
        page.wait_for_url("**/operations/*")
        page.get_by_role("link", name="Open the stack").wait_for(timeout=60_000)


def revisions(stage, checks, page):
    with checks("both revisions are listed with the images that they changed"):
        page.get_by_text("web: slipway/hello:1.1").wait_for()
        page.get_by_text("First voyage").wait_for()
    stage.audit(checks, page, "revisions")
    with checks("two are chosen and compared by keys"):
        page.get_by_label("Compare revision 1").check()
        page.get_by_label("Compare revision 2").check()
        page.keyboard.press("d")
        page.wait_for_url("**/diff?from=1&to=2")
        page.get_by_text("image digest").wait_for()
    stage.audit(checks, page, "difference")
    with checks("their files are compared line by line, and side by side"):
        page.get_by_role("button", name="Files", exact=True).click()
        page.wait_for_url("**show=files**")
        page.get_by_role("region", name="Changes of compose.yaml").get_by_text("slipway/hello:1.1").wait_for()
        page.get_by_role("button", name="Side by side").click()
        page.locator(".diff-table-split").wait_for()
    stage.audit(checks, page, "difference-files")
    page.go_back()
    with checks("one revision shows what it keeps"):
        page.get_by_role("link", name="Revision 1", exact=True).click()
        page.get_by_role("heading", name="What happened").wait_for()
    stage.audit(checks, page, "revision")
    with checks("a file of it is shown as it was"):
        page.get_by_role("button", name="compose.yaml").click()
        page.get_by_role("dialog").get_by_text("slipway/hello:1.0").wait_for()
        stage.accessible(page)
        page.keyboard.press("Escape")
    with checks("an earlier one is brought back, and is a new revision"):
        page.get_by_role("link", name="Roll back to it").click()
        page.wait_for_url("**/plan?rollback=1")
        page.get_by_text("Back to revision 1.").wait_for()
        page.get_by_role("button", name=f"Roll back {NAME} to revision 1").click()
        page.wait_for_url("**/operations/*")
        page.get_by_role("link", name="Open the stack").wait_for(timeout=60_000)
        page.goto(f"/stacks/{NAME}@local/revisions")
        page.get_by_role("row", name="Revision 3").get_by_text("rollback to 1").wait_for()


def denied(stage, checks, admin):
    admin.create_stack("mighty", servers.COMPOSE + "    volumes: [\"/etc/hostname:/outside:ro\"]\n")
    with stage.page(admin, "/stacks/mighty@local/plan") as page:
        with checks("what the policy denies cannot be deployed, and says why"):
            deploy = page.get_by_role("button", name="Deploy revision 1 to local")
            deploy.wait_for()
            assert deploy.get_attribute("aria-disabled") == "true"
            page.get_by_text("the policy denies it: POL-2").first.wait_for()
        stage.audit(checks, page, "plan-denied")
        with checks("an admin lets it through"):
            page.get_by_label("Allow POL-2 for this stack").check()
            deploy.click()
            page.wait_for_url("**/operations/*")
            page.get_by_role("link", name="Open the stack").wait_for(timeout=60_000)


def large(stage, checks, admin):
    services = "".join(f"  s{number}:\n    image: slipway/base:1\n    command: [sleep, infinity]\n    labels:\n      a.b: \"{number}\"\n" for number in range(400))
    admin.create_stack("large", "services:\n" + services)
    with stage.page(admin, "/stacks/large@local/compose") as page:
        page.get_by_text("No problems").wait_for()
        page.locator(".CodeMirror").click()
        page.keyboard.press("Control+End")
        times, calls = [], []

        def finished(request):
            if request.url.endswith("/validate"):
                calls.append(request.timing["responseEnd"] / 1000)
        page.on("requestfinished", finished)
        for number in range(4):
            page.wait_for_timeout(500)
            begin = time.monotonic()
            page.keyboard.insert_text(f"  z{number}: {{imag: x}}\n")
            page.wait_for_function("count => document.querySelectorAll('.problem').length >= count", arg=2 * number + 2)
            times.append(time.monotonic() - begin)
        told = " ".join(f"{each:.2f}" for each in times)
        print(f"# from a key to its problem in 2000 lines: {told} s; the calls {' '.join(f'{each:.2f}' for each in calls)} s", flush=True)
        checks.that("a mistake in 2000 lines is marked soon", min(times) <= TYPED_SECONDS * FACTOR, f"{times}")


def write(page, text):
    page.locator(".CodeMirror").click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)


def take_down(admin, name):
    admin.step_up()
    answer = admin.post(f"/api/v1/stacks/{name}/down", json={"timeout_seconds": 1})
    wait("it is down", lambda: admin.get(f"/api/v1/operations/{answer.json()['id']}").json().get("ended_at"), 60)
    admin.delete(f"/api/v1/stacks/{name}")
