"""The pages of the site, as src/app/routes.ts lists them, and which of them nobody has looked at."""

import pathlib
import re

ROUTES = pathlib.Path(__file__).resolve().parents[2] / "src/app/routes.ts"
# Before somebody is logged in there are two more.
OUTSIDE = ["/setup", "/login"]


def patterns():
    found = re.findall(r'pattern: "([^"]+)"', ROUTES.read_text())
    assert found, f"no routes in {ROUTES}"
    return OUTSIDE + found


def pattern_of(path):
    """The first that fits, as the page's own router takes it."""
    for pattern in patterns():
        if re.fullmatch("/".join("[^/]+" if part.startswith(":") else re.escape(part) for part in pattern.split("/")), path):
            return pattern
    return None


def unseen(paths):
    seen = {pattern_of(path) for path in paths}
    return [pattern for pattern in patterns() if pattern not in seen]
