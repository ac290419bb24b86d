#!/usr/bin/env python3
"""adoption.py [--slipway PROGRAM] [--compose COMMAND] [--only WORD] [--jobs N]

Plays each situation of situations.py with Docker Compose on one engine (DOCKER_HOST) and takes over what runs then:
- from its files, and without them (rebuilt): no container may change, `drift` must find nothing, and the plan with the rebuilt file must be
  empty;
- the rebuilt file, run anew, must make what ran: config, host config, mounts, networks and aliases as the engine tells them.
Then each situation is played with Slipway, and `drift` must find nothing. What differs for a reason is in ACCEPTED. Exit code 0: nothing else.
"""
import argparse, concurrent.futures, json, os, random, re, shutil, subprocess, sys, tempfile
import situations
from run import Engine, Run, differences, play

# Situations after which something really is not as the last revision says.
ACCEPTED = {
    "a number in the middle is missing": "a file cannot say which numbers its containers have",
    "an orphan stays": "the orphan runs beside the revision",
    "--no-recreate": "containers keep the old configuration",
    "volume labels changed": "the volume keeps its old labels",
    "changed profile only": "the service of the profile that is not active runs on",
    "a profile is switched on and off": "the service of the profile runs on",
    "paused by hand": "it is paused",
    "its network was removed by hand": "the containers are on no network",
    "network definition changed": "Docker Compose leaves its containers without their names",
    "network labels changed": "Docker Compose leaves its containers without their names",
    "first up without a command or an entrypoint of its image": "its program ends with an error after the deploy",
    "network renamed": "Docker Compose leaves its containers without their names",
    "changed anonymous volume to a tmpfs": "Docker Compose carries the volume over, and no tmpfs is mounted",
}


def slipway(run, program, data, *arguments, folder=None, extra=None):
    environment = {**run.environment(extra or {}), "SLIPWAY_DATA": data}
    result = subprocess.run(
        [program, *arguments], cwd=folder or run.folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, timeout=120)
    return result.returncode, result.stdout


def plain(state):
    """A state without what names files, hashes and versions."""
    state = json.loads(json.dumps(state))
    for container in state["containers"].values():
        for key in ("change", "RestartCount"):
            container.pop(key, None)
        labels = container["Config"]["Labels"]
        container["Config"]["Labels"] = {key: value for key, value in labels.items() if not key.startswith("com.docker.compose.")}
        container["Config"]["Env"] = sorted(container["Config"]["Env"] or [])
        host = container["HostConfig"]
        for key in ("ExtraHosts", "PortBindings", "CapAdd", "CapDrop"):   # empty or absent, with or without the prefix
            host[key] = host.get(key) or None
        for key in ("CapAdd", "CapDrop"):
            host[key] = sorted(name.removeprefix("CAP_") for name in host[key] or [])
        for key in ("Entrypoint", "Cmd"):
            container["Config"][key] = container["Config"].get(key) or None
        container["NetworkSettings"].pop("Ports", None)    # may be the engine's choice
        # Orders that mean nothing, and the two forms that a mount may be asked for in.
        for key in ("Binds", "Mounts", "VolumesFrom", "GroupAdd"):
            host.pop(key, None)
        for key in ("Ulimits", "Dns", "SecurityOpt"):
            host[key] = sorted(host.get(key) or [], key=json.dumps)
        container["Mounts"] = sorted(container["Mounts"], key=lambda mount: mount["Destination"])
        for mount in container["Mounts"]:
            mount.pop("Mode", None)                        # `z` or empty, as the form was
        for endpoint in container["NetworkSettings"]["Networks"].values():
            endpoint["IPAMConfig"] = endpoint.get("IPAMConfig") or None
            endpoint.pop("Links", None)                    # Docker Compose adds names that Slipway does not
    for section in ("networks", "volumes"):
        for item in state[section].values():
            item["Labels"] = {key: value for key, value in (item["Labels"] or {}).items() if not key.startswith(("com.docker.compose.", "slipway."))}
    return state


def take_over(engine, programs, situation, root):
    project = "ado" + "".join(random.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(10))
    lines, skipped = [], []
    program = programs["slipway"][0]
    extra = next(step for step in reversed(situation.steps) if step.arguments is not None).environment
    try:
        run, _ = play(engine, "compose", programs["compose"], situation, project, root)
        state, before = run.seen(), run.identities()
        if not any(container["status"] == "running" for container in state["containers"].values()):
            return lines, ["nothing runs"]

        accepted = situation.name in ACCEPTED

        def check(what, code, wanted, output):
            # A container whose health is not known yet is only waited for.
            waits = what.startswith("plan") and not re.search(r"^ +\d+  (?!wait)", output, re.M)
            if code != wanted and not (waits and code == 2) and not (accepted and code == 2):
                lines.append(f"{what}: exit {code}\n{output}")
            if run.identities() != before:
                lines.append(f"{what}: containers were changed")
        jobs = any(container["status"] in ("exited", "created") for container in state["containers"].values())
        check("adopt from files", *_pair(slipway(run, program, root + "/d1", "adopt", project, "--as-running", extra=extra)))
        check("drift after files", *_pair(slipway(run, program, root + "/d1", "drift", project, extra=extra)))
        hidden = root + "/hidden"
        os.makedirs(hidden)
        for name in os.listdir(run.folder):
            if name.endswith("compose.yaml"):
                shutil.move(os.path.join(run.folder, name), hidden)
        check("adopt rebuilt", *_pair(slipway(run, program, root + "/d2", "adopt", project, "-o", root + "/out")))
        check("drift after rebuilt", *_pair(slipway(run, program, root + "/d2", "drift", project)))
        if not jobs:
            check("plan of the rebuilt file", *_pair(slipway(run, program, root + "/d2", "plan", folder=root + "/out")))
        # Anew
        engine.remove_all(project)
        code, output = slipway(run, program, root + "/d3", "up", "-d", folder=root + "/out")
        if code != 0:
            lines.append(f"up of the rebuilt file: exit {code}\n{output}")
        else:
            found = []
            anew = plain(run.seen())
            state = plain(state)
            for section in ("networks", "volumes"):        # what nothing uses is not taken over
                state[section] = {name: item for name, item in state[section].items() if name in anew[section]}
            differences("anew", state, anew, found)
            lines += [] if accepted else found
        engine.remove_all(project)
        # With Slipway
        run, _ = play(engine, "slipway", programs["slipway"], situation, project, root)
        if os.path.exists(root + "/data"):
            code, output = slipway(run, program, root + "/data", "drift", project, extra=extra)
            if code != 0 and not (accepted and code == 2):
                lines.append(f"drift after Slipway: exit {code}\n{output}")
    except Exception as error:                             # a situation that cannot be played has failed; the others go on
        lines.append(f"{type(error).__name__}: {error}")
    finally:
        engine.remove_all(project)
        shutil.rmtree(root, ignore_errors=True)
    return lines, skipped


def _pair(result):
    """The arguments of `check`: the exit code, the wanted one, the output."""
    return result[0], 0, result[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slipway", default="slipway")
    parser.add_argument("--compose", default="docker-compose")
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    engine = Engine(os.environ.get("DOCKER_HOST", ""))
    programs = {"slipway": [options.slipway], "compose": options.compose.split()}
    chosen = [situation for situation in situations.ALL if options.only in situation.name]
    counts = {"PASS": 0, "FAIL": 0, "SKIP": 0}
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        work = {pool.submit(take_over, engine, programs, situation, tempfile.mkdtemp()): situation for situation in chosen}
        for done in concurrent.futures.as_completed(work):
            lines, skipped = done.result()
            verdict = "FAIL" if lines else "SKIP" if skipped else "PASS"
            counts[verdict] += 1
            print(verdict, work[done].name, *skipped, flush=True)
            for line in lines:
                print("     " + line.replace("\n", "\n     "), flush=True)
    print(", ".join(f"{count} {verdict}" for verdict, count in counts.items()))
    sys.exit(0 if chosen and not counts["FAIL"] else 1)


if __name__ == "__main__":
    main()
