#!/usr/bin/env python3
"""journeys.py [NAME...]   plays journey_NAME.py, each for itself, in one server; without a name: all of them, the first run first."""

import importlib
import pathlib
import sys
import time

from stage import Checks, Stage, servers

LIMIT_SECONDS = 1500
FOLDER = pathlib.Path(__file__).resolve().parent


def names():
    found = sorted(path.stem.removeprefix("journey_") for path in FOLDER.glob("journey_*.py"))
    # It needs a server that nobody has used yet.
    return sorted(found, key=lambda name: name != "first_run")


def body(checks):
    wanted = sys.argv[1:] or names()
    with Stage() as stage:
        if "first_run" not in wanted:
            stage.admin()
        for name in wanted:
            begin = time.monotonic()
            try:
                importlib.import_module(f"journey_{name}").play(stage, checks)
            except Exception as error:
                checks.fail(name, f"{type(error).__name__}: {error}")
            stage.quiet(checks, name)
            print(f"# {name}: {time.monotonic() - begin:.1f} s", flush=True)


if __name__ == "__main__":
    servers.Checks = Checks
    servers.main(body, LIMIT_SECONDS)
