"""Processes by their ids: who belongs to whom, and the end of a family."""

import contextlib
import os
import pathlib
import signal


def children(parent):
    """The direct children of a process."""
    found = set()
    for task in pathlib.Path(f"/proc/{parent}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found.update(int(pid) for pid in task.read_text().split())
    return found


def kill(pids):
    """Ends processes with all that they have started."""
    for pid in pids:
        family = children(pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        kill(family)
