#!/usr/bin/env python3
"""run.py [--milliseconds N] [--keep FOLDER] [--verbose] SLIPWAY [CASE...]   hostile compose projects, made by this script, against limits.

Each case is read with `config -q` by the program at SLIPWAY (a release build, unless --milliseconds is for another one). It must end as the case says: refused with a place
(file:line:column) or taken, within 100 ms of processor time (the best of three runs) and 64 MiB of memory, as wait4 tells. The
last line is the count; exit code 1 when a case failed. `--milliseconds` gives more time, for a check on machines of any speed;
`--keep` leaves the inputs in a folder."""

import os
import pathlib
import re
import resource
import shutil
import signal
import sys
import tempfile
import time

CPU_LIMIT = 0.100       # seconds, user and system
MEMORY_LIMIT = 64 << 10  # KiB
WALL_LIMIT = 20         # seconds: then it is killed
MIB = 1 << 20

CASES = {}


def case(taken=False, rule=None):
    """Registers a function that gives the files of a project by path; `taken`: the project is valid."""
    def register(function):
        CASES[function.__name__.replace("_", "-")] = (function, taken, rule)
        return function
    return register


def compose(text, **files):
    result = {"compose.yaml": text}
    result.update({name.replace("__", "/"): value for name, value in files.items()})
    return result


def service(body):
    return "services:\n  a:\n    image: x\n" + body


# YAML: what libyaml's events show

@case(rule="cycle")
def merge_of_itself():
    return compose("x-a: &a {<<: *a}\nservices: {a: {image: x}}\n")


@case(rule="cycle")
def list_in_itself():
    return compose("x-a: &a [*a]\nservices: {a: {image: x}}\n")


def laughs(levels, width, leaf="x"):
    text = f"x-0: &a0 [{', '.join([leaf] * width)}]\n"
    for level in range(1, levels + 1):
        text += f"x-{level}: &a{level} [{', '.join([f'*a{level - 1}'] * width)}]\n"
    return text


@case(rule="limit")
def nine_levels_of_aliases():
    return compose(laughs(9, 9) + "services: {a: {image: x}}\n")


@case(rule="limit")
def aliases_under_labels():
    text = "x-0: &a0 {l: [x, x, x, x, x, x, x, x, x]}\n"
    for level in range(1, 11):
        text += f"x-{level}: &a{level} {{l: [{', '.join([f'*a{level - 1}'] * 9)}]}}\n"
    return compose(text + "services: {a: {image: x, labels: *a10}}\n")


@case(rule="limit")
def merges_of_merges():
    text = "x-0: &a0 {" + ", ".join(f"k{i}: 1" for i in range(200)) + "}\n"
    for level in range(1, 12):
        text += f"x-{level}: &a{level} {{<<: [{', '.join([f'*a{level - 1}'] * 9)}]}}\n"
    return compose(text + "services: {a: {image: x}}\n")


@case(rule="limit")
def brackets():
    return compose("[" * 200_000)


@case(rule="limit")
def braces():
    return compose("{a: " * 100_000)


@case(rule="limit")
def block_levels():
    return compose("".join(" " * level + f"a{level}:\n" for level in range(1_400)))


@case(rule="limit")
def dashes():
    return compose("a: " + "\n" + "- " * 200_000)


@case(rule="limit")
def long_key():
    return compose("k" * (2 * MIB) + ": 1\n")


@case(rule="limit")
def long_scalar():
    return compose(service("    environment: {A: " + "x" * (900 << 10) + "}\n"))


@case(rule="limit")
def long_quoted_scalar():
    return compose(service('    environment: {A: "' + "\\n" * (300 << 10) + '"}\n'))


@case(rule="limit")
def large_file():
    return compose("#" * (100 * MIB))


@case()
def full_file():
    return compose("services: {a: {image: x}}\n" + "# comment\n" * ((MIB - 100) // 10) + "x\n")


@case(rule="duplicateKey")
def duplicate_keys():
    return compose("a: 1\n" * 200_000)


@case(rule="duplicateKey")
def duplicate_long_keys():
    return compose(("k" * 100 + ": 1\n") * 10_000)


@case(rule="limit")
def many_values():
    return compose("x-a: [" + "1," * 500_000 + "]\nservices: {a: {image: x}}\n")


@case(rule="limit")
def many_aliases():
    return compose("x-a: &a x\nx-b: [" + "*a ," * 200_000 + "]\n")


@case(rule="limit")
def many_directives():
    return compose("".join(f"%TAG !{i:x}! a\n" for i in range(70_000)) + "---\nservices: {a: {image: x}}\n")


@case(rule="limit")
def many_documents():
    return compose("services: {a: {image: x}}\n" + "---\n{}\n" * 30_000)


@case(taken=True)
def many_anchors():
    return compose("x-a:\n" + "".join(f"- &a{i} x\n" for i in range(70_000)) + "services: {a: {image: x}}\n")


@case(rule="syntax")
def null_bytes():
    return compose("services:\n  a: {image: \"x\0y\"}\n")


@case(rule="syntax")
def only_null_bytes():
    return compose("\0" * MIB)


@case(rule="syntax")
def not_utf8():
    return compose(b"services:\n  a: {image: \xff\xfe}\n")


@case(rule="syntax")
def overlong_utf8():
    return compose(b"services: \xc0\xaf\n" * 1000)


@case(rule="syntax")
def tabs():
    return compose("a:\n" + "\t" * (MIB - 10))


@case()
def many_line_ends():
    return compose("\n" * (MIB - 100) + "a")


# Numbers

@case()
def huge_scale():
    return compose(service("    scale: " + "9" * 5_000 + "\n"))


@case()
def huge_exponents():
    return compose(service("    cpus: 1e999999999\n    mem_limit: 1e308gb\n"))


@case()
def long_numbers():
    return compose(service("    pids_limit: " + "1" * (200 << 10) + "\n    cpu_shares: 0x" + "f" * (40 << 10) + "\n"))


@case()
def base_60_and_dots():
    return compose(service("    mem_limit: " + "1." * (50 << 10) + "\n    stop_grace_period: " + "1h" * (50 << 10) + "\n"))


# Ports

@case(rule="invalidValue")
def whole_port_range():
    return compose(service("    ports:\n" + '    - "1-65535:1-65535"\n' * 20_000))


@case(rule="limit")
def many_port_ranges():
    return compose(service("    ports:\n" + "".join(f'    - "127.0.{i // 250}.{i % 250}:1-9999:1-9999"\n' for i in range(1_000))))


@case(rule="limit")
def port_ranges_of_many_services():
    return compose("x-p: &p\n  image: x\n  ports: [\"1-9999:1-9999\"]\nservices:\n" + "".join(f"  s{i}: *p\n" for i in range(900)))


@case()
def backward_port_ranges():
    return compose(service("    ports:\n" + '    - "9-1:9-1"\n' * 40_000))


@case(taken=True)
def exposed_port_ranges():
    return compose(service("    expose:\n" + "".join(f'    - "{i}-65535"\n' for i in range(1, 9_000))))


# Files

@case(rule="cycle")
def include_of_itself():
    return compose("include: [compose.yaml]\nservices: {a: {image: x}}\n")


@case(rule="cycle")
def include_in_a_circle():
    return compose("include: [b.yaml]\nservices: {a: {image: x}}\n", **{"b.yaml": "include: [compose.yaml]\nservices: {b: {image: x}}\n"})


@case(rule="limit")
def include_chain():
    files = {f"c{i}.yaml": f"include: [c{i + 1}.yaml]\nservices: {{s{i}: {{image: x}}}}\n" for i in range(100)}
    return compose("include: [c0.yaml]\n", **files)


@case(rule="limit")
def include_doubled():
    files = {f"c{i}.yaml": f"include: [c{i + 1}.yaml, c{i + 1}.yaml]\nservices: {{s{i}: {{image: x}}}}\n" for i in range(14)}
    files["c14.yaml"] = "services: {last: {image: x}}\n"
    return compose("include: [c0.yaml]\n", **files)


@case(rule="limit")
def include_many_times():
    big = "services:\n" + "".join(f"  s{i}: {{image: x}}\n" for i in range(1_000))
    return compose("include:\n" + "- b.yaml\n" * 20_000, **{"b.yaml": big})


@case(rule="cycle")
def extends_itself():
    return compose("services: {a: {image: x, extends: a}}\n")


@case(rule="cycle")
def extends_in_a_circle():
    return compose("services: {a: {extends: b}, b: {extends: {file: b.yaml, service: c}}}\n",
                   **{"b.yaml": "services: {c: {extends: {file: compose.yaml, service: a}}}\n"})


@case(rule="limit")
def extends_chain():
    return compose("services:\n" + "".join(f"  s{i}: {{extends: s{i + 1}}}\n" for i in range(4_000)) + "  s4000: {image: x}\n")


@case(rule="limit")
def extends_of_a_large_base():
    base = "  base:\n    image: x\n    environment:\n" + "".join(f"      K{i}: v\n" for i in range(20_000))
    return compose("services:\n" + base + "".join(f"  s{i}: {{extends: base}}\n" for i in range(4_000)))


@case(rule="limit")
def extends_growing():
    text = "services:\n  s0:\n    image: x\n    environment: {" + ", ".join(f"K{i}: v" for i in range(1_000)) + "}\n"
    for i in range(1, 1_000):
        text += f"  s{i}: {{extends: s{(i - 1) // 2}, environment: {{N{i}: v}}}}\n"
    return compose(text)


@case(rule="limit")
def env_file_of_many_services():
    return compose("x-s: &s {image: x, env_file: [big.env]}\nservices:\n" + "".join(f"  s{i}: *s\n" for i in range(900)),
                   **{"big.env": "".join(f"K{i}=v\n" for i in range(90_000))})


@case(rule="limit")
def many_env_files():
    files = {f"e{i}.env": f"K{i}=v\n" for i in range(3_000)}
    return compose(service("    env_file: [" + ", ".join(files) + "]\n"), **files)


@case(rule="limit")
def many_missing_env_files():
    return compose(service("    env_file: [" + ", ".join(f"e{i}.env" for i in range(20_000)) + "]\n"))


@case()
def device_as_env_file():
    return compose(service("    env_file: /dev/zero\n"))


@case()
def device_as_include():
    return compose("include: [/dev/zero, /dev/stdin, /proc/self/mem]\nservices: {a: {image: x}}\n")


# Variables and .env

@case(rule="envFile")
def env_values_that_double():
    lines = "A0=" + "x" * 64 + "\n" + "".join(f"A{i}=${{A{i - 1}}}${{A{i - 1}}}\n" for i in range(1, 40))
    return compose(service("    environment: {A: \"${A39}\"}\n"), **{".env": lines})


@case(rule="envFile")
def env_values_that_add_up():
    return compose(service(""), **{".env": "A=" + "x" * 500_000 + "\n" + "".join(f"B{i}=$A\n" for i in range(50_000))})


@case(taken=True)
def long_env_value():
    return compose(service(""), **{".env": "A=" + "x" * (MIB - 10) + "\n"})


@case(rule="limit")
def large_env():
    return compose(service(""), **{".env": "A=" + "x" * (30 * MIB) + "\n"})


@case(taken=True)
def env_without_end():
    return compose(service(""), **{".env": "A='x\n" * 150_000})


@case(rule="limit")
def env_file_of_expansions():
    values = "A=" + "x" * 1000 + "\n" + "".join(f"V{i}=$A$A$A\n" for i in range(1_000))
    return compose("services:\n" + "".join(f"  s{i}: {{image: x, env_file: [e.env]}}\n" for i in range(400)), **{"e.env": values})


@case(rule="envFile")
def env_file_of_other_expansions():
    values = "".join(f"V{i}=$A$A$A\n" for i in range(1_000))
    services = "".join(f"  s{i}: {{image: x, env_file: [e.env], environment: {{A: {'x' * 500}{i}}}}}\n" for i in range(400))
    return compose("services:\n" + services, **{"e.env": values})


@case(taken=True)
def env_of_many_settings():
    return compose(service(""), **{".env": "".join(f"K{i}=$K{i - 1}\n" for i in range(60_000))})


@case()
def env_of_nested_defaults():
    return compose(service(""), **{".env": "A=" + "${A:-" * 100_000 + "}" * 100_000 + "\n"})


@case(rule="interpolation")
def unclosed_variables():
    return compose(service("    environment: {A: \"" + "${A:-" * 40_000 + "\"}\n"))


@case(rule="limit")
def nested_defaults():
    return compose(service("    environment: {A: \"" + "${A:-" * 20_000 + "}" * 20_000 + "\"}\n"))


@case(rule="limit")
def braces_in_defaults():
    return compose(service("    environment: {A: \"" + "${A:-{x}" * 20_000 + "\"}\n"))


@case(rule="limit")
def large_variable_many_times():
    return compose(service("    environment:\n" + "".join(f"      K{i}: \"$A\"\n" for i in range(40_000))),
                   **{".env": "A=" + "x" * 900_000 + "\n"})


@case(taken=True)
def words_that_are_not_needed():
    return compose(service("    environment: {K: \"" + "${U:+$A$A}" * 20_000 + "\"}\n"), **{".env": "A=" + "x" * 400_000 + "\n"})


@case(taken=True)
def unset_variables():
    return compose(service("    environment:\n" + "".join(f"      K{i}: \"{'$U ' * 30}\"\n" for i in range(9_000))))


@case()
def malformed_variables():
    return compose(service("    environment:\n" + "".join(f"      K{i}: \"${{!\"\n" for i in range(45_000))))


# The model

@case(rule="unknownKey")
def unknown_attributes():
    return compose(service("".join(f"    unknown_attribute_{i}: 1\n" for i in range(30_000))))


@case()
def wrong_types():
    return compose(service("    environment: [" + "{}," * 90_000 + "]\n"))


@case(rule="limit")
def many_services():
    return compose("services:\n" + "".join(f"  s{i}: {{image: x}}\n" for i in range(30_000)))


@case(rule="limit")
def undefined_dependencies():
    return compose(service("    depends_on: [" + ", ".join(f"d{i}" for i in range(45_000)) + "]\n"))


@case(rule="limit")
def many_links():
    return compose(service("    links: [" + ", ".join(f"d{i}" for i in range(45_000)) + "]\n"))


@case(rule="limit")
def all_depend_on_all():
    names = [f"s{i}" for i in range(250)]
    return compose("services:\n" + "".join(f"  {name}: {{image: x, depends_on: [{','.join(names)}]}}\n" for name in names))


@case(rule="dependencyCycle")
def dependency_circle_of_few():
    return compose("services:\n" + "".join(f"  s{i}: {{image: x, depends_on: [s{(i + 1) % 2_500}]}}\n" for i in range(2_500)))


@case(rule="limit")
def dependency_circle():
    return compose("services:\n" + "".join(f"  s{i}: {{image: x, depends_on: [s{(i + 1) % 4_000}]}}\n" for i in range(4_000)))


@case()
def undefined_networks():
    return compose(service("    networks: [" + ", ".join(f"n{i}" for i in range(45_000)) + "]\n"))


@case(taken=True)
def repeated_volumes():
    return compose(service("    volumes: [" + ", ".join("'a:b:c:d:e:f'" for i in range(45_000)) + "]\n"))


@case(rule="limit")
def subnets_onto_subnets():
    subnets = [f"{{subnet: {i >> 8}.{i & 255}.0.0/16}}" for i in range(12_000)]
    text = "services: {a: {image: x}}\nnetworks: {default: {ipam: {config: [" + ",".join(subnets) + "]}}}\n"
    return compose(text + "---\nnetworks: {default: {ipam: {config: [" + ",".join(reversed(subnets)) + "]}}}\n")


@case(rule="invalidValue")
def hosts_without_address():
    return compose(service("    extra_hosts: [" + ", ".join(f"h{i}" for i in range(90_000)) + "]\n"))


@case(rule="missingValue")
def mounts_without_source():
    return compose(service("    volumes: [" + "{type: bind, target: /x}," * 18_000 + "]\n"))


@case(taken=True)
def shell_words():
    return compose(service("    command: \"" + "'a' " * 60_000 + "\"\n    entrypoint: \"" + "\\\\ " * 60_000 + "\"\n"))


@case()
def odd_top_levels():
    return compose("".join(f"t{i}: 1\n" for i in range(45_000)))


class Result:
    def __init__(self, code, cpu, wall, memory, text):
        self.code, self.cpu, self.wall, self.memory, self.text = code, cpu, wall, memory, text


def make_files(function, folder):
    """Writes the files of a case in a process of its own: what this one has used counts as used by those that it starts."""
    pid = os.fork()
    if pid == 0:
        for path, content in function().items():
            (folder / path).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        os._exit(0)
    os.waitpid(pid, 0)


def run_once(program, folder):
    log = folder.parent / "output"
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    start = time.monotonic()
    pid = os.posix_spawn(
        program, [program, "config", "-q", "-f", str(folder / "compose.yaml")], {"PATH": "/usr/bin", "HOME": str(folder)},
        file_actions=[(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, descriptor, 1),
                      (os.POSIX_SPAWN_DUP2, descriptor, 2)])
    os.close(descriptor)
    killed = False
    while True:
        done, status, usage = os.wait4(pid, os.WNOHANG)
        if done:
            break
        if not killed and time.monotonic() - start > WALL_LIMIT:
            os.kill(pid, signal.SIGKILL)
            killed = True
        time.sleep(0.001)
    code = -signal.SIGKILL if killed else os.waitstatus_to_exitcode(status)
    with open(log, "rb") as file:
        text = file.read(1 << 16).decode("utf-8", "replace")
    return Result(code, usage.ru_utime + usage.ru_stime, time.monotonic() - start, usage.ru_maxrss, text)


def faults(result, taken, rule):
    """What is wrong with how a case ended, in words."""
    found = []
    if result.code == -signal.SIGKILL:
        return [f"no end after {WALL_LIMIT} s"]
    if taken and result.code != 0:
        found.append(f"exit code {result.code}: {result.text[:200].strip()}")
    if not taken and result.code != 1:
        found.append(f"exit code {result.code} instead of 1")
    if not taken and result.code == 1:
        if not re.search(r"/[^ :]+:\d+:\d+: |/[^ :]+\.(yaml|env)\b", result.text):
            found.append("no place in the message")
        if rule and f"[{rule}]" not in result.text and rule != "any":
            found.append(f"rule {rule} expected: {result.text[:200].strip()}")
    if result.cpu > CPU_LIMIT:
        found.append(f"{result.cpu * 1000:.0f} ms")
    if result.memory > MEMORY_LIMIT:
        found.append(f"{result.memory / 1024:.0f} MiB")
    return found


def main():
    arguments = sys.argv[1:]
    global CPU_LIMIT
    keep = None
    verbose = False
    while arguments and arguments[0].startswith("-"):
        option = arguments.pop(0)
        if option == "--keep" and arguments:
            keep = pathlib.Path(arguments.pop(0))
        elif option == "--milliseconds" and arguments and arguments[0].isdigit():
            CPU_LIMIT = int(arguments.pop(0)) / 1000
        elif option == "--verbose":
            verbose = True
        else:
            print(__doc__)
            return 0 if option in ("-h", "--help") else 2
    if not arguments:
        print(__doc__)
        return 2
    program, names = os.path.abspath(arguments[0]), arguments[1:] or list(CASES)
    unknown = [name for name in names if name not in CASES]
    if unknown:
        print(f"run.py: no case {', '.join(unknown)}")
        return 2
    work = pathlib.Path(tempfile.mkdtemp(prefix="hostile-"))
    failed, worst_cpu, worst_memory = 0, 0.0, 0
    try:
        for name in names:
            function, taken, rule = CASES[name]
            folder = (keep or work) / name
            folder.mkdir(parents=True, exist_ok=True)
            make_files(function, folder)
            best = None
            for _ in range(3):
                result = run_once(program, folder)
                if best is None or result.cpu < best.cpu:
                    best = result
                if best.cpu <= CPU_LIMIT / 2 or best.cpu > 10 * CPU_LIMIT:
                    break
            found = faults(best, taken, rule)
            worst_cpu, worst_memory = max(worst_cpu, best.cpu), max(worst_memory, best.memory)
            failed += bool(found)
            if found or verbose:
                first = best.text.splitlines()[0][:120] if best.text else ""
                print(f"{'FAIL' if found else 'ok  '} {name}: {best.cpu * 1000:.0f} ms, {best.memory / 1024:.0f} MiB"
                      f"{': ' + '; '.join(found) if found else ': ' + first}")
            if not keep:
                shutil.rmtree(folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print(f"{len(names) - failed} passed, {failed} failed; at most {worst_cpu * 1000:.0f} ms, {worst_memory / 1024:.0f} MiB")
    return 1 if failed else 0


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.exit(main())
