#!/usr/bin/env python3
"""journeys.py [NAME...]   plays journey_NAME.py, each for itself, in one server; without a name: all of them, the first run first, and
then every page must have been looked at (src/app/routes.ts). At the end there is a line for each: PASS or FAIL, its time, and why."""

import importlib
import pathlib
import signal
import sys
import time

from routes import unseen
from stage import SLOWNESS, Checks, Stage, servers

LIMIT_SECONDS = round(1200 * SLOWNESS)
JOURNEY_SECONDS = 150 * SLOWNESS
AGAIN_SECONDS = 10
FOLDER = pathlib.Path(__file__).resolve().parent


class Overdue(BaseException):
    """One journey takes too long; no check in it may swallow this."""


def names():
    found = sorted(path.stem.removeprefix("journey_") for path in FOLDER.glob("journey_*.py"))
    # It needs a server that nobody has used yet.
    return sorted(found, key=lambda name: name != "first_run")


def body(checks):
    wanted = sys.argv[1:] or names()
    unknown = set(wanted) - set(names())
    assert not unknown, f"no such journey: {', '.join(sorted(unknown))}"
    end, lines = time.monotonic() + LIMIT_SECONDS, []
    with Stage() as stage:
        if "first_run" not in wanted:
            stage.admin()
        for name in wanted:
            begin, already = time.monotonic(), len(checks.failures)
            play(stage, checks, name, min(JOURNEY_SECONDS, end - begin))
            failures = checks.failures[already:]
            why = f": {failures[0]}" + (f" (and {len(failures) - 1} more)" if len(failures) > 1 else "") if failures else ""
            lines.append(f"{'FAIL' if failures else 'PASS'} {name} {time.monotonic() - begin:.1f} s{why}")
            print(lines[-1], flush=True)
        if not sys.argv[1:]:
            left = unseen(stage.looked_at)
            checks.that("every page was looked at, in both themes and narrow", not left, ", ".join(left))
    print("\n".join(lines), flush=True)


def play(stage, checks, name, seconds):
    def overdue(_signal, _frame):
        stage.is_broken = True
        raise Overdue
    signal.signal(signal.SIGALRM, overdue)
    # Again a little later, should the first one get lost in a callback.
    signal.setitimer(signal.ITIMER_REAL, max(1, seconds), AGAIN_SECONDS)
    try:
        importlib.import_module(f"journey_{name}").play(stage, checks)
    except Overdue:
        signal.setitimer(signal.ITIMER_REAL, 0)
        checks.fail(name, f"no end after {seconds:.0f} s")
        stage.renew_browser()
    except Exception as error:
        checks.fail(name, f"{type(error).__name__}: {error}")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    stage.quiet(checks, name)


if __name__ == "__main__":
    servers.Checks = Checks
    servers.main(body, LIMIT_SECONDS)
