"""What the programs of this folder share: a server of their own, clients for it, and the count of checks.

The server is the program named by SLIPWAY_TEST_BINARY, with a data directory of its own that is removed at the end; it is ended
by its process id. Nothing here waits without a limit."""

import base64
import contextlib
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback

import requests
import requests.adapters
import websockets.sync.client

# The certificates of these tests are nobody's.
requests.packages.urllib3.disable_warnings()

REPO = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.environ.get("SLIPWAY_TEST_BINARY", "")
ADMIN, PASSWORD = "captain", "seventeen herons stand in the reeds"
START_SECONDS = 20
STOP_SECONDS = 30            # R-STOP-1
CALL_SECONDS = 30
COMPOSE = "services:\n  web:\n    image: slipway/base:1\n    command: [sleep, infinity]\n"


class OutOfTime(BaseException):
    """The whole program takes too long; no check may swallow this."""


class Checks:
    """Counts what passed and failed; ends the process at a limit, whatever hangs."""

    def __init__(self, limit_seconds):
        self.passed = self.failed = self.skipped = 0
        self.lock = threading.Lock()
        self.begin = time.monotonic()

        def too_long(_signal, _frame):
            raise OutOfTime(f"no end after {limit_seconds} s")
        signal.signal(signal.SIGALRM, too_long)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        signal.alarm(limit_seconds)

    @contextlib.contextmanager
    def __call__(self, name):
        """One check: passes when its body raises nothing."""
        try:
            yield
        except AssertionError as error:
            self.fail(name, str(error) or traceback.extract_tb(error.__traceback__)[-1].line)
        except Exception as error:
            place = [frame for frame in traceback.extract_tb(error.__traceback__) if "Tests/Server" in frame.filename][-1]
            self.fail(name, f"{type(error).__name__}: {error} (line {place.lineno}: {place.line})")
        else:
            self.passed += 1
            print(f"ok {name}", flush=True)

    def that(self, name, condition, why=""):
        with self(name):
            assert condition, why or "not so"

    def fail(self, name, why):
        self.failed += 1
        print(f"FAILED {name}: {one_line(why)}", flush=True)

    def skip(self, name, why):
        self.skipped += 1
        print(f"skipped {name}: {one_line(why)}", flush=True)

    def finish(self):
        signal.alarm(0)
        took = time.monotonic() - self.begin
        print(f"# {self.skipped} skipped, {took:.0f} s", flush=True)
        print(f"{self.passed} passed, {self.failed} failed", flush=True)
        sys.exit(0 if self.failed == 0 and self.passed > 0 else 1)


def one_line(text, limit=600):
    return " ".join(str(text).split())[:limit]


def main(body, limit_seconds):
    """Runs `body(checks)`; what it does not catch is a failure too."""
    checks = Checks(limit_seconds)
    try:
        body(checks)
    except (Exception, KeyboardInterrupt, OutOfTime) as error:
        traceback.print_exc()
        checks.fail("the whole", f"{type(error).__name__}: {error}")
    checks.finish()


def wait_until(what, condition, seconds):
    """Gives the first true value of `condition`; fails when the time is over."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.02)


class Server:
    """`slipway serve` in a temporary folder; a context manager."""

    def __init__(self, *arguments, engine=None, data=None, listen="127.0.0.1:0"):
        assert os.access(BINARY, os.X_OK), "SLIPWAY_TEST_BINARY must name the built slipway"
        self.arguments, self.engine, self.listen = list(arguments), engine, listen
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="slipway-server-test-"))
        self.data = data or self.folder / "data"
        self.process = None

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        if self.process and self.process.poll() not in (None, 0):
            print(f"# the server ended by itself: {self.process.poll()}; {self.log_text()[-30000:]}", flush=True)
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self):
        self.log = self.folder / "log"
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "SWIFT_BACKTRACE": os.environ.get("SLIPWAY_TEST_BACKTRACE", "enable=no"),
                       "DOCKER_HOST": self.engine or f"unix://{self.folder}/no-engine.sock"}
        command = [BINARY, "serve", "--data", self.data, "--listen", self.listen] + self.arguments
        with open(self.log, "ab") as log:
            at = log.tell()
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment,
                                            start_new_session=True)

        def address():
            found = re.search(r"listening on (\S+)", self.log_text()[at:])
            assert found or self.process.poll() is None, f"the server ended at once: {self.log_text()[at:]}"
            return found
        self.url = wait_until("the server listens", address, START_SECONDS).group(1)
        self.scheme, self.host, port = re.fullmatch(r"(https?)://(.*):(\d+)", self.url).groups()
        self.port = int(port)
        self.pid = self.process.pid
        return self

    def stop(self):
        """Asks it to end; gives its exit code and how long it took."""
        begin = time.monotonic()
        self.process.terminate()
        code = self.process.wait(STOP_SECONDS + 5)
        return code, time.monotonic() - begin

    def log_text(self):
        return self.log.read_bytes().decode("utf-8", "replace") if self.log.exists() else ""

    @property
    def token_file(self):
        return self.data / "bootstrap-token"

    def memory(self):
        """Resident bytes of the process."""
        text = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", text).group(1)) << 10

    def client(self, **options):
        return Client(self, **options)

    def set_up(self):
        """The first user, logged in."""
        client = self.client()
        answer = client.post("/api/v1/setup", json={"token": self.token_file.read_text().strip(), "username": ADMIN, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        return client

    def log_in(self, user=ADMIN, password=PASSWORD, **options):
        client = self.client(**options)
        answer = client.post("/api/v1/login", json={"username": user, "password": password})
        assert answer.status_code == 200, answer.text
        return client

    def document(self):
        """By the unix socket: over the network it is for who is logged in."""
        return json.loads(self.local("GET", "/api/v1/openapi.json")[1])

    def local(self, method, path, body=None):
        """A call by the unix socket of the data directory; gives status and body."""
        connection = http.client.HTTPConnection("slipway", timeout=CALL_SECONDS)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(CALL_SECONDS)
        with contextlib.closing(connection):
            connection.sock.connect(str(self.data / "slipway.sock"))
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"Content-Type": "application/json"} if data else {})
            answer = connection.getresponse()
            return answer.status, answer.read()

    def raw(self, data, seconds=CALL_SECONDS, source=None):
        """Sends bytes over a connection of its own; gives all that comes until it is closed or the time is over."""
        with contextlib.closing(self.connect(seconds, source)) as connection:
            # A server that refuses early may have closed before all was sent.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.sendall(data)
            return read_rest(connection, seconds)

    def connect(self, seconds=CALL_SECONDS, source=None):
        connection = socket.create_connection((self.host, self.port), seconds, (source, 0) if source else None)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.scheme == "http":
            return connection
        return ssl._create_unverified_context().wrap_socket(connection, server_hostname=self.host)

    def ask(self, line, *headers, body=b"", host=None, seconds=CALL_SECONDS):
        """One request written by hand: `GET /path`, header lines, body. Gives a `RawAnswer`."""
        lines = [f"{line} HTTP/1.1", f"Host: {self.host}:{self.port}" if host is None else f"Host: {host}",
                 "Connection: close", *headers]
        return RawAnswer(self.raw(("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape") + body, seconds))


def read_rest(connection, seconds):
    end, data = time.monotonic() + seconds, b""
    while time.monotonic() < end:
        connection.settimeout(max(0.01, end - time.monotonic()))
        try:
            part = connection.recv(65536)
        except (TimeoutError, ConnectionResetError):
            break
        if not part:
            break
        data += part
    return data


class RawAnswer:
    """The first answer in some bytes; `status` is 0 when there is none."""

    def __init__(self, data):
        self.data = data
        head, _, self.body = data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1]) if lines[0].startswith("HTTP/1.1 ") else 0
        self.headers = requests.structures.CaseInsensitiveDict(line.split(": ", 1) for line in lines[1:] if ": " in line)

    def __repr__(self):
        return repr(self.data[:300])


class SourceAdapter(requests.adapters.HTTPAdapter):
    """Calls from another address of the loopback network, as another machine would."""

    def __init__(self, source):
        self.source = source
        super().__init__(pool_maxsize=64)

    def init_poolmanager(self, *arguments, **options):
        super().init_poolmanager(*arguments, source_address=(self.source, 0), **options)


class Client(requests.Session):
    """A browser's session: its cookies, and the Origin header that a page of the server sends."""

    def __init__(self, server, source="127.0.0.1", origin=True, token=None):
        super().__init__()
        self.server, self.trust_env = server, False
        self.mount(server.url, SourceAdapter(source))
        if origin:
            self.headers["Origin"] = server.url
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        self.verify = False

    def request(self, method, path, **options):
        options.setdefault("timeout", CALL_SECONDS)
        options.setdefault("allow_redirects", False)
        return super().request(method, path if path.startswith("http") else self.server.url + path, **options)

    @property
    def cookie(self):
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.cookies)

    def step_up(self, password=PASSWORD):
        answer = self.post("/api/v1/session/step-up", json={"password": password})
        assert answer.status_code == 200, answer.text

    def create_user(self, name, grants, password=PASSWORD):
        """Grants as tuples: (role,), (role, server), (role, server, stack)."""
        bodies = [{"role": grant[0], "server": (grant + (None,))[1], "stack": (grant + (None, None))[2],
                   "may_exec": False, "may_restore": False} for grant in grants]
        answer = self.post("/api/v1/users", json={"username": name, "password": password, "grants": bodies})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def create_stack(self, name, compose=COMPOSE, **files):
        files = {"compose.yaml": compose, **files}
        answer = self.post("/api/v1/stacks", json={"name": name, "files": [{"path": path, "text": text} for path, text in files.items()]})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def deploy(self, name, seconds=120):
        """Deploys and waits for the end of the operation."""
        answer = self.post(f"/api/v1/stacks/{name}/deploy", json={})
        assert answer.status_code == 202, answer.text
        operation = answer.json()["id"]

        def ended():
            now = self.get(f"/api/v1/operations/{operation}").json()
            return now if now["state"] in ("done", "failed", "rolled_back", "cancelled", "needs_attention") else None
        now = wait_until(f"the deploy of {name} ends", ended, seconds)
        assert now["state"] == "done", f"the deploy of {name}: {now}"

    def socket(self, path="/api/v1/socket", origin=True, **options):
        """A WebSocket of the `websockets` library, with this session's cookie or token."""
        headers = {}
        if "Authorization" in self.headers:
            headers["Authorization"] = self.headers["Authorization"]
        if self.cookie:
            headers["Cookie"] = self.cookie
        origin = self.server.url if origin is True else origin
        options.setdefault("ping_interval", None)
        return websockets.sync.client.connect(
            self.server.url.replace("http", "ws", 1) + path, origin=origin, additional_headers=headers, compression=None,
            open_timeout=CALL_SECONDS, close_timeout=5, max_size=None, proxy=None, **options)


def say(connection, **message):
    connection.send(json.dumps(message))


def hear(connection, seconds=10, **wanted):
    """The next message, or the next one with these members; fails when none comes in time."""
    end = time.monotonic() + seconds
    while True:
        message = json.loads(connection.recv(timeout=max(0.01, end - time.monotonic())))
        if all(message.get(key) == value if value is not ... else key in message for key, value in wanted.items()):
            return message
        assert time.monotonic() < end, f"no message with {wanted} within {seconds} s"


def close_code(connection, seconds=10):
    """The code that a connection of the library is closed with."""
    end = time.monotonic() + seconds
    try:
        while True:
            connection.recv(timeout=max(0.01, end - time.monotonic()))
    except websockets.exceptions.ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 1006


CONTINUATION, TEXT, BINARY_FRAME, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


class RawSocket:
    """A WebSocket by hand (RFC 6455), which can be wrong in every way that a library refuses to be."""

    def __init__(self, client, path="/api/v1/socket", seconds=10):
        server = client.server
        self.connection = server.connect(seconds)
        self.seconds = seconds
        key = base64.b64encode(os.urandom(16)).decode()
        self.connection.sendall((
            f"GET {path} HTTP/1.1\r\nHost: {server.host}:{server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nOrigin: {server.url}\r\nCookie: {client.cookie}\r\n\r\n").encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self.fill()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        self.status = int(head.split()[1])
        assert self.status == 101, f"no upgrade: {head[:200]!r}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def fill(self):
        self.connection.settimeout(self.seconds)
        part = self.connection.recv(65536)
        if not part:
            raise EOFError("the connection was closed")
        self.buffer += part

    def send(self, opcode, payload=b"", fin=True, rsv=0, masked=True, length=None):
        """One frame; `length` claims another length than the payload has."""
        self.send_bytes(frame(opcode, payload, fin, rsv, masked, length))

    def send_bytes(self, data):
        # It may be closed already, by what was sent before: the close code tells.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.connection.sendall(data)

    def receive(self):
        """The next frame: opcode and payload."""
        while True:
            if len(self.buffer) >= 2:
                first, size = self.buffer[0], self.buffer[1]
                assert size < 128, "a frame of the server is masked"
                at = 2 if size < 126 else 4 if size == 126 else 10
                if len(self.buffer) >= at:
                    if size >= 126:
                        size = int.from_bytes(self.buffer[2:at], "big")
                    if len(self.buffer) >= at + size:
                        payload, self.buffer = self.buffer[at:at + size], self.buffer[at + size:]
                        assert first & 0x80 and not first & 0x70, "the server sends whole frames without extensions"
                        return first & 0x0F, payload
            self.fill()

    def next(self, wanted):
        """The payload of the next frame of this kind; others are left out."""
        while True:
            opcode, payload = self.receive()
            if opcode == wanted:
                return payload
            assert opcode != CLOSE, f"closed instead: {payload!r}"

    def code(self):
        """The code of the server's close frame; 1006 when it just went away."""
        try:
            while True:
                opcode, payload = self.receive()
                if opcode == CLOSE:
                    return struct.unpack("!H", payload[:2])[0] if payload else 1005
        except (EOFError, ConnectionResetError):
            return 1006


def frame(opcode, payload=b"", fin=True, rsv=0, masked=True, length=None):
    size = len(payload) if length is None else length
    head = bytes([fin << 7 | rsv << 4 | opcode])
    mask_bit = masked << 7
    if size < 126:
        head += bytes([mask_bit | size])
    elif size < 65536:
        head += bytes([mask_bit | 126]) + struct.pack("!H", size)
    else:
        head += bytes([mask_bit | 127]) + struct.pack("!Q", size)
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))


class EngineConnection(http.client.HTTPConnection):
    """By a unix socket."""

    def __init__(self, address):
        super().__init__("engine", timeout=CALL_SECONDS)
        self.address = address

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.address.removeprefix("unix://"))


class Engine:
    """A private engine of scripts/engine with the sample images; SLIPWAY_TEST_ENGINE names one that is there already, whose
    containers that came meanwhile are removed at the end."""

    def __init__(self):
        self.name = f"api-{os.getpid()}"
        self.address = os.environ.get("SLIPWAY_TEST_ENGINE")
        self.is_own = self.address is None
        self.before = set()

    def __enter__(self):
        if self.is_own:
            try:
                self.script("engine", "up", "--name", self.name)
                self.address = "unix://" + self.script("engine", "socket", "--name", self.name).strip()
                self.script("images", self.address, "slipway/base:1", "slipway/spam:1.0")
            except BaseException:
                self.__exit__()
                raise
        self.before = self.containers()
        return self

    def call(self, method, path):
        connection = EngineConnection(self.address)
        with contextlib.closing(connection):
            connection.request(method, path)
            return connection.getresponse().read()

    def containers(self):
        return {container["Id"] for container in json.loads(self.call("GET", "/containers/json?all=true"))}

    def __exit__(self, *_):
        if not self.is_own:
            for left in self.containers() - self.before:
                self.call("DELETE", f"/containers/{left}?force=true&v=true")
        if self.is_own:
            subprocess.run([REPO / "scripts/engine", "down", "--name", self.name], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, timeout=120)

    def script(self, name, *arguments):
        result = subprocess.run([REPO / "scripts" / name, *arguments], capture_output=True, text=True, timeout=180)
        assert result.returncode == 0, f"scripts/{name}: {result.stderr[-500:]}"
        return result.stdout
