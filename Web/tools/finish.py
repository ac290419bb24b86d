#!/usr/bin/env python3
"""finish.py WEB FOLDER [--budgets]   makes index.html of what esbuild wrote to FOLDER, packs each file, joins the licences of what is bundled,
and with --budgets fails when something is larger than WEB/budgets.json allows."""

import gzip
import html
import json
import pathlib
import sys

DOCUMENTS = pathlib.Path("/usr/share/doc")
# What the bundle is made of besides our own sources (Debian's names).
BUNDLED = ("node-react", "node-react-dom", "node-scheduler", "libjs-codemirror", "node-xterm")
PACKED = {".html", ".js", ".css", ".txt", ".svg"}
KIB = 1024


def entry(outputs, source):
    """Name and description of what was made of one of our sources."""
    for name, output in outputs.items():
        if output.get("entryPoint") == source:
            return name, output
    sys.exit(f"esbuild made nothing of {source}")


def packed_bytes(path):
    return len(gzip.compress(path.read_bytes(), 9, mtime=0))


def served(name):
    return "/assets/" + name.rsplit("/", 1)[1]


class Outputs(dict):
    """What esbuild's record says of each file, by the name in it; they all lie in one folder."""

    def __init__(self, folder, record):
        super().__init__(record)
        self.folder = folder

    def path(self, name):
        return self.folder / "assets" / name.rsplit("/", 1)[1]


def page(web, outputs):
    main, made = entry(outputs, "src/main.tsx")
    worker, _ = entry(outputs, "src/stream/worker.ts")
    style = made.get("cssBundle") or next((name for name in outputs if pathlib.Path(name).match("main-*.css")), None)
    text = (web / "index.html").read_text("utf-8")
    for mark, value in (("SCRIPT", served(main)), ("STYLE", served(style or "")), ("WORKER", served(worker))):
        text = text.replace("{" + mark + "}", html.escape(value))
    preloads = [part["path"] for part in made["imports"] if part["kind"] == "import-statement"]
    links = "".join(f'    <link rel="modulepreload" href="{html.escape(served(name))}">\n' for name in preloads)
    (outputs.folder / "index.html").write_text(text.replace("    {PRELOADS}\n", links), "utf-8")
    return [main, *preloads, *([style] if style else [])]


def closure(outputs, name, seen):
    """The files that one chunk brings along at once."""
    if name in seen:
        return
    seen.add(name)
    for part in outputs[name]["imports"]:
        if part["kind"] == "import-statement":
            closure(outputs, part["path"], seen)


def budgets(web, outputs, first):
    limits = json.loads((web / "budgets.json").read_text("utf-8"))
    at_first = set()
    for name in first:
        closure(outputs, name, at_first)
    faults, rows = [], []

    def hold(what, size, limit):
        rows.append(f"{size / KIB:7.1f} of {limit:4d} KiB  {what}")
        if size > limit * KIB:
            faults.append(f"{what} has {size / KIB:.1f} KiB packed, {limit} are allowed")

    size = sum(packed_bytes(outputs.path(name)) for name in at_first) + packed_bytes(outputs.folder / "index.html")
    hold("first load", size, limits["first_load"])
    for name, output in sorted(outputs.items(), key=lambda item: item[1].get("entryPoint") or ""):
        source = output.get("entryPoint")
        if not source or name in at_first or not name.endswith(".js"):
            continue
        chunk = set()
        closure(outputs, name, chunk)
        kind = next((word for word in ("editor", "terminal") if source.startswith(f"src/{word}/")), "page")
        if source == "src/stream/worker.ts":
            kind = "worker"
        # What other pages share with this one is loaded once; it counts here all the same, without the libraries' own chunks.
        own = chunk - at_first
        size = sum(packed_bytes(outputs.path(name)) for name in own)
        hold(source, size, limits[kind])
    print("\n".join(rows))
    if faults:
        sys.exit("over the budget:\n  " + "\n  ".join(faults))


def licences(folder):
    parts = []
    for package in BUNDLED:
        text = DOCUMENTS / package / "copyright"
        if text.exists():
            parts.append(f"==== {package}\n\n{text.read_text('utf-8')}")
    (folder / "licences.txt").write_text("\n\n".join(parts), "utf-8")


def pack(folder):
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in PACKED and path.stat().st_size > 512:
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def main():
    web, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    record = {}
    for meta in (folder / ".meta.json", folder / ".worker.json"):
        record |= json.loads(meta.read_text("utf-8"))["outputs"]
        # Not served, and not left behind: it names our sources.
        meta.unlink()
    outputs = Outputs(folder, record)
    first = page(web, outputs)
    if "--budgets" in sys.argv[3:]:
        budgets(web, outputs, first)
    licences(folder)
    pack(folder)


main()
