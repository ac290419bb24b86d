#!/usr/bin/env python3
"""run.py [--slipway PROGRAM] [--compose COMMAND] [--only WORD] [--jobs N] [--matrix FILE] [--verbose]

Plays each situation of situations.py twice on one engine (DOCKER_HOST), once with Docker Compose and once with Slipway, and
compares after every step: the exit code, which containers were kept, made or removed, and what the engine tells of
containers, networks and volumes. At the end each tool is run on what the other one made: nothing may change.

What may differ everywhere is in IGNORED and in `normal`, with the reason beside it. What differs in one situation only is
documented there (`differs`); it must be seen, or the documentation is out of date. Exit code 0: no other difference.
--matrix writes a table of all situations and their results, as docs/convergence.md is.
"""
import argparse, concurrent.futures, http.client, json, os, random, re, shutil, socket, subprocess, sys, tempfile, urllib.parse
import situations

STEP_SECONDS = 120


class Engine:
    """The few calls of the Engine API that comparing needs."""

    def __init__(self, address):
        assert address.startswith("unix://"), "DOCKER_HOST must be unix://"
        self.path = address[len("unix://"):]

    def call(self, method, path, body=None, ok=(200, 201, 204, 304, 404, 409)):
        connection = http.client.HTTPConnection("engine", timeout=60)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(60)
        connection.sock.connect(self.path)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        if answer.status not in ok:
            raise RuntimeError(f"{method} {path}: {answer.status} {data[:200]!r}")
        return json.loads(data) if data[:1] in (b"{", b"[") else None

    def listed(self, kind, project):
        filters = urllib.parse.quote(json.dumps({"label": [f"com.docker.compose.project={project}"]}))
        answer = self.call("GET", f"/{kind}?filters={filters}&all=1" if kind == "containers/json" else f"/{kind}?filters={filters}")
        return answer["Volumes"] or [] if kind == "volumes" else answer

    def container(self, name):
        return self.call("GET", f"/containers/{name}/json")

    def remove_all(self, project):
        for container in self.listed("containers/json", project):
            self.call("DELETE", f"/containers/{container['Id']}?force=1&v=1")
        for network in self.listed("networks", project):
            self.call("DELETE", f"/networks/{network['Id']}", ok=(200, 204, 403, 404))
        for volume in self.listed("volumes", project):
            self.call("DELETE", f"/volumes/{volume['Name']}?force=1")


# Labels of our own, and the version of the tool.
IGNORED_LABELS = {"slipway.op", "slipway.revision", "slipway.contents", "com.docker.compose.version"}
# What differs from run to run: identities, times, addresses, paths of the engine.
IGNORED = {
    "Id", "Created", "CreatedAt", "LogPath", "ResolvConfPath", "HostnamePath", "HostsPath", "GraphDriver", "State", "SandboxID",
    "SandboxKey", "EndpointID", "NetworkID", "IPAddress", "MacAddress", "Gateway", "GlobalIPv6Address", "IPv6Gateway",
    "GlobalIPv6PrefixLen", "IPPrefixLen", "LinkLocalIPv6Address", "Mountpoint", "ConfigReference",
    "ExecIDs",                                             # of health checks under way
}


FIRST_FREE_PORT = 32768
# Hashes that must be the same; other texts of 64 digits are names of anonymous volumes.
KEPT = {"com.docker.compose.config-hash", "com.docker.compose.image", "Image"}


def normal(value, ids, path=()):
    """The same for two runs that did the same."""
    if isinstance(value, dict):
        result = {}
        for key, inner in sorted(value.items()):
            if key in IGNORED or (path and path[-1] == "Labels" and key in IGNORED_LABELS):
                continue
            if key == "Hostname" and ids.get(inner[:12]) is not None:
                continue
            if key == "com.docker.compose.depends_on":     # Compose writes a map in any order
                inner = ",".join(sorted(inner.split(",")))
            if key == "HostPort" and path[:1] == ("NetworkSettings",) and (int(inner or 0) >= FIRST_FREE_PORT or situations.PORT_RANGE.match(inner)):
                inner = "FREE"                             # chosen by the engine
            result[ids.get(key, key)] = normal(inner, ids, path + (key,))
        return result
    if isinstance(value, list):
        items = [normal(inner, ids, path) for inner in value]
        # The engine gives these in the order of a map.
        unordered = {"Mounts", "Aliases", "DNSNames", "Env", "Binds", "ExtraHosts", "Links", "Ulimits"}
        items = sorted(items, key=lambda item: json.dumps(item, sort_keys=True)) if path and path[-1] in unordered else items
        return [item for item in items if item is not None]
    if isinstance(value, str):
        if path and path[-1] in KEPT:
            return value
        for identity, name in ids.items():
            if identity in value:
                value = value.replace(identity, name)
        return re.sub(r"\b[0-9a-f]{64}\b", "ANONYMOUS", value)
    return value


class Run:
    """One situation with one tool."""

    def __init__(self, engine, tool, command, project, folder):
        self.engine, self.tool, self.command, self.project, self.folder = engine, tool, command, project, folder
        self.known = {}                                    # ids and times of start by name, before the step

    def environment(self, extra):
        base = {key: os.environ[key] for key in ("PATH", "DOCKER_HOST", "HOME") if key in os.environ}
        return {**base, "SLIPWAY_DATA": self.folder + "/../data", **extra}

    def up(self, arguments, extra):
        result = subprocess.run(
            self.command + ["-p", self.project] + arguments, cwd=self.folder, env=self.environment(extra),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=STEP_SECONDS)
        return result.returncode, result.stdout

    def seen(self):
        """What the engine has, and what became of each container since the last look."""
        containers = self.engine.listed("containers/json", self.project)
        inspected = [self.engine.container(container["Id"]) for container in containers]
        ids = {}
        for container in inspected:
            name = container["Name"].lstrip("/")
            ids[container["Id"]] = f"ID({name})"
            ids[container["Id"][:12]] = f"SHORT({name})"
        result = {"containers": {}, "networks": {}, "volumes": {}}
        known = {}
        for container in inspected:
            name = container["Name"].lstrip("/")
            # A name with the id of a container that is gone in front of it.
            name = re.sub(r"^[0-9a-f]{12}_", "OLDID_", name)
            # A job that has ended is started again by every `up`, of both tools.
            has_ended = container["State"]["Status"] == "exited" and container["State"]["ExitCode"] == 0
            identity = (container["Id"], "ended" if has_ended else container["State"]["StartedAt"])
            before = self.known.get(container["Id"])
            change = "made" if before is None else "kept" if before == identity else "restarted"
            known[container["Id"]] = identity
            host = container["HostConfig"]
            if host["VolumesFrom"] or any(host[key].startswith("container:") for key in ("NetworkMode", "PidMode", "IpcMode")):
                # The ids of other containers are in it.
                container["Config"]["Labels"]["com.docker.compose.config-hash"] = "OF IDS"
            state = container["State"]
            result["containers"][name] = {
                "change": change, "status": state["Status"],
                "exit": state["ExitCode"] if state["Status"] == "exited" else None, **normal(container, ids)}
        for network in self.engine.listed("networks", self.project):
            detail = normal(self.engine.call("GET", f"/networks/{network['Id']}"), ids)
            detail.pop("Containers", None)
            for pool in (detail.get("IPAM") or {}).get("Config") or []:
                if not situations.FIXED_SUBNET.search(json.dumps(pool)):
                    pool.clear()                           # chosen by the engine
            result["networks"][network["Name"]] = detail
        for volume in self.engine.listed("volumes", self.project):
            result["volumes"][volume["Name"]] = normal(self.engine.call("GET", f"/volumes/{volume['Name']}"), ids)
        self.known = known
        return result

    def identities(self):
        self.seen()
        return dict(self.known)


def differences(path, a, b, lines, limit=12):
    if a == b or len(lines) >= limit:
        return
    if isinstance(a, dict) and isinstance(b, dict):
        for key in sorted(set(a) | set(b)):
            differences(f"{path}.{key}", a.get(key, "(absent)"), b.get(key, "(absent)"), lines, limit)
        return
    short = lambda value: (lambda text: text if len(text) < 300 else text[:297] + "...")(json.dumps(value, sort_keys=True))
    lines.append(f"{path}: Compose {short(a)}, Slipway {short(b)}")


def play(engine, tool, command, situation, project, root):
    """Gives what was seen after each step; leaves the last state."""
    folder = root + "/stack"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    run = Run(engine, tool, command, project, folder)
    seen = []
    for step in situation.steps:
        for name, text in step.files.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write(text)
        if step.by_hand:
            step.by_hand(engine, project)
            run.seen()
        if step.arguments is None:
            continue
        code, output = run.up(step.arguments, step.environment)
        state = run.seen()
        state["succeeded"] = code == 0
        seen.append((state, output))
    return run, seen


def documented(lines, situation):
    """Takes out the differences that the situation documents; tells which of them were seen."""
    left, seen = [], set()
    for line in lines:
        pattern = next((pattern for pattern in situation.differs if re.search(pattern, line)), None)
        left, seen = (left + [line], seen) if pattern is None else (left, seen | {pattern})
    return left, seen


def told(states, project):
    """What became of the containers in the last step."""
    before = states[-2][0]["containers"] if len(states) > 1 else {}
    after = states[-1][0]["containers"]
    words = {}
    for name, container in after.items():
        change = container["change"]
        words.setdefault("recreated" if change == "made" and name in before else change, []).append(name)
    words["removed"] = [name for name in before if name not in after]
    short = lambda names: ", ".join(sorted(name.replace(project + "-", "", 1) for name in names))
    parts = [f"{word} {short(words[word])}" for word in ("kept", "made", "recreated", "restarted", "removed") if words.get(word)]
    return ("" if states[-1][0]["succeeded"] else "fails; ") + ("; ".join(parts) or "nothing there")


MATRIX_HEAD = """# Deploys beside Docker Compose

Each situation is played with Docker Compose 5.6.1 and with Slipway on one engine. After every step the exit code, the containers that
were kept, made or removed, and all that the engine tells of containers, networks and volumes must be the same. Then each tool
runs `up -d` on what the other one made: nothing may be made, restarted or removed. Written by `Tests/Parity/run.py --matrix`.

Always left out of the comparison: identities, times, addresses, paths and ports that the engine chooses, the labels
`slipway.op`, `slipway.revision`, `slipway.contents` and `com.docker.compose.version`, and the order of what the engine keeps without one.

| situation | the last step, with Slipway | same as Docker Compose |
|---|---|---|
"""


def write_matrix(path, rows):
    with open(path, "w") as file:
        file.write(MATRIX_HEAD)
        for name, (summary, result) in sorted(rows.items()):
            file.write(f"| {name} | {summary} | {result} |\n".replace("|  |", "| |"))


def compare(engine, programs, situation, root, verbose):
    project = "par" + "".join(random.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(10))
    lines, summary = [], ""
    try:
        results, last = {}, next(step for step in reversed(situation.steps) if step.arguments is not None)
        for tool, other in (("compose", "slipway"), ("slipway", "compose")):
            run, results[tool] = play(engine, tool, programs[tool], situation, project, root)
            if situation.is_crossed:
                before = run.identities()
                code, output = Run(engine, other, programs[other], project, run.folder).up(last.arguments, last.environment)
                after = run.identities()
                if (code == 0) != results[tool][-1][0]["succeeded"] or before != after:
                    lines.append(f"{other} after {tool}: exit {code}, {len(set(before) - set(after))} gone, "
                                 f"{sum(1 for key in before if key in after and before[key] != after[key])} restarted\n{output}")
            engine.remove_all(project)
            shutil.rmtree(root + "/data", ignore_errors=True)
        summary = told(results["slipway"], project)
        for number, ((a, out_a), (b, out_b)) in enumerate(zip(results["compose"], results["slipway"]), 1):
            found = []
            differences(f"step {number}", a, b, found, 1000)
            if found and verbose:
                found.append(f"--- Compose said\n{out_a}--- Slipway said\n{out_b}")
            lines += found
        lines, seen = documented(lines, situation)
        lines += [f"documented, but not seen: {pattern}" for pattern in situation.differs if pattern not in seen]
    except Exception as error:                             # a situation that cannot be played has failed; the others go on
        lines.append(f"{type(error).__name__}: {error}")
    finally:
        engine.remove_all(project)
        shutil.rmtree(root, ignore_errors=True)
    return lines, summary


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slipway", default="slipway")
    parser.add_argument("--compose", default="docker-compose")
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--matrix", default="")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    engine = Engine(os.environ.get("DOCKER_HOST", ""))
    programs = {"slipway": [options.slipway], "compose": options.compose.split()}
    chosen = [situation for situation in situations.ALL if options.only in situation.name]
    passed, rows = 0, {}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        work = {pool.submit(compare, engine, programs, situation, tempfile.mkdtemp(), options.verbose): situation for situation in chosen}
        for done in concurrent.futures.as_completed(work):
            lines, summary = done.result()
            reasons = "; ".join(sorted(set(work[done].differs.values())))
            rows[work[done].name] = (summary, "no" if lines else f"apart from this: {reasons}" if reasons else "yes")
            passed += not lines
            print(("PASS" if not lines else "FAIL"), work[done].name, flush=True)
            for line in lines:
                print("     " + line.replace("\n", "\n     "), flush=True)
            if not lines:
                for reason in sorted(set(work[done].differs.values())):
                    print("     differs as documented: " + reason, flush=True)
    if options.matrix:
        write_matrix(options.matrix, rows)
    print(f"{passed} passed, {len(chosen) - passed} failed")
    sys.exit(0 if chosen and passed == len(chosen) else 1)


if __name__ == "__main__":
    main()
