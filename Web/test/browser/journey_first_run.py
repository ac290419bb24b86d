"""The first run: wrong token, right token, first server, and the login after it."""

from stage import servers


def play(stage, checks):
    token = stage.server.token_file.read_text().strip()
    with stage.page() as page:
        page.goto("/setup")
        page.get_by_label("Token").wait_for()
        stage.audit(checks, page, "setup-token")
        with checks("a wrong token is told, and nothing is lost"):
            fill(page, "not-the-token")
            page.get_by_role("alert").wait_for()
            page.get_by_role("button", name="Back").click()
            assert page.get_by_label("Token").input_value() == "not-the-token"
        with checks("two different passwords are told at their field"):
            page.get_by_label("Token").fill(token)
            page.get_by_role("button", name="Next").click()
            page.get_by_label("Password again").fill("something else")
            page.get_by_role("button", name="Make the administrator").click()
            page.get_by_text("This is not the same password.").wait_for()
            page.get_by_label("Password again").fill(servers.PASSWORD)
        stage.audit(checks, page, "setup-administrator")
        with checks("the first administrator is made, and the engine of the machine found"):
            page.get_by_role("button", name="Make the administrator").click()
            page.get_by_role("button", name="Make the first stack").wait_for()
        stage.audit(checks, page, "setup-server")
        with checks("it ends on a site that is live"):
            page.get_by_role("button", name="To the overview").click()
            page.get_by_role("heading", name="Overview").wait_for()
            stage.live(page)
            page.get_by_text("Nothing is deployed yet").wait_for()
        stage.audit(checks, page, "overview-empty")
        with checks("who logs out comes to the login, and back to where they were"):
            page.goto("/stacks?sort=status")
            stage.live(page)
            page.get_by_role("button", name=f"Account of {servers.ADMIN}").click()
            page.get_by_role("menuitem", name="Log out").click()
            page.get_by_role("heading", name="Log in").wait_for()
            page.goto("/stacks?sort=status")
            page.get_by_role("heading", name="Log in").wait_for()
        stage.audit(checks, page, "login")
        with checks("a wrong password names neither field"):
            log_in(page, "not the password")
            page.get_by_role("alert").wait_for()
        with checks("the right one leads back"):
            log_in(page, servers.PASSWORD)
            page.get_by_role("heading", name="Stacks").wait_for()
            assert page.url.endswith("/stacks?sort=status"), page.url


def fill(page, token):
    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Next").click()
    page.get_by_label("User name").fill(servers.ADMIN)
    page.get_by_label("Password", exact=True).fill(servers.PASSWORD)
    page.get_by_label("Password again").fill(servers.PASSWORD)
    page.get_by_role("button", name="Make the administrator").click()


def log_in(page, password):
    page.get_by_label("User name").fill(servers.ADMIN)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
