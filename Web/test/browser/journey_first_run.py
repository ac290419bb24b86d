"""The first run, without a mouse: wrong token, right token, first server; and the login after it."""

from stage import servers


def play(stage, checks):
    token = stage.server.token_file.read_text().strip()
    with stage.page() as page:
        page.goto("/setup")
        page.get_by_label("Token").wait_for()
        stage.audit(checks, page, "setup-token")
        with checks("a wrong token is told, and nothing is lost"):
            fill(stage, page, "not-the-token")
            page.get_by_role("alert").wait_for()
            stage.press(page, "Back")
            assert page.get_by_label("Token").input_value() == "not-the-token"
        with checks("two different passwords are told at their field"):
            stage.type_into(page, "Token", token)
            page.keyboard.press("Enter")
            stage.type_into(page, "Password again", "something else")
            page.keyboard.press("Enter")
            page.get_by_text("This is not the same password.").wait_for()
            stage.type_into(page, "Password again", servers.PASSWORD)
        stage.audit(checks, page, "setup-administrator")
        with checks("the first administrator is made, and the engine of the machine found"):
            stage.press(page, "Make the administrator")
            page.get_by_role("button", name="Make the first stack").wait_for()
        stage.audit(checks, page, "setup-server")
        with checks("it ends on a site that is live"):
            stage.press(page, "To the overview")
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


def fill(stage, page, token):
    """By keys alone."""
    stage.type_into(page, "Token", token)
    page.keyboard.press("Enter")
    stage.type_into(page, "User name", servers.ADMIN)
    stage.type_into(page, "Password", servers.PASSWORD)
    stage.type_into(page, "Password again", servers.PASSWORD)
    page.keyboard.press("Enter")


def log_in(page, password):
    page.get_by_label("User name").fill(servers.ADMIN)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
