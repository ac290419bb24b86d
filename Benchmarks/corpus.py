"""The conformance cases as a measure of `config`: one process a case against Docker Compose, and all of them in one process."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import threading
import time

LIMIT_SECONDS = 60


def options_of(arguments):
    parser = argparse.ArgumentParser()
    parser.add_argument("-f", "--file", action="append", default=[], dest="files")
    parser.add_argument("-p", "--project-name", dest="project_name")
    parser.add_argument("--project-directory", dest="project_directory")
    parser.add_argument("--profile", action="append", default=[], dest="profiles")
    parser.add_argument("--env-file", action="append", default=[], dest="env_files")
    parser.add_argument("--all-resources", action="store_true", dest="all_resources")
    parsed, rest = parser.parse_known_args(arguments)
    return vars(parsed), rest


class Case:
    def __init__(self, name, entry, folder, home):
        self.name, self.arguments, self.services = name, entry["args"], entry["services"]
        self.folder = os.path.normpath(folder / entry["cwd"])
        self.environment = {"HOME": home, "PWD": self.folder, **entry["env"]}
        self.options, self.rest = options_of(entry["args"])

    def run(self, binary, path):
        argv = [binary, *self.arguments, "config", "--format", "json", *self.services]
        start = time.perf_counter()
        process = subprocess.Popen(argv, cwd=self.folder, env={"PATH": path, **self.environment}, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # wait(timeout=...) would look again and again with pauses that double: a process of 8 ms would count as 15.5 ms.
        limit = threading.Timer(LIMIT_SECONDS, process.kill)
        limit.start()
        code = process.wait()
        seconds = time.perf_counter() - start
        limit.cancel()
        if code != 0:
            sys.exit(f"{binary}: case {self.name} ended with {code}")
        return seconds


def cases(corpus, work):
    """The valid cases, laid out in `work`."""
    manifest = json.loads((corpus / "MANIFEST.json").read_text())
    found = []
    for name, entry in manifest["cases"].items():
        if entry["kind"] != "valid":
            continue
        target = work / "corpus" / name
        shutil.copytree(corpus / "cases" / name / "in", target)
        (target / entry["cwd"]).mkdir(parents=True, exist_ok=True)
        found.append(Case(name, entry, target, str(work)))
    return found


def in_one_process(program, chosen, work):
    """Milliseconds for all cases, or None for cases that say more than the program understands."""
    listed = [{"cwd": case.folder, "env": case.environment, "services": case.services, **case.options}
              for case in chosen if not case.rest]
    path = work / "corpus.json"
    path.write_text(json.dumps(listed))
    done = subprocess.run([program, str(path)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        sys.exit(f"{program} ended with {done.returncode}: {done.stderr[-2000:]}")
    milliseconds, count, _ = done.stdout.split()
    return float(milliseconds), int(count)
