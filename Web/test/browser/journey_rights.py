"""What a viewer sees: everything that may be seen, and why a control cannot be used."""

from stage import CANARY, COMPOSE, take_down


def play(stage, checks):
    admin = stage.admin()
    admin.step_up()
    admin.create_stack("seen", COMPOSE)
    admin.deploy("seen")
    admin.create_user("vera", [("viewer",)])
    try:
        viewer = stage.server.log_in("vera")
        with stage.page(viewer, "/stacks/seen@local") as page:
            with checks("a viewer learns why a stack cannot be stopped"):
                stop = page.get_by_role("button", name="Stop")
                stop.wait_for()
                assert stop.get_attribute("aria-disabled") == "true"
                assert "needs operator" in stop.inner_text() + (stop.get_attribute("title") or "")
            with checks("what never applies is absent"):
                page.get_by_role("navigation", name="Main", exact=True).get_by_text("Stacks").wait_for()
                assert page.get_by_role("link", name="Audit").count() == 0
        with stage.page(viewer, "/stacks/" + CANARY.replace("<", "%3C").replace(">", "%3E").replace("/", "%2F").replace("\u202e", "")) as page:
            with checks("a stack that is not there is told, and its name stays text"):
                page.get_by_text("There is no stack").wait_for()
        with stage.page(viewer, "/nowhere") as page:
            stage.audit(checks, page, "not-found")
    finally:
        take_down(admin, "seen")
