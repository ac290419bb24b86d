#!/usr/bin/env python3
"""links.py   commands that go through a server while their connection to it is cut, and while the server's to its engine is: what
containers write is shown once and in order, and ends are told with their codes."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import threading
import time

from server import BINARY, Engine, Server, main, wait_until

CUTS, AWAY_SECONDS = 5, 1.5
# Writes for about ten seconds, begins with the next cut, and ends with a code of its own.
LINES = 2000
WRITER = f"""
services:
  first:
    image: slipway/base:1
    stop_grace_period: 0s
    command: [sh, -c, "trap 'go=1' USR1; echo waits; while [ -z $$go ]; do sleep 0.05; done; i=0; while [ $$i -lt {LINES} ]; do i=$$((i + 1)); echo number $$i; [ $$((i % 10)) != 0 ] || sleep 0.05; done; exit 3"]
  other:
    image: slipway/base:1
    stop_grace_period: 0s
    command: [sh, -c, "trap 'exit 0' TERM; echo here; sleep 600 & wait"]
"""
WATCHED = """
services:
  web:
    image: slipway/base:1
    stop_grace_period: 0s
    command: [sleep, "600"]
    develop: {watch: [{path: ./watched, target: /copy, action: sync}]}
"""


class Link:
    """Stands before a listener, and can be cut: what is open is closed, and nobody is let in until it is mended."""

    def __init__(self, kind, own, other):
        self.kind, self.other = kind, other
        self.lock = threading.Lock()
        self.open, self.is_cut = set(), False
        self.listener = socket.socket(kind)
        self.listener.bind(own)
        self.listener.listen(64)
        self.address = self.listener.getsockname()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                with self.lock:
                    if self.is_cut:
                        client.close()
                        continue
                    other = socket.socket(self.kind)
                    other.connect(self.other)
                    self.open |= {client, other}
                for pair in ((client, other), (other, client)):
                    threading.Thread(target=self.pump, args=pair, daemon=True).start()

    def pump(self, source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with self.lock:
            self.open -= {source, target}
        self.close(source, target)

    @staticmethod
    def close(*ends):
        for one in ends:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def cut(self):
        with self.lock:
            self.is_cut = True
            ends = list(self.open)
        self.close(*ends)

    def mend(self):
        with self.lock:
            self.is_cut = False

    def away(self, seconds=AWAY_SECONDS):
        self.cut()
        time.sleep(seconds)      # the time that it is away is what is tried
        self.mend()


class Command:
    """The program as a client of a server, in a folder of its own; what it writes goes to files."""

    def __init__(self, folder, link, token, *arguments):
        self.out, self.errors = folder / "out", folder / "errors"
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "SLIPWAY_DATA": str(folder / "own"), "SLIPWAY_TOKEN": token,
                       "SLIPWAY_URL": "http://{}:{}".format(*link.address)}
        with open(self.out, "wb") as out, open(self.errors, "wb") as errors:
            self.process = subprocess.Popen([BINARY, *arguments], cwd=folder / "project", env=environment, stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=errors, start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)

    @property
    def text(self):
        return self.out.read_text()

    @property
    def numbers(self):
        return [int(number) for number in re.findall(r"number (\d+)$", self.text, re.MULTILINE)]

    def end(self, seconds):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"no end within {seconds} s; the last it wrote: {self.text[-200:]!r}, {self.errors.read_text()[-400:]!r}") from None

    def seen(self):
        return f"{self.text[-300:]!r} {self.errors.read_text()[-600:]!r}"


def gaps(numbers):
    """Where they are not 1, 2, 3 …, in words; empty: they are."""
    if numbers == list(range(1, LINES + 1)):
        return ""
    places = [f"{before} is followed by {after}" for before, after in zip([0, *numbers], [*numbers, LINES + 1]) if after != before + 1]
    return f"{len(numbers)} of {LINES} lines; {'; '.join(places[:5])}"


def begin(engine):
    """Lets the writer write."""
    engine.call("POST", "/containers/cutup-first-1/kill?signal=USR1")


def cut_commands(checks, engine, server, token, link):
    """The link between a command and its server."""
    with Command(server.folder, link, token, "up", "-p", "cutup", "--no-color") as up:
        with checks("up shows what a container wrote before the first cut"):
            wait_until("both write", lambda: "here" in up.text and "waits" in up.text, 60)
        # Nothing of the numbers was shown yet when the link is cut.
        link.cut()
        begin(engine)
        time.sleep(AWAY_SECONDS)
        link.mend()
        for _ in range(CUTS - 1):
            reached = len(up.numbers)
            with contextlib.suppress(AssertionError):
                wait_until("it goes on", lambda: len(up.numbers) > reached + 20, 20)
            link.away()
        with checks("up tells the end and its code after the cuts"):
            wait_until("the end is told", lambda: "first-1 exited with code 3" in up.text, 60)
        with checks(f"what a container writes while up is cut off {CUTS} times is shown once and in order"):
            assert not gaps(up.numbers), gaps(up.numbers)
        with checks("it says that the server is lost, and back, once for each cut"):
            wait_until("the last is told", lambda: (up.errors.read_text().count("the server is lost"), up.errors.read_text().count("the server is back"))
                       == (CUTS, CUTS), 20)
        up.process.send_signal(signal.SIGINT)
        with checks("Ctrl-C stops what it has started after the cuts"):
            assert up.end(60) == 130, up.seen()


def cut_end(checks, engine, server, token, link):
    """Containers that end while the command is cut off."""
    with Command(server.folder, link, token, "up", "-p", "cutup", "--no-color", "--exit-code-from", "first", "first") as up:
        with checks("a container that ends while up is cut off ends up with its code"):
            wait_until("it waits", lambda: "waits" in up.text, 60)
            begin(engine)
            wait_until("it writes", lambda: len(up.numbers) > 20, 60)
            link.away(14)
            assert up.end(60) == 3, up.seen()
        with checks("what it wrote until then is shown once and in order"):
            assert not gaps(up.numbers), gaps(up.numbers)


def lost_engine(checks, engine, server, token, link, engine_link):
    """The link between the server and its engine."""
    with Command(server.folder, link, token, "up", "-p", "cutup", "--no-color") as up:
        with checks("up goes on after the server's engine was away"):
            wait_until("both write", lambda: "here" in up.text and "waits" in up.text, 60)
            engine_link.away()
            begin(engine)
            for _ in range(2):
                reached = len(up.numbers)
                wait_until("it goes on", lambda: len(up.numbers) > reached + 20, 40)
                engine_link.away()
            wait_until("the end is told", lambda: "first-1 exited with code 3" in up.text, 60)
        with checks("what a container wrote meanwhile is shown once and in order"):
            assert not gaps(up.numbers), gaps(up.numbers)
        with checks("nothing was told as gone that is there"):
            assert "removed" not in up.text, up.seen()
        up.process.send_signal(signal.SIGINT)
        with checks("Ctrl-C stops it then"):
            assert up.end(60) == 130, up.seen()


def watching(checks, engine, server, token, link, engine_link):
    """A watch, whose changes wait for what is away."""
    folder = server.folder / "project"
    (folder / "compose.yaml").write_text(WATCHED)
    with Command(server.folder, link, token, "up", "-d", "-p", "cutwatch") as up:
        with checks("what is watched runs"):
            assert up.end(60) == 0, up.seen()
    with Command(server.folder, link, token, "watch", "-p", "cutwatch") as watch:
        wait_until("it watches", lambda: "watching " in watch.errors.read_text(), 30)

        def copied(name):
            # Past the links that are tried.
            return subprocess.run([BINARY, "exec", "-T", "-p", "cutwatch", "web", "cat", f"/copy/{name}"], capture_output=True, text=True, timeout=30,
                                  env={"PATH": os.environ["PATH"], "HOME": str(server.folder), "SLIPWAY_DATA": str(server.data),
                                       "DOCKER_HOST": engine.address}).stdout

        def synced(name):
            wait_until(f"{name} is in the container", lambda: copied(name) == name, 40)
        with checks("a change of a file is copied"):
            (folder / "watched" / "one").write_text("one")
            synced("one")
        for number, (what, one) in enumerate((("the server", link), ("the server's engine", engine_link))):
            with checks(f"a change while {what} is away waits until it is back"):
                one.cut()
                (folder / "watched" / f"away{number}").write_text(f"away{number}")
                wait_until("that is told", lambda: watch.errors.read_text().count("warning: web: ") > number, 30)
                one.mend()
                synced(f"away{number}")
        watch.process.send_signal(signal.SIGINT)
        with checks("Ctrl-C ends it"):
            assert watch.end(20) == 130, watch.seen()


def body(checks):
    with Engine() as engine, Server() as folder:
        engine_link = Link(socket.AF_UNIX, str(folder.folder / "link.sock"), engine.address.removeprefix("unix://"))
        with Server(engine=f"unix://{engine_link.address}") as server:
            client = server.set_up()
            client.step_up()
            answer = client.patch("/api/v1/users/1", json={"grants": [{"role": "admin", "server": None, "stack": None, "may_exec": True, "may_restore": False}]})
            assert answer.status_code == 200, answer.text
            client = server.log_in()
            client.step_up()
            answer = client.post("/api/v1/tokens", json={"name": "links", "days": 1})
            assert answer.status_code == 201, answer.text
            token = next(value for value in answer.json().values() if str(value).startswith("slw_"))
            (server.folder / "project" / "watched").mkdir(parents=True)
            (server.folder / "project" / "compose.yaml").write_text(WRITER)
            link = Link(socket.AF_INET, ("127.0.0.1", 0), (server.host, server.port))
            cut_commands(checks, engine, server, token, link)
            cut_end(checks, engine, server, token, link)
            lost_engine(checks, engine, server, token, link, engine_link)
            watching(checks, engine, server, token, link, engine_link)
            for stack in ("cutup", "cutwatch"):
                client.post(f"/api/v1/stacks/{stack}/down", json={})


main(body, 400)
