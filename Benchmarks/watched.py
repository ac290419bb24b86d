"""Many servers, watched by one `slipway server watch`: what that costs while nothing happens.

The servers are one sshd and as many stub engines as servers (stub_engine.py). Slipway knows nothing of that: it has a
session for each, which is checked.
"""

import json
import os
import pathlib
import subprocess
import sys
import time

from contest import ROOT

CONNECT_SECONDS = 120
TICKS = os.sysconf("SC_CLK_TCK")


class Watched:
    """Servers s1 to sCOUNT in a store of their own, each with so many stacks of so many containers."""

    def __init__(self, binary, work, host, count, starting, stacks=0, containers=0):
        self.binary, self.work, self.count, self.starting = binary, work, count, starting
        self.each = (stacks, containers)
        self.host = host
        self.names = [f"s{number}" for number in range(1, count + 1)]
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(work), "SLIPWAY_DATA": f"{work}/watched"}

    def add(self):
        """Adds the servers, each with its login tried; gives the seconds that took."""
        sockets = self.work / "engines"
        sockets.mkdir()
        self.stub = self.starting([sys.executable, str(ROOT / "Benchmarks" / "stub_engine.py"), str(sockets), str(self.count), *map(str, self.each)],
                                  stdout=subprocess.PIPE, text=True)
        if self.stub.stdout.readline().strip() != "ready":
            sys.exit("the stub engines did not start")
        start = time.perf_counter()
        for number, name in enumerate(self.names, 1):
            argv = [self.binary, "server", "add", name, f"ssh://root@{self.host['address']}:{self.host['port']}", "--identity",
                    self.host["keys"]["ed25519"], "--fingerprint", self.host["fingerprints"]["ed25519"], "--socket", str(sockets / str(number))]
            done = subprocess.run(argv, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if done.returncode != 0:
                sys.exit(f"`{' '.join(argv)}` ended with {done.returncode}:\n{done.stdout[-2000:]}")
        return time.perf_counter() - start

    def watch(self, seconds):
        """What the process uses in so many seconds after all servers are up."""
        said = self.work / "watch.json"
        with open(said, "wb") as output:
            process = self.starting([self.binary, "server", "watch", "--json", *self.names], env=self.environment, stdin=subprocess.DEVNULL,
                                    stdout=output, stderr=subprocess.STDOUT)
        start = time.perf_counter()
        while self.up(said) < self.count:
            if process.poll() is not None or time.perf_counter() - start > CONNECT_SECONDS:
                sys.exit(f"{self.up(said)} of {self.count} servers came up:\n{said.read_text()[-2000:]}")
            time.sleep(0.1)
        connecting = time.perf_counter() - start
        before, since = processor_seconds(process.pid), time.perf_counter()
        time.sleep(seconds)
        used, passed = processor_seconds(process.pid) - before, time.perf_counter() - since
        sessions = connections(process.pid, self.host["port"])
        if process.poll() is not None or self.up(said) != self.count or sessions != self.count:
            sys.exit(f"not all of {self.count} servers stayed up, each in its session ({sessions}):\n{said.read_text()[-2000:]}")
        status = fields(f"/proc/{process.pid}/status")
        figures = {
            "connecting": connecting, "share": used / passed, "sessions": sessions, "threads": status["Threads"],
            "resident": status["VmRSS"] / 1024, "peak": status["VmHWM"] / 1024,
            "proportional": fields(f"/proc/{process.pid}/smaps_rollup")["Pss"] / 1024}
        process.terminate()
        process.wait(30)
        self.stub.terminate()
        streams = self.stub.communicate(timeout=30)[0].split()
        if streams != ["streams", str(self.count)]:
            sys.exit(f"the stub engines saw not {self.count} event streams but {streams}")
        return figures

    def up(self, said):
        """How many servers said at last that they are up."""
        links = {}
        for line in said.read_text().splitlines(keepends=True):
            if line.startswith("{") and line.endswith("\n"):
                told = json.loads(line)
                if "link" in told:
                    links[told["server"]] = told["link"]
        return sum(link == "up" for link in links.values())


def fields(path):
    """The figures of a file of `name: value` lines."""
    found = {}
    for line in pathlib.Path(path).read_text().splitlines():
        name, colon, value = line.partition(":")
        if colon and value.split() and value.split()[0].isdigit():
            found[name] = int(value.split()[0])
    return found


def processor_seconds(pid):
    values = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(values[11]) + int(values[12])) / TICKS          # utime and stime, proc(5)


def connections(pid, port):
    """How many connections to that port the process has."""
    own = set()
    for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir():
        name = os.readlink(entry)
        if name.startswith("socket:["):
            own.add(name[len("socket:["):-1])
    rows = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(row[2].endswith(f":{port:04X}") and row[3] == "01" and row[9] in own for row in rows)
