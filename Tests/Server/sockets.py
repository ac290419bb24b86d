#!/usr/bin/env python3
"""sockets.py   the WebSocket /api/v1/socket: the cases of RFC 6455 that apply (as the Autobahn test suite orders them), with frames
written by hand where a library refuses to be wrong, the limits of S-WEB-3 (AB-C5), and subscriptions."""

import concurrent.futures
import contextlib
import io
import json
import re
import resource
import socket
import struct
import tarfile
import time

from server import (BINARY_FRAME, CLOSE, CONTINUATION, PASSWORD, PING, PONG, TEXT, Engine, RawSocket, Server, close_code, frame, hear, main, say,
                    wait_until)
import websockets

MIB = 1 << 20
# The well-known ways to get UTF-8 wrong (RFC 3629): lone continuation, cut short, overlong, a surrogate, past U+10FFFF, no byte of it.
BROKEN_TEXT = [b"\x80", b"\xc3", b"\xe2\x82", b"\xf0\x9f\x98", b"\xc0\xaf", b"\xe0\x80\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xff", b"\xfe"]
GOOD_CODES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
BAD_CODES = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535]
IDLE_UPGRADES = 10_000
UPGRADE_MEMORY = 32 * MIB
FRAME_BYTES, MESSAGE_BYTES = 16 << 10, 64 << 10
SOCKETS_OF_A_SESSION = 8
MESSAGES_A_SECOND = 20


def question(number):
    """A small message that has an answer: there is no such subscription."""
    return json.dumps({"id": number, "unsubscribe": True}).encode()


def answered(raw, number):
    message = json.loads(raw.next(TEXT))
    assert message["id"] == number and message["error"]["code"] == "no_such_subscription", message


class Opener:
    """Opens raw sockets one after the other; waits while the server has not yet noticed that earlier ones went."""

    def __init__(self, client):
        self.client = client

    def __call__(self, **options):
        def attempt():
            try:
                return RawSocket(self.client, **options)
            except AssertionError:
                return None
        return wait_until("a socket is let in", attempt, 10)


def expect_code(checks, name, opener, code, *frames):
    """Sends these frames; the server must close with `code` (a set: one of them)."""
    with checks(name), opener() as raw:
        for data in frames:
            raw.send_bytes(data)
        begin = time.monotonic()
        found = raw.code()
        assert found in (code if isinstance(code, set) else {code}), f"closed with {found}, not {code}"
        assert time.monotonic() - begin < 5, "too late"


def fragmentation(checks, opener):
    for count in (1, 2, 3, 10):
        with checks(f"a text in {count} frames is one message"), opener() as raw:
            data = question(count)
            size = -(-len(data) // count)
            pieces = [data[at:at + size] for at in range(0, len(data), size)]
            for index, piece in enumerate(pieces):
                raw.send(CONTINUATION if index else TEXT, piece, fin=index == len(pieces) - 1)
            answered(raw, count)
    with checks("control frames may come between fragments"), opener() as raw:
        data = question(4)
        raw.send(TEXT, data[:5], fin=False)
        raw.send(PING, b"between")
        assert raw.next(PONG) == b"between"
        raw.send(CONTINUATION, data[5:9], fin=False)
        raw.send(PONG, b"unasked")
        raw.send(CONTINUATION, data[9:])
        answered(raw, 4)
    with checks("empty fragments are fine"), opener() as raw:
        raw.send(TEXT, b"", fin=False)
        raw.send(CONTINUATION, question(5), fin=False)
        raw.send(CONTINUATION, b"")
        answered(raw, 5)
    with checks("a message byte by byte on the wire is one message"), opener() as raw:
        for byte in frame(TEXT, question(6)):
            raw.send_bytes(bytes([byte]))
        answered(raw, 6)
    with checks("several frames in one packet are several messages"), opener() as raw:
        raw.send_bytes(b"".join(frame(TEXT, question(number)) for number in range(5)))
        for number in range(5):
            answered(raw, number)
    expect_code(checks, "a continuation of nothing is 1002", opener, 1002, frame(CONTINUATION, b"x"))
    expect_code(checks, "a text within a text is 1002", opener, 1002, frame(TEXT, b"{", fin=False), frame(TEXT, b"}"))


def control_frames(checks, opener):
    for payload in (b"", b"x", b"\x00\xff\xfe", b"p" * 125):
        with checks(f"a ping of {len(payload)} bytes has the same bytes in its pong"), opener() as raw:
            raw.send(PING, payload)
            assert raw.next(PONG) == payload
    with checks("pings are answered in order"), opener() as raw:
        for number in range(10):
            raw.send(PING, str(number).encode())
        assert [raw.next(PONG) for _ in range(10)] == [str(number).encode() for number in range(10)]
    with checks("a pong that nobody asked for is left alone"), opener() as raw:
        raw.send(PONG, b"hello")
        raw.send(TEXT, question(1))
        answered(raw, 1)
    for opcode, name in ((PING, "ping"), (PONG, "pong"), (CLOSE, "close")):
        expect_code(checks, f"a {name} in fragments is 1002", opener, 1002, frame(opcode, b"\x03\xe8", fin=False))
        expect_code(checks, f"a {name} of 126 bytes is 1002", opener, 1002, frame(opcode, b"\x03\xe8" + b"p" * 124))


def wrong_frames(checks, opener):
    for opcode in (TEXT, PING, CLOSE):
        expect_code(checks, f"an unmasked frame (opcode {opcode}) is 1002", opener, 1002, frame(opcode, b"", masked=False))
    for rsv in range(1, 8):
        expect_code(checks, f"reserved bits {rsv:03b} are 1002", opener, 1002, frame(TEXT, question(1), rsv=rsv))
    expect_code(checks, "reserved bits of a ping are 1002", opener, 1002, frame(PING, b"", rsv=4))
    for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15):
        expect_code(checks, f"the unknown opcode {opcode} is 1002", opener, 1002, frame(opcode, b"x"))
    expect_code(checks, "binary is 1003", opener, 1003, frame(BINARY_FRAME, question(1)))
    expect_code(checks, "binary in fragments is 1003", opener, 1003, frame(BINARY_FRAME, b"x", fin=False), frame(CONTINUATION, b"x"))
    expect_code(checks, "a length of 2^63 is refused", opener, {1002, 1009}, frame(TEXT, b"", length=1 << 63))
    expect_code(checks, "a length of 2^62 is refused before its bytes come", opener, 1009, frame(TEXT, b"{", length=1 << 62))
    with checks("a socket that is told 1002 ends its connection soon"), opener() as raw:
        raw.send(3, b"x")
        assert raw.code() == 1002
        raw.connection.settimeout(5)
        assert raw.connection.recv(10) == b""


def texts(checks, opener):
    for broken in BROKEN_TEXT:
        expect_code(checks, f"text with {broken.hex()} is 1007", opener, 1007, frame(TEXT, b'{"id":1,"x":"' + broken + b'"}'))
    for broken in (b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80"):
        data = b'{"id":1,"x":"' + broken + b'"}'
        expect_code(checks, f"text with {broken.hex()} over fragments is 1007", opener, 1007,
                    *[frame(CONTINUATION if at else TEXT, data[at:at + 1], fin=at == len(data) - 1) for at in range(len(data))])
    with checks("a character may be cut by a fragment's end"), opener() as raw:
        data = json.dumps({"id": 3, "unsubscribe": True, "x": "naïve € 😀"}, ensure_ascii=False).encode()
        for at in range(len(data)):
            raw.send(CONTINUATION if at else TEXT, data[at:at + 1], fin=at == len(data) - 1)
        answered(raw, 3)
    expect_code(checks, "text that is no JSON is 1008", opener, 1008, frame(TEXT, b"hello"))
    expect_code(checks, "an empty text is 1008", opener, 1008, frame(TEXT, b""))
    expect_code(checks, "JSON without an id is 1008", opener, 1008, frame(TEXT, b'{"kind":"events"}'))
    expect_code(checks, "JSON nested 10,000 deep is 1008", opener, 1008, frame(TEXT, b'{"id":1,"x":' + b"[" * 5000 + b"]" * 5000 + b"}"))


def closing(checks, opener):
    for code in GOOD_CODES:
        expect_code(checks, f"close {code} is answered with {code}", opener, code, frame(CLOSE, struct.pack("!H", code)))
    for code in BAD_CODES:
        expect_code(checks, f"close {code} is 1002", opener, 1002, frame(CLOSE, struct.pack("!H", code)))
    expect_code(checks, "close without a code is answered", opener, {1000, 1005}, frame(CLOSE))
    expect_code(checks, "close of one byte is 1002", opener, 1002, frame(CLOSE, b"\x03"))
    expect_code(checks, "close with a reason of 123 bytes is answered", opener, 1000, frame(CLOSE, b"\x03\xe8" + b"r" * 123))
    expect_code(checks, "close with a reason that is no UTF-8 is 1007", opener, 1007, frame(CLOSE, b"\x03\xe8\xff\xfe"))
    with checks("what comes after a close frame is left alone"), opener() as raw:
        raw.send_bytes(frame(CLOSE, b"\x03\xe8") + frame(TEXT, question(1)))
        opcode, payload = raw.receive()
        assert (opcode, payload[:2]) == (CLOSE, b"\x03\xe8"), (opcode, payload)
    with checks("the connection is ended by the server after a close"), opener() as raw:
        raw.send(CLOSE, b"\x03\xe8")
        assert raw.code() == 1000
        raw.connection.settimeout(5)
        assert raw.connection.recv(10) == b""
    with checks("a library's close is clean"):
        with opener.client.socket() as connection:
            connection.close()
            assert connection.protocol.close_code == 1000


def padded(size):
    """A question of exactly so many bytes."""
    empty = json.dumps({"id": 1, "unsubscribe": True, "pad": ""}).encode()
    return empty[:-2] + b"x" * (size - len(empty)) + empty[-2:]


def in_frames(data, size):
    starts = range(0, len(data), size)
    return b"".join(frame(CONTINUATION if at else TEXT, data[at:at + size], fin=at == starts[-1]) for at in starts)


def sizes(checks, server, opener):
    for size in (125, 126, 127, 65535 // 4, FRAME_BYTES):
        with checks(f"a message of {size} bytes in one frame is taken"), opener() as raw:
            raw.send(TEXT, padded(size))
            answered(raw, 1)
    with checks("a message of 64 KiB in frames of 16 KiB is taken"), opener() as raw:
        raw.send_bytes(in_frames(padded(MESSAGE_BYTES), FRAME_BYTES))
        answered(raw, 1)
    expect_code(checks, "a frame of more than 16 KiB is 1009", opener, 1009, frame(TEXT, padded(FRAME_BYTES + 1)))
    expect_code(checks, "a message of more than 64 KiB is 1009", opener, 1009, in_frames(padded(MESSAGE_BYTES + 1), FRAME_BYTES))
    before = server.memory()
    expect_code(checks, "AB-C5: a message over 64 KiB in fragments of 5 bytes is 1009", opener, 1009, in_frames(padded(MESSAGE_BYTES + 5), 5))
    with checks("AB-C5: endless empty fragments are 1009"), opener() as raw:
        raw.send(TEXT, b"", fin=False)
        raw.send_bytes(frame(CONTINUATION, b"", fin=False) * 5000)
        assert raw.code() == 1009
    checks.that("... and cost less than 8 MiB", server.memory() - before < 8 * MIB, f"{(server.memory() - before) / MIB:.1f} MiB")


def limits(checks, server, opener):
    client = opener.client
    with checks(f"{MESSAGES_A_SECOND} messages at once are taken"), opener() as raw:
        raw.send_bytes(b"".join(frame(TEXT, question(number)) for number in range(MESSAGES_A_SECOND)))
        for number in range(MESSAGES_A_SECOND):
            answered(raw, number)
    expect_code(checks, f"{MESSAGES_A_SECOND + 1} messages in a second are 1008", opener, 1008,
                b"".join(frame(TEXT, question(number)) for number in range(MESSAGES_A_SECOND + 1)))
    expect_code(checks, "AB-C5: 1000 messages at once are 1008", opener, 1008, frame(TEXT, question(1)) * 1000)
    expect_code(checks, "1000 pings at once are 1008", opener, 1008, frame(PING, b"x") * 1000)
    with checks(f"{MESSAGES_A_SECOND} messages in each of two seconds are taken"), opener() as raw:
        for _ in range(2):
            begin = time.monotonic()
            raw.send_bytes(b"".join(frame(TEXT, question(number)) for number in range(MESSAGES_A_SECOND)))
            for number in range(MESSAGES_A_SECOND):
                answered(raw, number)
            wait_until("the second is over", lambda: time.monotonic() - begin > 1.1, 3)
    with checks(f"AB-C5: socket {SOCKETS_OF_A_SESSION + 1} of a session is refused with 429, and let in when one goes"):
        fresh = server.log_in()
        with contextlib.ExitStack() as stack:
            opened = [stack.enter_context(fresh.socket()) for _ in range(SOCKETS_OF_A_SESSION)]
            status = refusal(fresh)
            assert status == 429, f"the ninth: {status}"
            with server.log_in().socket() as other:
                say(other, id=1, kind="events")
                hear(other, id=1, cursor=...)
            opened[0].close()
            wait_until("another is let in", lambda: refusal(fresh) is None, 5)
            for connection in opened[1:]:
                say(connection, id=1, kind="events")
                hear(connection, id=1, cursor=...)
    with checks("sockets that are opened at the same time do not get past the limit"):
        fresh = server.log_in()
        with concurrent.futures.ThreadPoolExecutor(30) as pool:
            opened = [one for one in pool.map(lambda _: try_open(fresh), range(30)) if one]
        for connection in opened:
            connection.close()
        assert len(opened) == SOCKETS_OF_A_SESSION, f"{len(opened)} are open"


def try_open(client):
    try:
        return client.socket()
    except websockets.exceptions.InvalidStatus:
        return None


def refusal(client):
    """The status of a refused upgrade; None when it is let in."""
    try:
        client.socket().close()
        return None
    except websockets.exceptions.InvalidStatus as error:
        return error.response.status_code


def upgrades(checks, server, client):
    """Upgrades that are asked for and then left: by nobody, and by a session that has its sockets already."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, IDLE_UPGRADES + 1000), hard))
    head = (f"GET /api/v1/socket HTTP/1.1\r\nHost: {server.host}:{server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n").encode()
    heads = [head + b"\r\n", head + f"Origin: {server.url}\r\nCookie: {client.cookie}\r\n\r\n".encode(), head]
    before = server.memory()
    held = []
    most = before
    try:
        for number in range(IDLE_UPGRADES):
            connection = socket.socket()
            connection.setblocking(False)
            connection.connect_ex((server.host, server.port))
            held.append(connection)
            # The one before has had its time to connect.
            if number >= 20:
                with contextlib.suppress(OSError):
                    held[number - 20].send(heads[number % 3])
            if number % 500 == 499:
                most = max(most, server.memory())
        end = time.monotonic() + 5
        while time.monotonic() < end:
            most = max(most, server.memory())
            time.sleep(0.1)
        grown = most - before
        print(f"# memory grew by {grown / MIB:.1f} MiB", flush=True)
        checks.that(f"AB-C5: {IDLE_UPGRADES} idle upgrades cost less than 32 MiB", grown < UPGRADE_MEMORY, f"{grown / MIB:.1f} MiB")
        checks.that("... and the server goes on", server.process.poll() is None)
    finally:
        for connection in held:
            connection.close()
    with checks("... and answers soon when they are gone"):
        wait_until("health", lambda: healthy(server), 15)


def healthy(server):
    try:
        return server.client().get("/healthz", timeout=5).status_code == 200
    except OSError:
        return False


def handshakes(checks, server, client):
    good = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
            f"Origin: {server.url}", f"Cookie: {client.cookie}"]
    line = f"GET /api/v1/socket HTTP/1.1\r\nHost: {server.host}:{server.port}\r\n"

    def status(fields, method="GET", path="/api/v1/socket"):
        data = (line.replace("GET", method).replace("/api/v1/socket", path) + "\r\n".join(fields) + "\r\n\r\n").encode()
        answer = server.raw(data, seconds=2)
        return int(answer.split()[1]) if answer.startswith(b"HTTP/1.1 ") else 0
    checks.that("a right handshake is 101", status(good) == 101)
    for name, fields in {
        "without a key": [field for field in good if "Key" not in field],
        "with a key that is not 16 bytes": [field.replace("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ=") for field in good],
        "with version 12": [field.replace("13", "12") if "Version" in field else field for field in good],
        "without a version": [field for field in good if "Version" not in field],
        "without Upgrade": [field for field in good if not field.startswith("Upgrade")],
        "with another protocol": [field.replace("websocket", "h2c") for field in good],
    }.items():
        found = status(fields)
        checks.that(f"a handshake {name} is no 101 and no 5xx", 400 <= found < 500, f"{found} (0: no answer)")
    found = status(good, method="POST")
    checks.that("a handshake by POST is refused", 400 <= found < 500, f"{found} (0: no answer)")
    found = status(good, path="/api/v1/stacks")
    checks.that("a handshake elsewhere is no 101", found not in (0, 101) and found < 500, f"{found} (0: no answer)")
    token = client.cookie.split("=", 1)[1]
    nobody = [field for field in good if not field.startswith("Cookie")]
    for path in (f"/api/v1/socket?token={token}", f"/api/v1/socket?access_token={token}", f"/api/v1/socket?session={token}"):
        found = status(nobody, path=path)
        checks.that(f"no secret in the URL lets in ({path.split('?')[1].split('=')[0]})", found == 401, f"{found} (0: no answer)")
    with checks("a frame right behind the handshake is answered"), contextlib.closing(server.connect(10)) as connection:
        connection.sendall((line + "\r\n".join(good) + "\r\n\r\n").encode() + frame(TEXT, question(9)))
        data = b""
        while b"no_such_subscription" not in data:
            part = connection.recv(65536)
            assert part, data
            data += part


def subscriptions(checks, client):
    with checks("errors of subscriptions leave the socket open"), client.socket() as connection:
        # The last of these is of others that begin at the lowest number there is.
        for number, message in enumerate([
            {"kind": "nonsense"}, {"kind": "logs"}, {"kind": "logs", "targets": []}, {"kind": "logs", "targets": [{"stack": "nobody"}]},
            {"kind": "logs", "targets": [{"stack": "../x"}]}, {"kind": "events", "after": "nonsense"}, {"kind": "operation", "operation": "x"},
            {"kind": "stats", "targets": [{"stack": "nobody"}]}, {"kind": "events", "unknown": 1}, {"unsubscribe": True}, {"credit": 5},
            {"kind": "logs", "targets": [{"server": "local"}], "cursor": "!"}, {"kind": "logs", "targets": [{"server": "local"}], "cursor": "AQGAgICAgICAgICAAQ"},
        ], 1):
            say(connection, id=number, **message)
            error = hear(connection, id=number)["error"]
            assert error["code"] and error["detail"] and 400 <= error["status"] < 500, (message, error)
        say(connection, id=50, kind="events")
        hear(connection, id=50, cursor=...)
    with checks("a number that is in use is refused; unsubscribing frees it"), client.socket() as connection:
        say(connection, id=1, kind="events")
        hear(connection, id=1, cursor=...)
        say(connection, id=1, kind="events")
        assert hear(connection, id=1)["error"]["code"] == "subscription_exists"
        say(connection, id=1, unsubscribe=True)
        hear(connection, id=1, ended=True)
        say(connection, id=1, kind="events")
        hear(connection, id=1, cursor=...)
    with checks("a socket has 32 subscriptions at most"), client.socket() as connection:
        for number in range(33):
            if number in (15, 30):
                wait_until("the second is over", lambda at=time.monotonic(): time.monotonic() - at > 1.1, 3)
            say(connection, id=number, kind="events")
            message = hear(connection, id=number)
            assert ("error" in message) == (number == 32), message
        assert message["error"]["code"] == "too_many_subscriptions", message


def events(checks, client):
    """R-LOG and issue 5: replay from a cursor; nothing lost, nothing twice."""
    seen = []

    def take(message):
        assert "missed" not in message and "reset" not in message, message
        for event in message.get("events", []):
            if event["event"] == "stack.files":
                seen.append((event["stack"], event["change"]))
        return message["cursor"]
    with checks("events resume by `after` without loss"):
        with client.socket() as connection:
            say(connection, id=1, kind="events")
            cursor = take(hear(connection, id=1, cursor=...))
        wanted = []
        for round_ in range(5):
            names = [f"event-{round_}-{number}" for number in range(4)]
            for name in names:
                client.create_stack(name)
                wanted.append((name, "created"))
            with client.socket() as connection:
                say(connection, id=1, kind="events", after=cursor)
                # Some happen while it is open.
                for name in names:
                    assert client.delete(f"/api/v1/stacks/{name}").status_code == 204
                    wanted.append((name, "deleted"))
                end = time.monotonic() + 10
                while len(seen) < len(wanted):
                    assert time.monotonic() < end, f"missing: {set(wanted) - set(seen)}"
                    cursor = take(hear(connection, id=1))
        assert seen == wanted, f"{seen} instead of {wanted}"
    with checks("events: the cursor of another run of the server is answered with `reset`"), client.socket() as connection:
        run, number = cursor.split(":")
        say(connection, id=1, kind="events", after=f"{'0' * len(run)}:{number}")
        assert hear(connection, id=1).get("reset") is True
        say(connection, id=2, kind="events", after=f"{run}:{10 ** 9}")
        assert hear(connection, id=2).get("reset") is True
        client.create_stack("after-reset")
        # In any order: the subscriptions run beside each other.
        told = set()
        while told != {1, 2}:
            told.add(hear(connection, events=...)["id"])
    with checks("events of one stack are asked for by its name"), client.socket() as connection:
        say(connection, id=1, kind="events", stack="only-this")
        hear(connection, id=1, cursor=...)
        client.create_stack("not-this")
        client.create_stack("only-this")
        message = hear(connection, id=1, events=...)
        assert {event["stack"] for event in message["events"]} == {"only-this"}, message


def credit(checks, client):
    client.create_stack("credit", """
services:
  writer:
    image: slipway/base:1
    command: [sh, -c, "for i in $$(seq 2000); do echo line number $$i of the writer; done; sleep 600"]
    stop_grace_period: 0s
""")
    client.deploy("credit")
    with checks("logs: no more is sent than credit was given for, and the rest when more is given"), client.socket() as connection:
        say(connection, id=1, kind="logs", targets=[{"stack": "credit"}], tail=-1, follow=True, credit=10_000)
        lines, size = [], 0
        with contextlib.suppress(TimeoutError):
            while True:
                text = connection.recv(timeout=2)
                size += len(text)
                lines += json.loads(text).get("lines", [])
        # The last message that is begun may be finished.
        assert 0 < len(lines) < 2000 and size <= 10_000 + MESSAGE_BYTES, f"{len(lines)} lines, {size} bytes"
        while len(lines) < 2000:
            before = len(lines)
            say(connection, id=1, credit=1 << 20)
            while len(lines) < 2000 and len(lines) == before:
                lines += hear(connection, id=1).get("lines", [])
        assert [line["text"] for line in lines] == [f"line number {number} of the writer" for number in range(1, 2001)]
    with checks("logs: credit out of range is an error"), client.socket() as connection:
        say(connection, id=1, kind="logs", targets=[{"stack": "credit"}], tail=0)
        say(connection, id=1, credit=1 << 40)
        assert hear(connection, id=1, error=...)["error"]["code"] == "invalid_credit"
    with checks("logs: a filter is changed without reconnecting"), client.socket() as connection:
        say(connection, id=1, kind="logs", targets=[{"stack": "credit"}], tail=-1, follow=False, filter={"text": "number 77 "})
        assert [line["text"] for line in hear(connection, id=1, lines=...)["lines"]] == ["line number 77 of the writer"]
        say(connection, id=2, kind="logs", targets=[{"stack": "credit"}], tail=0)
        say(connection, id=2, filter={"regex": "["})
        assert "error" in hear(connection, id=2)
        say(connection, id=2, filter={"text": "x"})
        say(connection, id=3, unsubscribe=True)
        assert "error" in hear(connection, id=3)
    with checks("stats: history first, then samples"), client.socket() as connection:
        say(connection, id=1, kind="stats", targets=[{"stack": "credit"}])
        assert "history" in hear(connection, id=1)
        sample = hear(connection, id=1, sample=...)["sample"]
        assert sample["memory_bytes"] > 0 and {"cpu_percent", "processes", "at"} <= sample.keys(), sample
    with checks("logs: what has written nothing yet is told of to who asks for it"), client.socket() as connection:
        say(connection, id=1, kind="logs", targets=[{"stack": "credit"}], tail=0, begin=True)
        assert hear(connection, id=1) == {"id": 1, "begun": True}
    with checks("usage: what all stacks use together, from the samples that are taken anyway"), client.socket() as connection:
        say(connection, id=1, kind="usage")
        deadline, stacks = time.monotonic() + 60, {}
        while "credit" not in stacks:
            message = hear(connection, id=1, seconds=max(0.1, deadline - time.monotonic()))
            stacks = {each["stack"]: each for each in message.get("history", message.get("usage"))}
        samples = stacks["credit"]["samples"]
        assert stacks["credit"]["server"] == "local" and samples[-1]["memory_bytes"] > 0 and "cpu_percent" in samples[-1], stacks
    client.post("/api/v1/stacks/credit/down", json={})


def ends(checks, client):
    """What is read because of an event is not older than the event."""
    client.create_stack("ending", "services:\n  web:\n    image: slipway/base:1\n    command: [sleep, infinity]\n    stop_grace_period: 0s\n")
    client.deploy("ending")

    def change(action, status):
        assert client.post(f"/api/v1/stacks/ending/{action}", json={}).status_code == 202
        while True:
            text = connection.recv(timeout=30)
            if '"container.changed"' in text and f'"{status}"' in text:
                return
    with client.socket() as connection:
        say(connection, id=1, kind="events", stack="ending")
        seen = []
        for _ in range(3):
            change("stop", "exited")
            services = client.get("/api/v1/stacks/ending/services").json()["items"][0]["containers"]
            running = client.get("/api/v1/servers/local/containers", params={"stack": "ending", "status": "running"}).json()["items"]
            seen.append((services[0]["status"], len(running)))
            change("start", "running")
            seen.append(client.get("/api/v1/stacks/ending/services").json()["items"][0]["containers"][0]["status"])
    checks.that("a container whose end was told has ended in the lists", seen == [("exited", 0), "running"] * 3, seen)
    client.post("/api/v1/stacks/ending/down", json={})


def terminals(checks, server, admin, engine):
    admin.create_stack("shell", """
services:
  box:
    image: slipway/base:1
    command: [sleep, "600"]
    stop_grace_period: 0s
""")
    admin.deploy("shell")
    with checks("a session follows the engine's own events of a server 8 times, others go on, and a place comes back"), admin.socket() as connection:
        for number in range(9):
            say(connection, id=number, kind="container_events", stack="shell")
            message = hear(connection, id=number)
            assert ("error" in message) == (number == 8), message
        assert message["error"]["code"] == "too_many_event_streams" and message["error"]["status"] == 429, message
        with server.log_in().socket() as other:
            say(other, id=1, kind="container_events", stack="shell")
            hear(other, id=1, begun=True)
        say(connection, id=3, unsubscribe=True)
        hear(connection, id=3, ended=True)
        say(connection, id=8, kind="container_events", stack="shell")
        hear(connection, id=8, begun=True)
    answer = admin.post("/api/v1/users", json={"username": "exa", "password": PASSWORD, "grants": [
        {"role": "operator", "server": "local", "stack": "shell", "may_exec": True, "may_restore": False}]})
    assert answer.status_code == 201, answer.text
    user = server.log_in("exa")
    user.step_up()

    def opened(*command):
        answer = user.post("/api/v1/stacks/shell/exec", json={"service": "box", "command": list(command), "tty": False})
        assert answer.status_code == 201, answer.text
        return answer.json()["socket"]

    def processes(word):
        containers = json.loads(engine.call("GET", "/containers/json"))
        box = next(one for one in containers if one["Labels"].get("com.docker.compose.project") == "shell")
        return [row for row in json.loads(engine.call("GET", f"/containers/{box['Id']}/top"))["Processes"] if row[-1].startswith(word)]
    def typed():
        with user.socket(opened("cat", "/tmp/typed")) as connection:
            return "".join(json.loads(text).get("output", "") for text in connection)
    with checks("exec: output, error output, input and the exit code"), user.socket(opened("sh", "-c", "read x; echo got $x; echo no >&2; exit 3")) as connection:
        say(connection, input="word\n")
        heard = [json.loads(text) for text in connection]
        assert "".join(message.get("output", "") for message in heard) == "got word\n", heard
        assert "".join(message.get("stderr", "") for message in heard) == "no\n" and heard[-1] == {"exit": 3}, heard
    with checks("S-AUTH-6: who has logged out types nothing more into a terminal"):
        leaver = server.log_in("exa")
        leaver.step_up()
        answer = leaver.post("/api/v1/stacks/shell/exec", json={"service": "box", "command": ["sh", "-c", "cat >/tmp/typed"], "tty": False})
        assert answer.status_code == 201, answer.text
        with leaver.socket(answer.json()["socket"]) as connection:
            say(connection, input="before\n")
            wait_until("the first words have come", lambda: typed() == "before\n", 10)
            answer = leaver.post("/api/v1/logout", json={})
            assert answer.status_code in (200, 204), answer.text
            with contextlib.suppress(websockets.ConnectionClosed):
                say(connection, input="after\n")
                for _ in connection:
                    pass
            assert connection.close_code == 1008, connection.close_code
        wait_until("the command has ended", lambda: not processes("cat"), 10)
        assert typed() == "before\n", typed()
    with checks("R-LOG-1: a client that reads nothing is let go after 30 s"):
        def open_sockets():
            return int(re.search(r"^slipway_sockets (\d+)$", admin.get("/metrics").text, re.MULTILINE).group(1))
        with RawSocket(user, opened("yes", "stalled")) as raw:
            raw.connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 10)
            wait_until("the command runs", lambda: processes("yes"), 10)
            begin, before = time.monotonic(), server.memory()
            # Its end may not be heard here, behind all that was not read.
            wait_until("the server has closed", lambda: open_sockets() == 0, 60)
            assert time.monotonic() - begin > 20, "too early"
            assert server.memory() - before < 16 * MIB, f"{(server.memory() - before) / MIB:.0f} MiB"
    def archive(*members):
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w") as tar:
            for name, kind in members:
                member = tarfile.TarInfo(name)
                member.type, member.linkname = kind, "/etc/passwd" if kind == tarfile.SYMTYPE else ""
                tar.addfile(member)
        return data.getvalue()

    def upload(data):
        return user.put("/api/v1/servers/local/containers/shell-box-1/archive", params={"path": "/tmp"}, data=data,
                        headers={"Content-Type": "application/octet-stream"})
    with checks("S-TAR-1: an archive that leaves its folder, or has devices, is refused"):
        answer = upload(archive(("good", tarfile.REGTYPE)))
        assert answer.status_code == 204, answer.text
        for bad in [("../evil", tarfile.REGTYPE), ("/etc/evil", tarfile.REGTYPE), ("device", tarfile.CHRTYPE)]:
            answer = upload(archive(("first", tarfile.REGTYPE), bad))
            assert answer.status_code == 422 and answer.json()["code"] == "invalid_archive", (bad, answer.status_code, answer.text)
        answer = upload(b"no archive" * 100)
        assert answer.status_code == 422, answer.text
    admin.post("/api/v1/stacks/shell/down", json={})


def body(checks):
    with Engine() as engine, Server(engine=engine.address) as server:
        client = server.set_up()
        opener = Opener(client)
        fragmentation(checks, opener)
        control_frames(checks, opener)
        wrong_frames(checks, opener)
        texts(checks, opener)
        closing(checks, opener)
        sizes(checks, server, opener)
        handshakes(checks, server, client)
        subscriptions(checks, client)
        events(checks, client)
        credit(checks, client)
        ends(checks, client)
        terminals(checks, server, client, engine)
        limits(checks, server, opener)
        upgrades(checks, server, client)


main(body, 600)
