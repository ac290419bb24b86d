"""The log cases of Benchmarks/server: from an engine to clients of the live socket, beside the Docker CLI and the engine's own socket."""

import concurrent.futures
import contextlib
import multiprocessing
import os
import select
import socket
import statistics
import subprocess
import sys
import threading
import time

from contest import LIMIT_SECONDS, Table, show, turns, verdict
from served import LiveSocket
from watched import processor_seconds

LINE_BYTES = 100
LABELS = {"com.docker.compose.oneoff": "False", "com.docker.compose.container-number": "1"}
FILLER = "x" * 60
MARK = b" mark "
# R-LOG-1: what a client that does not read may cost, and what all of them may beside that.
QUEUE, SLACK = 256 << 10, 32 << 20
STALL_SECONDS = 30
SETTLE_SECONDS = 1
SOCKETS_OF_A_SESSION = 8


class Container:
    """A container that is read, in a stack of its own; a context manager."""

    def __init__(self, engine, stack, command, folder=None):
        self.engine, self.stack, self.name = engine, stack, f"{stack}-web-1"
        binds = [f"{folder}:/given"] if folder else []
        made = engine.call("POST", f"/containers/create?name={self.name}", {
            "Image": "slipway/base:1", "Cmd": ["sh", "-c", command], "Labels": LABELS | {"com.docker.compose.project": stack, "com.docker.compose.service": "web"},
            "StopSignal": "SIGKILL", "HostConfig": {"NetworkMode": "none", "Binds": binds}})
        self.id = made["Id"]
        engine.call("POST", f"/containers/{self.id}/start")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.engine.call("DELETE", f"/containers/{self.id}?force=1")

    def wait_for_line(self, beginning, docker):
        end = time.monotonic() + LIMIT_SECONDS
        while not docker.output("logs", "--tail", "1", self.name).startswith(beginning):
            if time.monotonic() > end:
                sys.exit(f"{self.name} has not written \"{beginning}\"")
            time.sleep(0.2)


class Docker:
    """The Docker CLI at the engine's socket."""

    def __init__(self, binary, socket, work):
        self.binary, self.environment = binary, {"PATH": os.environ["PATH"], "HOME": str(work), "DOCKER_HOST": f"unix://{socket}"}

    def output(self, *arguments):
        done = subprocess.run([self.binary, *arguments], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"docker {' '.join(arguments)}: {done.stderr[-500:]}")
        return done.stdout

    def start(self, *arguments):
        return subprocess.Popen([self.binary, *arguments], env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)


def run(argv, environment, output):
    """Seconds and processor seconds of a program that writes to `output`."""
    with open(output, "wb") as file, open(os.devnull, "rb") as nothing:
        actions = [(os.POSIX_SPAWN_DUP2, nothing.fileno(), 0), (os.POSIX_SPAWN_DUP2, file.fileno(), 1)]
        begin = time.perf_counter()
        pid = os.posix_spawn(argv[0], argv, environment, file_actions=actions)
        _, status, usage = os.wait4(pid, 0)
        seconds = time.perf_counter() - begin
    if status != 0:
        sys.exit(f"`{' '.join(argv)}` ended with {os.waitstatus_to_exitcode(status)}")
    return seconds, usage.ru_utime + usage.ru_stime


class LogPath:
    """The history of one container, read whole."""

    def __init__(self, served, container, docker, curl, socket, engine_pid, lines):
        self.served, self.container, self.lines, self.engine_pid = served, container, lines, engine_pid
        url = f"http://engine/containers/{container.id}/logs?stdout=1&stderr=1"
        plain = docker.environment
        self.ways = {
            "Slipway, live socket": self.through_socket,
            "`curl`, with times": lambda output: run([curl, "-sSf", "--unix-socket", socket, url + "&timestamps=1"], plain, output),
            "`curl`": lambda output: run([curl, "-sSf", "--unix-socket", socket, url], plain, output),
            "`docker logs`, with times": lambda output: run([docker.binary, "logs", "--timestamps", container.name], plain, output),
            "`docker logs`": lambda output: run([docker.binary, "logs", container.name], plain, output),
        }

    def through_socket(self, _):
        """Seconds, and processor seconds of the server, which has this one client."""
        before, begin = self.served.processor, time.perf_counter()
        client = LiveSocket(self.served, self.served.cookie)
        client.follow(self.container.id, tail=-1, follow=False)
        client.read_until(lambda: client.others, "the end of the log")
        seconds = time.perf_counter() - begin
        client.close()
        if client.lines != self.lines or client.lost or "ended" not in client.others[-1]:
            sys.exit(f"{client.lines} of {self.lines} lines came, {client.lost} were told as lost: {client.others[-3:]}")
        return seconds, self.served.processor - before

    def measure(self, table, rounds, work):
        kept = work / "kept"
        for name, way in self.ways.items():
            way(kept)                            # once to see that all comes, which also warms the caches
            if name != "Slipway, live socket" and kept.stat().st_size < self.lines * LINE_BYTES:
                sys.exit(f"{name} brought {kept.stat().st_size} bytes")
            kept.unlink(missing_ok=True)
        figures = {name: [] for name in self.ways}
        for name in turns(rounds, *self.ways):
            engine = processor_seconds(self.engine_pid)
            figures[name].append((*self.ways[name](os.devnull), processor_seconds(self.engine_pid) - engine))
        own, *others = [(name, *map(list, zip(*values))) for name, values in figures.items()]
        raw = statistics.median(dict((name, seconds) for name, seconds, *_ in others)["`curl`, with times"])
        docker = statistics.median(dict((name, used) for name, _, used, _ in others)["`docker logs`, with times"])
        for name, seconds, used, engine in (own, *others):
            middle = statistics.median(seconds)
            speed, cost = statistics.median(own[1]) / middle, statistics.median(own[2]) / statistics.median(used)
            table.row(name, show(seconds, "s"), f"{self.lines / middle / 1000:.0f}", show(used, "s"), show(engine, "s"),
                      *(("", "") if seconds is own[1] else (f"{1 / speed:.2f}", f"{cost:.2f}")))
        rate, cost = raw / statistics.median(own[1]), statistics.median(own[2]) / docker
        table.note(f"rate: {rate:.2f} of `curl` with times; target ≥ 0.90: {verdict(rate >= 0.9)}")
        table.note(f"processor: {cost:.2f} of `docker logs` with times; target ≤ 1: {verdict(cost <= 1)}")


def write_lines(path, rate, seconds, ready):
    """Lines with the time in them, at a rate; in a process of its own, so that the reader does not hold it up."""
    with open(path, "wb", buffering=0) as pipe:
        ready.set()
        begin = time.perf_counter()
        for number in range(int(rate * seconds)):
            # A little uneven, so that it does not fall in with anybody's clock.
            due = begin + (number + (number * 7919 % 101) / 101) / rate
            while (left := due - time.perf_counter()) > 0:
                time.sleep(left)
            pipe.write(f"{time.time_ns()}{MARK.decode()}{FILLER}\n".encode())


def write_block(path, lines, ready):
    """That many lines, as fast as they are taken."""
    block = f"0{MARK.decode()}{FILLER}\n".encode() * 100
    with open(path, "wb", buffering=0) as pipe:
        ready.set()
        for _ in range(lines // 100):
            pipe.write(block)


@contextlib.contextmanager
def writing(write, *arguments):
    """Begins when the caller is ready to read; ends it in any case."""
    ready = multiprocessing.Event()
    process = multiprocessing.Process(target=write, args=(*arguments, ready), daemon=True)
    process.start()
    try:
        yield ready
    finally:
        process.kill()
        process.join(10)


class Ticking:
    """A container that writes what is written into a pipe on this machine, without delay."""

    def __init__(self, engine, stack, work):
        self.folder = work / "given"
        self.folder.mkdir(exist_ok=True)
        self.path = str(self.folder / "lines")
        if not os.path.exists(self.path):
            os.mkfifo(self.path)
        self.held = os.open(self.path, os.O_RDWR)           # so that the pipe does not end between two writers
        self.container = Container(engine, stack, "exec cat /given/lines", self.folder)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.container.__exit__()
        os.close(self.held)


def delays_of_socket(served, ticking, rate, seconds):
    client, delays = LiveSocket(served, served.cookie), []
    client.follow(ticking.container.id, tail=0, follow=True)
    time.sleep(SETTLE_SECONDS)

    def take(message):
        now = time.time_ns()
        delays.extend(now - int(line["text"].split(" ", 1)[0]) for line in message["lines"])
    with writing(write_lines, ticking.path, rate, seconds):
        client.read_until(lambda: len(delays) >= int(rate * seconds), f"{int(rate * seconds)} lines", take=take)
    client.close()
    return delays


def delays_of_docker(docker, ticking, rate, seconds):
    process, delays, rest = docker.start("logs", "--follow", "--tail", "0", ticking.container.name), [], b""
    time.sleep(SETTLE_SECONDS)
    try:
        with writing(write_lines, ticking.path, rate, seconds):
            while len(delays) < int(rate * seconds):
                part = os.read(process.stdout.fileno(), 1 << 16)
                now = time.time_ns()
                *whole, rest = (rest + part).split(b"\n")
                delays.extend(now - int(line.split(b" ", 1)[0]) for line in whole)
    finally:
        process.kill()
        process.wait(10)
    return delays


def measure_delays(table, served, docker, engine, work, sizes):
    with Ticking(engine, "ticking", work) as ticking:
        served.wait_for_stack("ticking")
        for rate in (10, 1000):
            ways = {"Slipway": lambda: delays_of_socket(served, ticking, rate, sizes.delay_seconds),
                    "`docker logs -f`": lambda: delays_of_docker(docker, ticking, rate, sizes.delay_seconds)}
            delays = {name: [] for name in ways}
            for name in turns(sizes.delay_rounds, *ways):
                delays[name] += [delay / 1e6 for delay in ways[name]()]
            for name, values in delays.items():
                add_delays(table, f"{rate} lines/s", name, values, 50 if name == "Slipway" else None)


def add_delays(table, case, name, values, highest=None):
    cuts = statistics.quantiles(values, n=100)
    table.row(case, name, *(f"{cuts[place - 1]:.1f} ms" for place in (50, 95, 99)), f"{max(values):.1f} ms",
              *((f"p95 ≤ {highest} ms", verdict(cuts[94] <= highest)) if highest else ("", "")))


class EngineStream:
    """A reader of the engine's own socket, which counts lines as `LiveSocket` does."""

    def __init__(self, path, id):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.socket.sendall(f"GET /containers/{id}/logs?stdout=1&stderr=1&timestamps=1&follow=1&tail=0 HTTP/1.1\r\nHost: engine\r\n\r\n".encode())
        self.lines, self.lost, self.rest = 0, 0, b""

    def fileno(self):
        return self.socket.fileno()

    def close(self):
        self.socket.close()

    def pump(self, _=None):
        part = self.socket.recv(1 << 16)
        data = self.rest + part
        self.lines += data.count(MARK)
        self.rest = data[-(len(MARK) - 1):]
        return bool(part)


class Crowd:
    """Many clients in one loop."""

    def __init__(self, clients):
        self.clients = clients
        self.poll = select.epoll()
        self.by_number = {client.fileno(): client for client in clients}
        for client in clients:
            self.poll.register(client.fileno(), select.EPOLLIN)

    def read_until_all(self, lines, seconds=LIMIT_SECONDS, take=None):
        """Until each has had or lost so many; `take` is shown what the first one reads."""
        end, left = time.monotonic() + seconds, len(self.clients)
        done = {client: client.lines + client.lost >= lines for client in self.clients}
        while not all(done.values()):
            if time.monotonic() > end:
                sys.exit(f"{sum(done.values())} of {len(done)} clients had {lines} lines; {[c.lines for c in self.clients[:5]]}")
            for number, _ in self.poll.poll(1):
                client = self.by_number[number]
                if not client.pump(take if client is self.clients[0] else None):
                    sys.exit(f"a client was closed: {getattr(client, 'others', [])[-2:]}")
                done[client] = client.lines + client.lost >= lines

    def rest(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for number, _ in self.poll.poll(0.1):
                self.by_number[number].pump()

    def close(self):
        self.poll.close()
        for client in self.clients:
            client.close()


def live_sockets(served, count, **options):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:        # as many passwords as the server looks at together
        cookies = list(pool.map(lambda _: served.log_in(), range(-(-count // SOCKETS_OF_A_SESSION))))
    return [LiveSocket(served, cookies[number // SOCKETS_OF_A_SESSION], **options) for number in range(count)]


class Highest:
    """The most memory that the server has meanwhile, beyond what it had; looked at fifty times a second."""

    def __init__(self, served):
        self.served = served

    def __enter__(self):
        self.before = self.most = self.served.resident
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()
        return self

    def look(self):
        while not self.over.wait(0.02):
            self.most = max(self.most, self.served.resident)

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.most = max(self.most, self.served.resident)

    @property
    def growth(self):
        return self.most - self.before


def measure_crowd(delays, table, served, engine, engine_pid, socket_path, work, sizes):
    """Many clients of one container: how late lines come, what they cost, and how fast they come at most."""
    lines, calm = sizes.crowd_lines, int(1000 * sizes.delay_seconds)
    with Ticking(engine, "crowd", work) as ticking:
        served.wait_for_stack("crowd")
        for name in ("Slipway", "the engine's own socket"):
            if name == "Slipway":
                clients = live_sockets(served, sizes.clients, buffer_bytes=256 << 10)
                for client in clients:
                    client.follow(ticking.container.id, tail=0, follow=True)
            else:
                clients = [EngineStream(socket_path, ticking.container.id) for _ in range(sizes.clients)]
            crowd = Crowd(clients)
            crowd.rest(SETTLE_SECONDS)
            pids = {"server": served.process.pid, "engine": engine_pid}
            late = []

            def take(message):
                now = time.time_ns()
                late.extend((now - int(line["text"].split(" ", 1)[0])) / 1e6 for line in message["lines"])
            used, begin = {what: processor_seconds(pid) for what, pid in pids.items()}, time.perf_counter()
            with writing(write_lines, ticking.path, 1000, sizes.delay_seconds):
                crowd.read_until_all(calm, take=take)
            passed = time.perf_counter() - begin
            share = {what: (processor_seconds(pid) - used[what]) / passed for what, pid in pids.items()}
            if name == "Slipway":
                add_delays(delays, f"1000 lines/s, {sizes.clients} clients", name, late)
            had = sum(client.lines for client in clients)
            used, begin = {what: processor_seconds(pid) for what, pid in pids.items()}, time.perf_counter()
            with writing(write_block, ticking.path, lines), Highest(served) as highest:
                crowd.read_until_all(calm + lines)
            passed = time.perf_counter() - begin
            cost = sum(processor_seconds(pid) - used[what] for what, pid in pids.items())
            came, lost = sum(client.lines for client in clients) - had, sum(client.lost for client in clients)
            table.row(name, *(f"{100 * share[what]:.0f} %" for what in pids), f"{came / passed / 1e6:.2f} million", f"{100 * lost / (came + lost):.0f} %",
                      f"{cost / came * 1e6:.2f} s", f"{highest.growth:.1f} MiB" if name == "Slipway" else "")
            crowd.close()
            time.sleep(SETTLE_SECONDS)


def measure_stalled(table, served, engine, sizes):
    """Clients that never read, on a container that writes as fast as the engine takes it; one client that reads."""
    command = f"awk 'BEGIN {{for (n = 1; ; n++) printf \"%d{MARK.decode()}{'x' * 180}\\n\", n}}'"
    with Container(engine, "flood", command) as container:
        served.wait_for_stack("flood")
        reader = live_sockets(served, 1)[0]
        numbers = {"last": 0, "missing": 0, "count": 0}

        def take(message):
            for line in message["lines"]:
                number = int(line["text"].split(" ", 1)[0])
                if numbers["last"]:
                    numbers["missing"] += number - numbers["last"] - 1
                numbers["last"], numbers["count"] = number, numbers["count"] + 1
        reader.follow(container.id, tail=0, follow=True)
        reader.read_until(lambda: numbers["count"] > 1000, "lines of the flood", take=take)
        before = most = served.resident
        stalled = live_sockets(served, sizes.stalled, buffer_bytes=4096, receive_bytes=64 << 10)
        for client in stalled:
            client.say(id=1, kind="logs", targets=[{"container": container.id}], tail=10, follow=True, credit=64 << 20)
        begin, count, used = time.perf_counter(), numbers["count"], served.processor
        end = time.monotonic() + STALL_SECONDS + 10
        while time.monotonic() < end:
            if not reader.pump(take):
                sys.exit(f"the reader was closed: {reader.others[-2:]}")
            most = max(most, served.resident)
        seconds = time.perf_counter() - begin
        rate, share = (numbers["count"] - count) / seconds, (served.processor - used) / seconds
        # The server's own count: where nobody reads, the news of the end stands behind the lines.
        left = served.get("/api/v1/system")["sockets"] - 1
        for client in stalled:
            client.close()
        reader.close()
    bound = (sizes.stalled * QUEUE + SLACK) / 2**20
    table.row("memory they add at most", f"{most - before:.1f} MiB", f"≤ {bound:.0f} MiB", verdict(most - before <= bound))
    table.row(f"of {sizes.stalled}, still open after {STALL_SECONDS + 10} s", str(left), "none", verdict(left == 0))
    table.row("lines of the one that reads", f"{rate / 1000:.0f} thousand/s", "", "")
    table.row("missing there, and told as lost", f"{numbers['missing']}, {reader.lost}", "equal", verdict(numbers["missing"] == reader.lost))
    table.row("processor of the server", f"{100 * share:.0f} % of a core", "", "")

