"""Users, tokens, settings, the audit log, and one's own account with a second factor."""

import base64
import hashlib
import hmac
import re
import struct
import time

from stage import servers, wait

PASSWORD = "nine geese cross a frozen pond"


def play(stage, checks):
    admin = stage.admin()
    admin.step_up()
    with stage.page(admin, "/settings/users") as page:
        users(stage, checks, page)
    with stage.page(admin, "/settings/tokens") as page:
        tokens(stage, checks, page)
    with stage.page(admin, "/settings") as page:
        settings(stage, checks, page)
    with stage.page(admin, "/audit") as page:
        audit(stage, checks, page)
    own = stage.server.log_in("greta", PASSWORD)
    with stage.page(own, "/stacks") as page:
        required(stage, checks, page)
    admin.step_up()
    with stage.page(admin, "/settings/users") as page:
        with checks("a user is deleted when the name was typed"):
            page.get_by_role("button", name="Acts for greta").click()
            page.get_by_role("menuitem", name="Delete").click()
            page.get_by_role("dialog").get_by_label("Type greta").fill("greta")
            page.get_by_role("dialog").get_by_role("button", name="Delete greta").click()
            page.get_by_role("row", name="greta").wait_for(state="detached")


def users(stage, checks, page):
    dialog = page.get_by_role("dialog")
    with checks("a user is made with a role on one server"):
        page.get_by_role("button", name="New user").click()
        dialog.get_by_label("Name").fill("greta")
        dialog.get_by_label("Password").fill(PASSWORD)
        dialog.get_by_label("Server").select_option("local")
        dialog.get_by_label("Must have a second factor").check()
    stage.audit(checks, page, "user-new", narrow=False)
    with checks("the list says what users may"):
        dialog.get_by_role("button", name="Make the user").click()
        page.get_by_role("row", name="greta").get_by_text("viewer on local").wait_for()
    with checks("a role is changed"):
        page.get_by_role("button", name="Acts for greta").click()
        page.get_by_role("menuitem", name="Change…").click()
        dialog.get_by_label("Role", exact=True).select_option("operator")
        dialog.get_by_role("button", name="Save").click()
        page.get_by_text("operator on local").wait_for()
    with checks("nobody deletes themselves"):
        page.get_by_role("button", name=f"Acts for {servers.ADMIN}").click()
        assert page.get_by_role("menuitem", name="Delete…").get_attribute("aria-disabled") == "true"
        page.keyboard.press("Escape")
    stage.audit(checks, page, "users")


def tokens(stage, checks, page):
    dialog = page.get_by_role("dialog")
    with checks("a token is made, shown once, and ended"):
        page.get_by_role("button", name="New token").click()
        dialog.get_by_label("Name").fill("nightly")
        dialog.get_by_label("Deploy and roll back").check()
        stage.accessible(page)
        dialog.get_by_role("button", name="Make the token").click()
        dialog.get_by_text("It is shown this once.").wait_for()
        assert dialog.locator("code").first.inner_text().startswith("slw_")
        dialog.get_by_role("button", name="I have kept it").click()
        row = page.get_by_role("row", name="nightly")
        row.get_by_role("button", name="End").click()
        row.get_by_role("button", name="End").wait_for(state="detached")
    stage.audit(checks, page, "tokens")


def settings(stage, checks, page):
    with checks("a setting is changed, says so, and goes back to its default"):
        field = page.get_by_label("What this installation is called")
        field.fill("Harbour <b>hit</b>")
        form = page.locator("form", has=field)
        form.get_by_role("button", name="Save").click()
        page.get_by_text("system.title is saved.").wait_for()
        page.get_by_role("button", name="Back to the default").click()
        wait("it is the default again", lambda: page.get_by_label("What this installation is called").input_value() == "Slipway")
    stage.audit(checks, page, "settings")
    page.goto("/settings/about")
    page.get_by_text("Runs since").wait_for()
    stage.audit(checks, page, "about")


def audit(stage, checks, page):
    with checks("the log says that it is whole"):
        page.get_by_text("The log is whole.").wait_for()
    with checks("its filters are the address"):
        page.get_by_label("Action").fill("token.create")
        page.get_by_role("button", name="Filter").click()
        page.wait_for_url("**action=token.create**")
        stage.settled(page)
    page.goto("/audit")
    stage.audit(checks, page, "audit")
    with checks("an entry is shown whole"):
        page.get_by_role("button", name=re.compile("^Entry")).first.click()
        page.get_by_role("dialog").get_by_text("Hash").wait_for()
        stage.accessible(page)
        page.keyboard.press("Escape")
    with checks("it is exported"):
        page.get_by_role("button", name="Export").click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name="CSV").click()
        with open(download.value.path(), encoding="utf-8") as file:
            assert file.readline().startswith("sequence,at,actor")


def required(stage, checks, page):
    with checks("who must have a second factor is led to it"):
        page.get_by_text("A second factor is required.").wait_for()
        assert page.url.endswith("/profile"), page.url
    with checks("it is set up by the code of an app"):
        page.get_by_role("button", name="Set it up").click()
        if page.get_by_role("dialog").count():
            page.get_by_role("dialog").get_by_label("Password").fill(PASSWORD)
            page.get_by_role("dialog").get_by_role("button", name="Confirm").click()
        page.get_by_label("Code").wait_for()
        seed = page.locator("form code").first.inner_text()
        stage.accessible(page)
        page.get_by_label("Code").fill(code_of(seed))
        page.get_by_role("button", name="Switch it on").click()
        page.get_by_text("Keep these recovery codes").wait_for()
        assert page.locator(".recovery li").count() == 10
    with checks("then the profile is whole"):
        page.get_by_role("button", name="I have kept them").click()
        page.get_by_role("heading", name="Password").wait_for()
    stage.live(page)
    stage.audit(checks, page, "profile")


def code_of(seed):
    """The code of this moment (RFC 6238)."""
    text = seed.replace(" ", "")
    key = base64.b32decode(text + "=" * (-len(text) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1_000_000:06d}"
