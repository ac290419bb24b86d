#!/usr/bin/env python3
"""attributes.py [--slipway PROGRAM] [--compose COMMAND] [--only WORD] [--jobs N] [--answers FOLDER] [--sample N] [--verbose]

Gives each variant of attribute_cases.py to `config` of Docker Compose and of Slipway, and compares: whether it is taken, the
model as JSON, the config hashes; and of what Slipway refuses, that the message has a place (FILE:LINE:COLUMN).

No engine is needed. What Docker Compose answers is kept in the folder of --answers, so that a second run only asks Slipway.
--only WORD takes the cases whose name holds WORD (several with commas); --sample N takes every N-th; --list prints names.
Differences that are meant are in attribute_differences.txt, with the reason. Exit code 0: no other difference.
"""
import argparse, collections, concurrent.futures, fnmatch, hashlib, json, os, re, shutil, subprocess, sys, tempfile
import attribute_cases

# Some inputs make Docker Compose run for ever.
LIMIT_SECONDS = 12
HERE = os.path.dirname(os.path.abspath(__file__))
PLACE = re.compile(r"\.(ya?ml|env|txt|labels):\d+:\d+: |standard input:\d+:\d+: ")

# Maps in which null is a statement of its own: the variable is taken from the caller.
NULL_MATTERS = re.compile(
    r"services\.[^/]*\.(environment|build\.args|models)|services\.[^/]*\.(post_start|pre_stop|pre_start)\.\d+\.environment|(.*\.)?x-.*")
RESOURCES = re.compile(r"services\.[^/]*\.networks|networks|volumes|secrets|configs|models")
SAME_AS_ABSENT_WHEN_EMPTY = {"ipam", "resources", "placement"}


def normal(value, path=""):
    """Without what carries no meaning: null entries, empty sections that Docker Compose prints now and then."""
    if isinstance(value, dict):
        result = {}
        for key, item in value.items():
            if item is None and not NULL_MATTERS.fullmatch(path):
                if RESOURCES.fullmatch(path):
                    result[key] = {}
                continue
            if item == {} and key in SAME_AS_ABSENT_WHEN_EMPTY:
                continue
            result[key] = normal(item, f"{path}.{key}" if path else key)
        return result
    if isinstance(value, list):
        items = [normal(item, f"{path}.{index}") for index, item in enumerate(value)]
        # Docker Compose prints the keys of an agent in no fixed order.
        return sorted(items) if re.fullmatch(r"services\.[^/]*\.build\.ssh", path) else items
    return value


def differences(theirs, ours, path=""):
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in list(theirs) + [key for key in ours if key not in theirs]:
            below = f"{path}.{key}" if path else key
            if key not in ours:
                yield f"{below}: only theirs, {json.dumps(theirs[key])[:200]}"
            elif key not in theirs:
                yield f"{below}: only ours, {json.dumps(ours[key])[:200]}"
            else:
                yield from differences(theirs[key], ours[key], below)
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for index, (a, b) in enumerate(zip(theirs, ours)):
            yield from differences(a, b, f"{path}[{index}]")
    elif type(theirs) in (int, float) and type(ours) in (int, float):
        if abs(theirs - ours) > 1e-6 * max(abs(theirs), abs(ours)):
            yield f"{path}: theirs {theirs}, ours {ours}"
    elif type(theirs) is not type(ours) or theirs != ours:
        yield f"{path}: theirs {json.dumps(theirs)[:200]}, ours {json.dumps(ours)[:200]}"


class Comparison:
    def __init__(self, options):
        self.slipway, self.compose, self.answers = [options.slipway], options.compose.split(), options.answers
        self.root = os.path.join(tempfile.gettempdir(), "slipway-attributes")
        os.makedirs(self.answers, exist_ok=True)
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": "/home/nobody", "LANG": "C.UTF-8", "DOCKER_HOST": "unix:///nonexistent.sock",
            "DOCKER_CONFIG": "/nonexistent", **attribute_cases.ENVIRONMENT}

    def run(self, command, case, folder, tail):
        place = os.path.normpath(os.path.join(folder, case.folder))
        environment = {**self.environment, "PWD": place, **case.environment}
        try:
            done = subprocess.run(
                command + case.options + ["config"] + tail, cwd=place, env=environment, stdin=subprocess.DEVNULL,
                capture_output=True, timeout=LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            return [124, "", "too slow"]
        return [done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")]

    def ask(self, command, case, folder):
        if case.tail:
            return {"model": self.run(command, case, folder, case.tail)}
        answer = {"model": self.run(command, case, folder, ["--format", "json"])}
        if answer["model"][0] == 0:
            answer["hash"] = self.run(command, case, folder, ["--hash", "*"])
        return answer

    def theirs(self, case, folder, key):
        path = os.path.join(self.answers, key)
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                return json.load(file)
        answer = self.ask(self.compose, case, folder)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(answer, file)
        return answer

    def compare(self, case):
        """The differences of a case, as text."""
        key = hashlib.sha256(repr(case.content).encode()).hexdigest()[:20]
        folder = os.path.join(self.root, key, "proj")
        shutil.rmtree(os.path.dirname(folder), ignore_errors=True)
        for name, text in case.files.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8", newline="") as file:
                file.write(text)
        os.makedirs(os.path.join(folder, case.folder), exist_ok=True)
        theirs = self.theirs(case, folder, key)
        ours = self.ask(self.slipway, case, folder)
        shutil.rmtree(os.path.dirname(folder), ignore_errors=True)
        return list(self.judged(case, theirs, ours)), theirs, ours

    def judged(self, case, theirs, ours):
        (their_code, their_text, their_error), (code, text, error) = theirs["model"], ours["model"]
        if code not in (0, 1, 2, 14, 15, 64):
            yield f"died: exit code {code} {error[:300]}"
        elif their_code == 124 or "goroutine 1 [running]" in their_error:
            return
        elif their_code == 0 and code != 0:
            yield f"only we refuse: {error.strip()[:400]}"
        elif their_code != 0 and code == 0:
            yield f"only they refuse: {their_error.strip()[-300:]}"
        elif code != 0:
            if case.is_located and not PLACE.search(error):
                yield f"no place: {error.strip()[:300]} (theirs: {their_error.strip()[-200:]})"
        elif case.tail and "json" not in case.tail:
            if sorted(their_text.split("\n")) != sorted(text.split("\n")):
                yield f"text: theirs {their_text!r}, ours {text!r}"
        else:
            yield from differences(normal(json.loads(their_text)), normal(json.loads(text)))
            if "hash" in theirs and sorted(theirs["hash"][1].split()) != sorted(ours["hash"][1].split()):
                yield "hash"


def meant():
    """Patterns of case names with the reason why they differ."""
    with open(os.path.join(HERE, "attribute_differences.txt"), encoding="utf-8") as file:
        return [line.split(None, 1)[0] for line in file if line.strip() and not line.startswith("#")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--slipway", default=".build/debug/slipway")
    parser.add_argument("--compose", default="docker-compose")
    parser.add_argument("--only", default="")
    parser.add_argument("--sample", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--answers", default=os.path.join(tempfile.gettempdir(), "slipway-attributes-answers"))
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    options.slipway = os.path.abspath(options.slipway)
    for word in options.compose.split()[:1]:
        if not shutil.which(word):
            sys.exit(f"{word}: no such command")
    words = options.only.split(",")
    cases = [case for case in attribute_cases.all_cases() if any(word in case.name for word in words)][::options.sample]
    if options.list:
        sys.exit("\n".join(case.name for case in cases))
    comparison, patterns = Comparison(options), meant()
    totals, found = collections.Counter(), 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for case, (lines, theirs, ours) in zip(cases, pool.map(comparison.compare, cases)):
            code = theirs["model"][0]
            crashed = "goroutine 1 [running]" in theirs["model"][2]
            totals["where Docker Compose does not end" if code == 124 else "where it crashes" if crashed else "taken" if code == 0 else "refused"] += 1
            if lines and any(fnmatch.fnmatchcase(case.name, pattern) for pattern in patterns):
                totals["meant to differ"] += 1
                lines = []
            if lines:
                found += 1
                print(f"{case.name}\n    " + "\n    ".join(lines[:6]), flush=True)
            if options.verbose:
                for name, text in case.files.items():
                    print(f"  -- {name}\n{text}")
                print("  -- theirs", *theirs["model"], "\n  -- ours", *ours["model"])
    print(f"{len(cases)} cases: " + ", ".join(f"{count} {word}" for word, count in sorted(totals.items())) + f"; {found} differ")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
