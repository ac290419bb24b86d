"""Deploys that do not come to their end: one that never gets healthy and goes back by itself, and one that somebody cancels."""

import re

from stage import take_down

NAME = "harbour"
FILE = """services:
  web:
    image: slipway/base:1
    command: [sleep, infinity]
    stop_grace_period: 0s
    healthcheck: {{test: [CMD, "{probe}"], interval: 1s, retries: {retries}}}
"""


def play(stage, checks):
    admin = stage.admin()
    admin.step_up()
    try:
        admin.create_stack(NAME, FILE.format(probe="true", retries=3))
        admin.deploy(NAME)
        fails(stage, checks, admin)
        cancels(stage, checks, admin)
    finally:
        take_down(admin, NAME)


def writes(admin, text):
    answer = admin.put(f"/api/v1/stacks/{NAME}/file?path=compose.yaml", json={"text": text})
    assert answer.status_code == 200, answer.text


def fails(stage, checks, admin):
    writes(admin, FILE.format(probe="false", retries=2))
    with stage.page(admin, f"/stacks/{NAME}@local/plan") as page:
        with checks("a deploy that never gets healthy goes back, and says first what runs now"):
            page.get_by_role("button", name="Deploy revision 2 to local").click()
            page.wait_for_url("**/operations/*")
            page.get_by_text("Revision 1 runs again, whole.").wait_for(timeout=90_000)
            page.get_by_role("link", name="Try again").wait_for()
            page.get_by_role("link", name="Roll back").wait_for()
        stage.audit(checks, page, "operation-rolled-back")
        with checks("it is the same after a reload, and in the history"):
            page.reload()
            page.get_by_text("Revision 1 runs again, whole.").wait_for()
            page.goto(f"/stacks/{NAME}@local/revisions")
            page.get_by_role("row", name="Revision 2").get_by_text("rolled back").wait_for()


def cancels(stage, checks, admin):
    writes(admin, FILE.format(probe="false", retries=600))
    with stage.page(admin, f"/stacks/{NAME}@local/plan") as page:
        with checks("who cancels a deploy is told what it goes back to"):
            page.get_by_role("button", name=re.compile("Deploy revision 3 to local")).click()
            page.wait_for_url("**/operations/*")
            page.get_by_role("button", name="Cancel", exact=True).click()
            dialog = page.get_by_role("dialog", name="Cancel this operation?")
            dialog.get_by_text("It goes back to what ran before: web.").wait_for(timeout=30_000)
            dialog.get_by_text("New containers and networks are removed again.").wait_for()
            stage.accessible(page)
        with checks("it is cancelled, and what ran before runs"):
            dialog.get_by_role("button", name="Cancel the operation").click()
            page.get_by_text("Revision 1 runs again, whole.").wait_for(timeout=90_000)
            page.get_by_text("Cancelled").first.wait_for()
