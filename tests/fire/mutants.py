#!/usr/bin/env python3
"""Mutants: deliberate faults, each of which a test must notice. A test that has never failed shows nothing.

    tests/fire/mutants.py [--only NAME]…

mutants.toml holds them. All are built at once into a copy of the tree, each behind a switch, so that one build serves
them all; then one after the other is switched on and its test run, which must fail, and which must pass while all are
off. Ends with 1 if one survives or no longer fits the source.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGET = ROOT / "target" / "mutants"
TREE = TARGET / "tree"
ON = TARGET / "on"
BINARY = TARGET / "debug" / "saltcellar"
BUILD_LIMIT, STEP_LIMIT = 3600, 400
SWITCH = '''//! Which mutant is on: the name that stands in a file, read once.

use std::sync::OnceLock;

/// Whether `name` is on.
#[must_use]
pub fn is_on(name: &str) -> bool {
    static ON: OnceLock<String> = OnceLock::new();
    ON.get_or_init(|| std::fs::read_to_string(%s).unwrap_or_default()) == name
}
'''


class Survived(Exception):
    """A mutant that was not caught; says why."""


def copy_tree(texts):
    """Brings TREE to the state of the working tree with TEXTS in it, touching only what differs: little is built anew."""
    listed = subprocess.run(["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            check=True, capture_output=True, text=True).stdout
    wanted = {name for name in listed.split("\0") if name and (ROOT / name).is_file()} | set(texts)
    TREE.mkdir(parents=True, exist_ok=True)
    for path in [path for path in TREE.rglob("*") if path.is_file()]:
        if str(path.relative_to(TREE)) not in wanted:
            path.unlink()
    for name in wanted:
        copy = TREE / name
        content = texts[name].encode() if name in texts else (ROOT / name).read_bytes()
        if not copy.is_file() or copy.read_bytes() != content:
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
            shutil.copymode(ROOT / name, copy) if (ROOT / name).is_file() else None


def changed(text, change, what):
    """TEXT with one change in it."""
    if text.count(change["old"]) != 1:
        raise Survived("its change fits %s %d times" % (change["file"], text.count(change["old"])))
    return text.replace(change["old"], what)


def switched(mutant, change):
    """What stands in place of `old`: both texts, and the switch between them."""
    switch = '%s::mutant::is_on("%s")' % ("saltcellar" if change["file"] == "src/main.rs" else "crate", mutant["name"])
    if "MUTANT" in change["new"]:
        return change["new"].replace("MUTANT", switch)
    return "if %s {\n%s\n} else {\n%s\n}\n" % (switch, change["new"], change["old"])


def is_text(mutant):
    return mutant["caught_by"].startswith("text ")


def switchboard(mutants):
    """The texts of all files that some mutant changes, each change behind its switch."""
    texts = {"src/mutant.rs": SWITCH % json.dumps(str(ON))}
    texts["src/lib.rs"] = (ROOT / "src/lib.rs").read_text(encoding="utf-8") + "pub mod mutant;\n"
    for mutant in mutants:
        for change in mutant["change"]:
            name = change["file"]
            text = texts.get(name) or (ROOT / name).read_text(encoding="utf-8")
            # One that reads the source only has to fit it.
            what = changed(text, change, change["old"] if is_text(mutant) else switched(mutant, change))
            texts[name] = what
    return texts


def cargo(*words):
    # Incremental: only one crate differs from run to run.
    environment = dict(os.environ, CARGO_TARGET_DIR=str(TARGET), CARGO_INCREMENTAL="1")
    command = ["cargo", *words, "--locked", "--message-format=json"]
    built = subprocess.run(command, cwd=TREE, env=environment, capture_output=True, text=True, timeout=BUILD_LIMIT)
    if built.returncode != 0:
        told = [json.loads(line) for line in built.stdout.splitlines() if line.startswith("{")]
        errors = [one["message"]["rendered"] for one in told if one.get("reason") == "compiler-message"
                  and one["message"]["level"] == "error"]
        sys.exit("the mutants do not build:\n" + ("\n".join(errors) or built.stderr))
    lines = [json.loads(line) for line in built.stdout.splitlines() if line.startswith("{")]
    # Of integration tests cargo builds and tells the program that they run, too, in no fixed order.
    is_wanted = (lambda line: line["profile"]["test"]) if words[0] == "test" else bool
    return [line["executable"] for line in lines if line.get("executable") and is_wanted(line)]


def build(mutants):
    """The programs that the tests of MUTANTS need, by kind."""
    kinds = {mutant["caught_by"].split(" ")[0] for mutant in mutants}
    programs = {"fire": str(BINARY)}
    if kinds & {"fire", "main", "text"}:
        cargo("build", "--bin", "saltcellar")
    if "lib" in kinds:
        programs["lib"] = cargo("test", "--no-run", "--lib")[-1]
    if kinds & {"main", "text"}:
        programs["main"] = programs["text"] = cargo("test", "--no-run", "--test", "main")[-1]
    return programs


def run(programs, caught_by):
    """Runs one test: (whether it passed, what it complained of or said). None for passed where it was skipped."""
    kind, name = caught_by.split(" ")
    if kind == "fire":
        script, step = name.split(".")
        command = [sys.executable, str(HERE / (script + ".py")), "--step", step, programs[kind]]
        ran = _ended(command, HERE)
        lines = ran.stdout.splitlines()[1:]
        if any(line.startswith("skipped") for line in lines):
            return None, lines[0]
        complaints = [line.strip() for line in lines if line.startswith("    ")]
        return ran.returncode == 0, (complaints or [ran.stderr.strip()[-200:]])[0]
    ran = _ended([programs[kind], name, "--show-output"], TREE)
    skipped = re.search(r"^skipped: .*$", ran.stdout, re.MULTILINE)
    if "running 0 tests" in ran.stdout:
        raise Survived("there is no test %s" % name)
    if ran.returncode == 0 and skipped:
        return None, skipped.group()
    panic = re.search(r"panicked at .*?:\n(.*)", ran.stdout)
    return ran.returncode == 0, panic.group(1).strip() if panic else ran.stdout.strip()[-100:]


def _ended(command, folder):
    return subprocess.run(command, cwd=folder, env=dict(os.environ, SALTCELLAR_PEERS="optional"), text=True,
                          capture_output=True, timeout=STEP_LIMIT, check=False)


def strike(mutant, programs, sound):
    """What the test complains of while the mutant is on; None where it is skipped."""
    caught_by = mutant["caught_by"]
    if caught_by not in sound:
        sound[caught_by] = run(programs, caught_by)
    passed, said = sound[caught_by]
    if passed is None:
        return None
    if not passed:
        raise Survived("%s fails without it: %s" % (caught_by, said))
    passed, said = _with(mutant, lambda: run(programs, caught_by))
    if passed:
        raise Survived("%s did not notice" % caught_by)
    return said


def _with(mutant, work):
    """WORK while the mutant is on: by its switch, or in the text of the copy."""
    before = {}
    try:
        if not is_text(mutant):
            ON.write_text(mutant["name"], encoding="utf-8")
            return work()
        for change in mutant["change"]:
            path = TREE / change["file"]
            before.setdefault(path, path.read_text(encoding="utf-8"))
            path.write_text(changed(path.read_text(encoding="utf-8"), change, change["new"]), encoding="utf-8")
        return work()
    finally:
        ON.unlink(missing_ok=True)
        for path, text in before.items():
            path.write_text(text, encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", action="append", metavar="NAME")
    only = parser.parse_args().only
    every = tomllib.loads((HERE / "mutants.toml").read_text(encoding="utf-8"))["mutant"]
    mutants = [mutant for mutant in every if not only or mutant["name"] in only]
    ON.unlink(missing_ok=True)
    copy_tree(switchboard(every))
    programs = build(mutants)
    print("%-26s | %-7s | caught by | complaint | seconds" % ("mutant", "promise"), flush=True)
    survived, skipped, sound = [], 0, {}
    for mutant in mutants:
        began = time.monotonic()
        try:
            said = strike(mutant, programs, sound)
            skipped += said is None
            told = "%s | %s" % (mutant["caught_by"], " ".join(said.split())[:110] if said else "skipped")
        except (Survived, subprocess.TimeoutExpired) as why:
            survived.append(mutant["name"])
            told = "SURVIVED | %s" % why
        print("%-26s | %-7s | %s | %.0f s" % (mutant["name"], mutant["promise"], told, time.monotonic() - began), flush=True)
    print("%d mutants, %d survived, %d skipped" % (len(mutants), len(survived), skipped))
    sys.exit(1 if survived or not mutants else 0)


if __name__ == "__main__":
    main()
