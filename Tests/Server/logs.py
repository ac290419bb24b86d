#!/usr/bin/env python3
"""logs.py [--lines N] [--containers N] [--disconnects N]   logs by the socket, of a real engine: numbered lines of many containers through
disconnects, each once and in order; clients that do not read (AB-J4, R-LOG-1); one reader of the engine for many clients.
SLIPWAY_TEST_LOG_LINES is the number of lines where --lines does not say (200000)."""

import argparse
import collections
import concurrent.futures
import contextlib
import itertools
import json
import os
import socket
import threading
import time

from server import CLOSE, TEXT, Engine, RawSocket, Server, hear, main, say, wait_until

MIB = 1 << 20
CREDIT = 16 * MIB            # as a client that reads gives it
READ_SECONDS, READ_RATE = 100, 4000      # lines a second at least, on a machine that does other things as well
STALLED, QUEUE = 16, 256 << 10
STALL_SECONDS = 30           # R-LOG-1
SHARED = 50
SOCKETS_OF_A_SESSION = 8
# Waits for a signal, so that all write at the same time, while they are read.
WRITER = """
  {name}:
    image: slipway/base:1
    stop_grace_period: 0s
    command:
      - sh
      - -c
      - |
        trap 'go=1' USR1
        while [ -z "$$go" ]; do sleep 0.1; done
        i=0
        while [ $$i -lt {lines} ]; do
          i=$$((i + 1)); echo "line $$i of {name}, as long as lines of logs are, more or less: GET /index.html 200"
          [ $$((i % 500)) != 0 ] || sleep 0.02
        done
        sleep 600
"""
# About 20,000 lines of 200 bytes a second, without an end.
STREAM = """
services:
  stream:
    image: slipway/base:1
    stop_grace_period: 0s
    command:
      - sh
      - -c
      - |
        pad=$$(printf '%0180d' 0)
        i=0
        while :; do
          n=0
          while [ $$n -lt 1000 ]; do n=$$((n + 1)); echo "$$((i + n)) $$pad"; done
          i=$$((i + 1000))
          sleep 0.05
        done
"""
TICKER = """
services:
  ticker:
    image: slipway/base:1
    stop_grace_period: 0s
    command: [sh, -c, "i=0; while :; do i=$$((i + 1)); echo tick $$i; sleep 0.1; done"]
"""


class Reader:
    """Reads with `follow`, gives credit as it reads, and goes on at its cursor after each disconnect."""

    def __init__(self, client, stack, names):
        self.client, self.stack = client, stack
        self.next = dict.fromkeys(names, 1)
        self.count = self.gaps = self.connects = 0
        self.wrong = []
        self.cursor = None

    def connect(self):
        self.connection = self.client.socket()
        self.connects += 1
        message = {"id": 1, "kind": "logs", "targets": [{"stack": self.stack}], "follow": True, "credit": CREDIT}
        say(self.connection, **message, **({"cursor": self.cursor} if self.cursor else {"tail": -1}))
        self.owed = 0

    def disconnect(self, is_rude):
        if is_rude:
            # As when a cable is pulled: what is on its way is lost.
            self.connection.socket.shutdown(socket.SHUT_RDWR)
        self.connection.close()

    def read(self, until, end):
        """Takes messages until so many lines are there."""
        while self.count < until:
            assert time.monotonic() < end, f"{self.count} lines only; missing from {self.missing()}"
            # The engine reads its files from the begin to find where a cursor goes on.
            text = self.connection.recv(timeout=30 + until / 10_000)
            message = json.loads(text)
            self.owed += len(text)
            if self.owed > CREDIT // 4:
                say(self.connection, id=1, credit=self.owed)
                self.owed = 0
            if "gap" in message:
                self.gaps += message["gap"]
            assert "error" not in message and "ended" not in message, message
            for line in message.get("lines", []):
                words = line["text"].split(" ", 2)
                if words[0] != "line":
                    continue
                name, number = line["service"], int(words[1])
                if number != self.next[name] and len(self.wrong) < 5:
                    self.wrong.append(f"{name}: {number} instead of {self.next[name]} (connection {self.connects})")
                self.next[name] = number + 1
                self.count += 1
            self.cursor = message.get("cursor", self.cursor)

    def missing(self):
        return {name: number for name, number in self.next.items() if number == 1}


def each_line_once(checks, client, options):
    names = [f"writer-{number:02}" for number in range(options.containers)]
    lines = options.lines // options.containers
    total = lines * options.containers
    client.create_stack("writers", "services:" + "".join(WRITER.format(name=name, lines=lines) for name in names))
    client.deploy("writers")
    reader = Reader(client, "writers", names)
    with checks(f"{total} lines of {options.containers} containers through {options.disconnects} disconnects are all read"):
        answer = client.post("/api/v1/stacks/writers/kill", json={"signal": "USR1"})
        assert answer.status_code == 202, answer.text
        begin = time.monotonic()
        end = begin + READ_SECONDS + total / READ_RATE
        for number in range(1, options.disconnects + 2):
            reader.connect()
            reader.read(total * number // (options.disconnects + 1), end)
            reader.disconnect(is_rude=number % 2 == 0)
        seconds = time.monotonic() - begin
        print(f"# {reader.count / seconds:.0f} lines a second through {reader.connects} connections", flush=True)
    checks.that("each line once, in order of its container", not reader.wrong, reader.wrong)
    checks.that("and nothing else", reader.next == dict.fromkeys(names, lines + 1), {n: v for n, v in reader.next.items() if v != lines + 1})
    checks.that("no gap is told to a client that keeps up", reader.gaps == 0, f"{reader.gaps} lines")
    with checks("the history is the same when it is read at once"):
        again = Reader(client, "writers", names)
        again.connect()
        again.read(total, time.monotonic() + READ_SECONDS + total / READ_RATE)
        again.disconnect(False)
        assert not again.wrong and not again.gaps, (again.wrong, again.gaps)
    client.post("/api/v1/stacks/writers/down", json={})


class Stalled:
    """Subscribes, and then reads nothing."""

    def __init__(self, client):
        self.raw = RawSocket(client)
        self.raw.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 10)
        self.raw.send(TEXT, json.dumps({"id": 1, "kind": "logs", "targets": [{"stack": "stream"}], "tail": 10, "follow": True,
                                        "credit": 64 * MIB}).encode())

    def outcome(self):
        """What it finds when it reads again at last."""
        # The kernel asks a client that took nothing for long less and less often whether it takes something now.
        self.raw.seconds = 40
        try:
            for _ in range(100_000):
                opcode, payload = self.raw.receive()
                if opcode == CLOSE:
                    return f"closed {int.from_bytes(payload[:2], 'big')}"
                if b'"gap"' in payload[:40]:
                    return "gap"
        except (EOFError, ConnectionResetError):
            return "closed"
        except TimeoutError:
            return "silence"
        return "everything"


def slow_clients(checks, server, client):
    client.create_stack("stream", STREAM)
    client.deploy("stream")
    sessions = [client] + [server.log_in() for _ in range(-(-STALLED // (SOCKETS_OF_A_SESSION - 1)))]
    with client.socket() as connection:
        say(connection, id=1, kind="logs", targets=[{"stack": "stream"}], tail=0, follow=True, credit=CREDIT)
        hear(connection, id=1, lines=...)
        before = most = server.memory()
        stalled = [Stalled(session) for session, _ in zip(itertools.cycle(sessions[1:]), range(STALLED))]
        count = gaps = told = owed = 0
        last, missing = None, 0
        end = time.monotonic() + STALL_SECONDS + 8
        while time.monotonic() < end:
            text = connection.recv(timeout=10)
            message = json.loads(text)
            owed += len(text)
            if owed > CREDIT // 4:
                say(connection, id=1, credit=owed)
                owed = 0
            if "gap" in message:
                told += message["gap"]
            for line in message.get("lines", []):
                number = int(line["text"].split(" ", 1)[0])
                missing += number - last - 1 if last else 0
                last = number
                count += 1
            most = max(most, server.memory())
    grown, bound = most - before, STALLED * QUEUE + 32 * MIB
    print(f"# the reader had {count} lines, {missing} missing, {told} told; memory grew by {grown / MIB:.1f} MiB", flush=True)
    checks.that(f"AB-J4: {STALLED} clients that do not read cost at most {bound / MIB:.0f} MiB", grown <= bound, f"{grown / MIB:.1f} MiB")
    checks.that("AB-J4: one that reads goes on beside them", count > 1000, count)
    checks.that("AB-J4: what it misses is told, to the line", missing == told, f"{missing} missing, {told} told")
    with concurrent.futures.ThreadPoolExecutor(STALLED) as pool:
        outcomes = collections.Counter(pool.map(Stalled.outcome, stalled))
    for one in stalled:
        one.raw.connection.close()
    # The close frame stands behind what was not read, and is lost with it when the connection is cut.
    checks.that("AB-J4: those that do not read find a gap, or are closed with 1013 or cut", outcomes.keys() <= {"gap", "closed 1013", "closed"}, dict(outcomes))
    client.post("/api/v1/stacks/stream/down", json={})


class EngineProxy:
    """Stands between the server and the engine, and counts the readers of logs that are open."""

    def __init__(self, path, engine):
        self.engine = engine.removeprefix("unix://")
        self.lock = threading.Lock()
        self.open, self.ever = set(), []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(path))
        self.listener.listen(64)
        self.address = f"unix://{path}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                engine = socket.socket(socket.AF_UNIX)
                engine.connect(self.engine)
                threading.Thread(target=self.up, args=(client, engine), daemon=True).start()
                threading.Thread(target=self.pump, args=(engine, client, client), daemon=True).start()

    def up(self, client, engine):
        """From the server to the engine: a request's line stands at the beginning of what is sent."""
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                line = data.split(b"\r\n", 1)[0]
                with self.lock:
                    if line.startswith(b"GET ") and b"/logs?" in line and b"follow=" in line and b"follow=0" not in line and b"follow=false" not in line:
                        self.open.add(client)
                        self.ever.append(line)
                    elif line.endswith(b" HTTP/1.1"):
                        self.open.discard(client)
                engine.sendall(data)
        self.gone(client, engine)

    def pump(self, source, target, client):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        self.gone(client, source)

    def gone(self, client, engine):
        with self.lock:
            self.open.discard(client)
        for one in (client, engine):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    @property
    def count(self):
        with self.lock:
            return len(self.open)


def one_reader(checks, engine):
    with Server() as folder:
        proxy = EngineProxy(folder.folder / "proxy.sock", engine.address)
        with Server(engine=proxy.address) as server, contextlib.ExitStack() as stack:
            client = server.set_up()
            client.create_stack("ticker", TICKER)
            client.deploy("ticker")
            sessions = [client] + [server.log_in() for _ in range(-(-SHARED // SOCKETS_OF_A_SESSION) - 1)]
            connections = [stack.enter_context(session.socket()) for session, _ in zip(itertools.cycle(sessions), range(SHARED))]
            with checks(f"{SHARED} clients of one container all have its lines"):
                for connection in connections:
                    say(connection, id=1, kind="logs", targets=[{"stack": "ticker"}], tail=1, follow=True)
                for connection in connections:
                    hear(connection, 20, id=1, lines=...)
                for connection in connections:
                    hear(connection, 20, id=1, lines=...)
            checks.that("... of one reader of the engine", proxy.count == 1, f"{proxy.count} are open, {len(proxy.ever)} were")
            for connection in connections[1:]:
                connection.close()
            with checks("the reader goes on while one client is left"):
                hear(connections[0], 10, id=1, lines=...)
                assert proxy.count == 1, proxy.count
            connections[0].close()
            begin = time.monotonic()
            with checks("and ends within 5 s after the last"):
                wait_until("the reader has ended", lambda: proxy.count == 0, 5)
                print(f"# the reader ended {time.monotonic() - begin:.1f} s after the last client", flush=True)
            client.post("/api/v1/stacks/ticker/down", json={})


def body(checks):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=int(os.environ.get("SLIPWAY_TEST_LOG_LINES", "200000")))
    parser.add_argument("--containers", type=int, default=20)
    parser.add_argument("--disconnects", type=int, default=10)
    options = parser.parse_args()
    with Engine() as engine:
        with Server(engine=engine.address) as server:
            client = server.set_up()
            each_line_once(checks, client, options)
            slow_clients(checks, server, client)
        one_reader(checks, engine)


main(body, 850)
