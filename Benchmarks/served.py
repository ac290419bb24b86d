"""`slipway serve` as benchmarks need it: a process with its figures, calls with a session, and a WebSocket that keeps up."""

import base64
import http.client
import json
import os
import socket
import struct
import subprocess
import sys
import time

from watched import fields, processor_seconds

ADMIN, PASSWORD = "captain", "seventeen herons stand in the reeds"
START_SECONDS = 60
CALL_SECONDS = 60
CREDIT = 16 << 20                       # bytes that a reader which keeps up lets come unasked
LINES = b'{"id":1,"lines":['
LINE = b'{"time":"'                     # quotes of a line's own text are escaped, so nothing else looks like this


class Served:
    """A server on a port of its own; its data directory stays when it is stopped."""

    def __init__(self, binary, work, starting, engine=None, data=None):
        self.binary, self.work, self.starting = binary, work, starting
        self.data = data or work / "served"
        self.engine = engine or work / "no-engine.sock"
        self.cookie = None

    def start(self):
        """Gives the seconds until it answered a call."""
        self.port = free_port()
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.work), "DOCKER_HOST": f"unix://{self.engine}"}
        argv = [self.binary, "serve", "--data", str(self.data), "--listen", f"127.0.0.1:{self.port}"]
        self.log = self.work / "served.log"
        with open(self.log, "ab") as log:
            begin = time.perf_counter()
            self.process = self.starting(argv, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        while not self.is_ready():
            if self.process.poll() is not None or time.perf_counter() - begin > START_SECONDS:
                sys.exit(f"`{' '.join(argv)}` is not ready:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.001)
        return time.perf_counter() - begin

    def stop(self):
        self.process.terminate()
        self.process.wait(40)

    def is_ready(self):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=CALL_SECONDS)
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except ConnectionError:
            return False

    def set_up(self):
        """Makes the first user, and is logged in as that."""
        token = (self.data / "bootstrap-token").read_text().strip()
        self.cookie = self.enter("/api/v1/setup", {"token": token, "username": ADMIN, "password": PASSWORD})
        return self

    def log_in(self):
        """The cookie of one more session."""
        return self.enter("/api/v1/login", {"username": ADMIN, "password": PASSWORD})

    def enter(self, path, body):
        answer = self.call("POST", path, body)
        if answer.status not in (200, 201):
            sys.exit(f"{path}: {answer.status} {answer.read()[:500]}")
        return "; ".join(value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie")

    def call(self, method, path, body=None):
        headers = {"Origin": f"http://127.0.0.1:{self.port}", "Content-Type": "application/json"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=CALL_SECONDS)
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        return connection.getresponse()

    def get(self, path):
        answer = self.call("GET", path)
        text = answer.read()
        if answer.status != 200:
            sys.exit(f"GET {path}: {answer.status} {text[:500]}")
        return json.loads(text)

    def wait_for_stack(self, name):
        """Until the server knows of its container."""
        end = time.monotonic() + START_SECONDS
        while True:
            answer = self.call("GET", f"/api/v1/stacks/{name}")
            text = answer.read()
            if answer.status == 200 and json.loads(text)["containers"] > 0:
                return
            if time.monotonic() > end:
                sys.exit(f"the server does not know of {name}: {answer.status} {text[:300]}")
            time.sleep(0.05)

    def wait_for_stacks(self, count, containers=0):
        """Until the server knows of so many stacks, and of so many containers of them."""
        end = time.monotonic() + START_SECONDS * 2
        while True:
            page = self.get("/api/v1/stacks?limit=200")
            if page["total"] >= count and sum(item["containers"] for item in page["items"]) >= containers:
                return
            if time.monotonic() > end:
                sys.exit(f"the server knows of {page['total']} stacks only, not {count}")
            time.sleep(0.05)

    @property
    def processor(self):
        return processor_seconds(self.process.pid)

    @property
    def resident(self):
        """MiB."""
        return fields(f"/proc/{self.process.pid}/status")["VmRSS"] / 1024

    @property
    def peak(self):
        return fields(f"/proc/{self.process.pid}/status")["VmHWM"] / 1024

    @property
    def proportional(self):
        return fields(f"/proc/{self.process.pid}/smaps_rollup")["Pss"] / 1024


class LiveSocket:
    """A client of the live socket that looks at frames, and into messages only where it is told to (RFC 6455)."""

    def __init__(self, served, cookie, buffer_bytes=1 << 20, receive_bytes=None):
        self.socket = socket.socket()
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.settimeout(CALL_SECONDS)
        self.socket.connect(("127.0.0.1", served.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        host = f"127.0.0.1:{served.port}"
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((
            f"GET /api/v1/socket HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            f"Sec-WebSocket-Version: 13\r\nOrigin: http://{host}\r\nCookie: {cookie}\r\n\r\n").encode())
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.socket.recv(1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            sys.exit(f"no WebSocket: {head[:300]!r}")
        self.buffer = bytearray(buffer_bytes)
        self.view = memoryview(self.buffer)
        self.begin = self.end = 0
        self.lines = self.lost = self.owed = 0
        self.others = []

    def fileno(self):
        return self.socket.fileno()

    def close(self):
        self.socket.close()

    def say(self, **message):
        self.frame(1, json.dumps(message).encode())

    def frame(self, opcode, payload):
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack(">H", size)
        self.socket.sendall(bytes([0x80 | opcode]) + length + b"\0\0\0\0" + payload)

    def follow(self, container, **more):
        self.say(id=1, kind="logs", targets=[{"container": container}], credit=CREDIT, **more)

    def pump(self, take=None):
        """Takes what has come, once; `take` is shown each message of lines. False at the end of the connection."""
        if self.begin == self.end:
            self.begin = self.end = 0
        elif self.end == len(self.buffer):
            self.buffer[:self.end - self.begin] = self.buffer[self.begin:self.end]
            self.begin, self.end = 0, self.end - self.begin
        count = self.socket.recv_into(self.view[self.end:])
        if count == 0:
            return False
        self.end += count
        while self.end - self.begin >= 2:
            size, at = self.buffer[self.begin + 1], self.begin + 2
            if size >= 126:
                width = 2 if size == 126 else 8
                if self.end < at + width:
                    break
                size, at = int.from_bytes(self.view[at:at + width], "big"), at + width
            if size > len(self.buffer) - 16:
                sys.exit(f"a message of {size} bytes came")
            if self.end < at + size:
                break
            if not self.message(self.buffer[self.begin] & 15, at, at + size, take):
                return False
            self.begin = at + size
        return True

    def message(self, opcode, begin, end, take):
        if opcode == 1 and self.buffer.startswith(LINES, begin):
            self.lines += self.buffer.count(LINE, begin, end)
            self.owed += end - begin
            if self.owed > CREDIT // 4:
                self.say(id=1, credit=self.owed)
                self.owed = 0
            if take:
                take(json.loads(self.buffer[begin:end]))
        elif opcode == 1:
            message = json.loads(self.buffer[begin:end])
            if "error" in message:
                sys.exit(f"the server refuses: {message}")
            self.lost += message.get("gap", 0)
            self.others.append(message)
        elif opcode == 8:
            self.others.append({"closed": int.from_bytes(self.view[begin:begin + 2], "big")})
            return False
        elif opcode == 9:
            self.frame(10, bytes(self.view[begin:end]))
        return True

    def read_until(self, is_done, what, seconds=300, take=None):
        end = time.monotonic() + seconds
        while not is_done():
            if not self.pump(take) or time.monotonic() > end:
                sys.exit(f"{what}: not so; {self.lines} lines came, {self.lost} were told as lost, and {self.others[-3:]}")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
