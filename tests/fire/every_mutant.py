#!/usr/bin/env python3
"""All mutants that cargo-mutants makes of the rooms that could lose a byte, and the tests that notice them.

    tests/fire/every_mutant.py [--json FILE] [--main TESTS] [--only TEXT]…

Building each of more than a thousand by itself takes days. Here all are built at once, each behind a switch. What the
switches meet while one test runs tells which tests could notice which mutant, so only those are run. A mutant that is
noticed by no unit test is put to the integration tests in MAIN. every_mutant.toml says of each that survives why it is
equal or harmless, or that nobody has judged it yet; ends with 1 if another survives.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import threading
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import mutants
import schemata

ROOMS = ["src/json/**", "src/lock/**", "src/store/file.rs", "src/store/atomic.rs", "src/source/commit.rs"]
MAIN = "commit:: store:: crash:: locks:: json_laws:: salvage:: obstacles:: cache:: ops::"
LONGEST_TEST = 300
KNOWN = mutants.HERE / "every_mutant.toml"
TREE = mutants.TARGET / "every"
ON = mutants.TARGET / "every.on"
WORKERS = os.cpu_count() or 1
BOARD = '''//! Which mutant is on; or the name of a file that is told which of them are met.

use std::fs::File;
use std::io::Write;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

struct Board {
    on: u32,
    told: Option<File>,
}

static MET: [AtomicBool; %(count)d] = [const { AtomicBool::new(false) }; %(count)d];

fn board() -> Board {
    let word = std::env::var("EVERY_MUTANT").or_else(|_| std::fs::read_to_string(%(on)s)).unwrap_or_default();
    let told = word.strip_prefix("met ").and_then(|path| File::options().append(true).create(true).open(path).ok());
    Board { on: word.parse().unwrap_or(u32::MAX), told }
}

/// Whether mutant `number` is on.
#[must_use]
pub fn is_on(number: u32) -> bool {
    static BOARD: OnceLock<Board> = OnceLock::new();
    let board = BOARD.get_or_init(board);
    if let Some(mut told) = board.told.as_ref() {
        let met = MET.get(number as usize);
        if met.is_some_and(|met| !met.swap(true, Ordering::Relaxed)) {
            let _ = told.write_all(format!("{number}\\n").as_bytes());
        }
    }
    board.on == number
}
'''


def listed():
    """Every mutant, with a number."""
    words = [word for room in ROOMS for word in ("--file", room)]
    told = subprocess.run(["cargo", "mutants", "--list", "--json", *words], cwd=mutants.ROOT, capture_output=True, text=True)
    if told.returncode != 0:
        raise FileNotFoundError("cargo-mutants")
    return [dict(one, id=number) for number, one in enumerate(json.loads(told.stdout))]


class Built:
    """All mutants that build, in one tree."""

    def __init__(self, every):
        self.every, self.left_out, self.texts = every, {}, {}
        self.reader = schemata.parser()

    def place(self):
        """Writes the tree, without the mutants that are left out."""
        files = {}
        for one in self.every:
            files.setdefault(one["file"], []).append(one)
        self.texts = {"src/every_mutant.rs": BOARD % {"count": len(self.every), "on": json.dumps(str(ON))},
                      "src/lib.rs": (mutants.ROOT / "src/lib.rs").read_text(encoding="utf-8") + "pub mod every_mutant;\n"}
        self.placed = []
        for name, wanted in files.items():
            text = (mutants.ROOT / name).read_text(encoding="utf-8")
            done = schemata.switched(text, [one for one in wanted if one["id"] not in self.left_out], self.reader)
            self.texts[name] = done.text
            self.placed += done.placed
            self.left_out.update(done.left_out)
        mutants.TREE = TREE
        mutants.copy_tree(self.texts)

    def until_it_builds(self):
        """Leaves out what does not compile, as cargo-mutants does, and returns the two test programs."""
        for _ in range(12):
            self.place()
            wrong = self._wrong(_cargo("check", "--lib"))
            if not wrong:
                break
            self.left_out.update({number: "does not compile" for number in wrong})
            print("%d switches do not compile: %s" % (len(wrong), min(one["name"] for one in self.every if one["id"] in wrong)),
                  flush=True)
        return [_cargo("test", "--no-run", *what)[-1]["executable"] for what in (["--lib"], ["--test", "main"])]

    def _wrong(self, told):
        wrong = set()
        for one in told:
            if one.get("reason") != "compiler-message" or one["message"]["level"] != "error":
                continue
            spans = one["message"]["spans"]
            about = set()
            for span in sorted(spans, key=lambda span: not span["is_primary"]):
                text = self.texts.get(span["file_name"])
                code = (one["message"]["code"] or {}).get("code")
                about = about or (schemata.blamed(text, span["byte_start"], span["byte_end"], code) if text else set())
            if spans and not about:
                sys.exit("the mutants do not build:\n" + one["message"]["rendered"])
            wrong |= about
        return wrong


def _cargo(*words):
    """What cargo tells, line by line; the last one that names a program comes last."""
    # Apart from what mutants.py builds: cargo takes one package in two folders for the same, and its older files for built.
    environment = dict(os.environ, CARGO_TARGET_DIR=str(mutants.TARGET / "every.built"), CARGO_INCREMENTAL="1")
    built = subprocess.run(["cargo", *words, "--locked", "--message-format=json"], cwd=TREE, env=environment,
                           capture_output=True, text=True, timeout=mutants.BUILD_LIMIT)
    told = [json.loads(line) for line in built.stdout.splitlines() if line.startswith("{")]
    # Of integration tests cargo builds and tells the program that they run, too, in no fixed order.
    return sorted(told, key=lambda one: bool(one.get("executable")) and one["profile"]["test"])


class Tests:
    """The tests of one program, what they take and which switches they meet."""

    def __init__(self, program, chosen=(), workers=WORKERS):
        self.program, self.workers = program, workers
        told = subprocess.run([program, "--list", *chosen], cwd=TREE, capture_output=True, text=True, check=True).stdout
        names = re.findall(r"^(.*): test$", told, re.MULTILINE)
        self.names = [name for name in names if not chosen or name.startswith(tuple(chosen))]
        self.seconds, self.met_by = {}, {}

    def look(self):
        """Runs each test by itself, with all mutants off."""
        with ThreadPoolExecutor(self.workers) as pool:
            for name, seconds, met in pool.map(self._meet, self.names):
                self.seconds[name] = seconds
                for number in met:
                    self.met_by.setdefault(number, []).append(name)

    def _meet(self, name):
        log = mutants.TARGET / ("every.met.%d" % threading.get_ident())
        log.unlink(missing_ok=True)
        began = time.monotonic()
        state, _ = self._run([name], "met %s" % log, LONGEST_TEST)
        seconds = time.monotonic() - began
        if state:
            print("%s fails without a mutant: left out" % name, flush=True)
            return name, seconds, set()
        return name, seconds, {int(line) for line in log.read_text().split()} if log.exists() else set()

    def notice(self, mutant):
        """The first test that notices it and how, or None."""
        names = self.met_by.get(mutant["id"], [])
        near = mutant["file"].removeprefix("src/").removesuffix(".rs").replace("/", "::")
        order = sorted(names, key=lambda name: (not name.startswith(near), self.seconds[name]))
        # The test program runs a batch by name: a slow test among the quick would hold them up.
        first = [name for name in order if self.seconds[name] < 2][:40]
        for batch in (first, [name for name in order if name not in first]):
            limit = 10 + 4 * sum(self.seconds[name] for name in batch)
            state, name = self._run(batch, str(mutant["id"]), limit) if batch else (None, None)
            if state:
                return state, name
        return None

    def _run(self, names, word, limit):
        """Runs tests until one fails: ("fails", which), ("hangs", None), ("ends", None) or (None, None)."""
        command = [self.program, "--exact", *names, "--test-threads", "1" if len(names) == 1 else "3"]
        ran = subprocess.Popen(command, cwd=TREE, env=self._environment(word), stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True, start_new_session=True)
        hung = threading.Event()
        alarm = threading.Timer(limit, lambda: (hung.set(), _end(ran)))
        alarm.start()
        try:
            for line in ran.stdout:
                failed = re.match(r"test (\S+) .*FAILED$", line.rstrip())
                if failed:
                    return "fails", failed.group(1)
            code = ran.wait()
            return ("hangs", None) if hung.is_set() else ("ends", None) if code else (None, None)
        finally:
            alarm.cancel()
            _end(ran)
            ran.wait()

    def _environment(self, word):
        if self.workers == 1:
            # Its tests start programs whose environment they make themselves.
            ON.write_text(word, encoding="utf-8")
        return dict(os.environ, EVERY_MUTANT=word, SALTCELLAR_PEERS="optional")


def _end(ran):
    try:
        os.killpg(ran.pid, 9)
    except ProcessLookupError:
        pass


def put(every, tests, into):
    """Puts each of EVERY mutant to TESTS; what is noticed goes INTO a table. Returns the others."""
    survived = []
    with ThreadPoolExecutor(tests.workers) as pool:
        for mutant, noticed in zip(every, pool.map(tests.notice, every)):
            if noticed:
                into[mutant["name"]] = " ".join(filter(None, noticed))
            else:
                survived.append(mutant)
                print("%s | %s" % (mutant["name"], "met by %d tests" % len(tests.met_by.get(mutant["id"], []))), flush=True)
    return survived


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", help="where to write what was noticed by what")
    parser.add_argument("--main", default=MAIN, help="which integration tests may notice one")
    parser.add_argument("--only", action="append", help="mutants whose name holds this text")
    asked = parser.parse_args()
    try:
        built = Built(listed())
    except (FileNotFoundError, ImportError) as missing:
        # cargo install cargo-mutants; pip install tree-sitter tree-sitter-rust
        print("skipped: %s is not installed" % (getattr(missing, "name", None) or missing))
        sys.exit(1 if os.environ.get("SALTCELLAR_PEERS") == "required" else 0)
    lib, whole = built.until_it_builds()
    wanted = [one for one in built.every if one["id"] in set(built.placed)
              and (not asked.only or any(text in one["name"] for text in asked.only))]
    print("%d listed, %d built, %s" % (len(built.every), len(built.placed), _counts(built.left_out)), flush=True)
    noticed, left = {}, wanted
    for program, chosen, workers in ((lib, (), WORKERS), (whole, asked.main.split(), 1)):
        tests = Tests(program, chosen, workers)
        tests.look()
        print("%d tests looked at" % len(tests.names), flush=True)
        left = put(left, tests, noticed)
        print("%d survived them" % len(left), flush=True)
    ON.unlink(missing_ok=True)
    if asked.json:
        names = {one["id"]: one["name"] for one in built.every}
        told = {"noticed": noticed, "survived": [one["name"] for one in left],
                "left_out": {names[number]: why for number, why in built.left_out.items()}}
        Path(asked.json).write_text(json.dumps(told, indent=1), encoding="utf-8")
    kinds = [(one["name"], _kind(one)) for one in left]
    unknown = [name for name, kind in kinds if kind is None]
    still_open = [name for name, kind in kinds if kind == "open"]
    print("%d noticed, %d survived: %d harmless, %d open, %d new" % (
        len(noticed), len(left), len(left) - len(still_open) - len(unknown), len(still_open), len(unknown)))
    print("\n".join(unknown))
    sys.exit(1 if unknown or not wanted else 0)


def _counts(reasons):
    told = list(reasons.values())
    return ", ".join("%d %s" % (told.count(why), why) for why in sorted(set(told)))


def _kind(mutant):
    """What every_mutant.toml says of it: "harmless", "open" or nothing. Without line numbers: they move."""
    name = re.sub(r":\d+:\d+:", ":", mutant["name"])
    known = tomllib.loads(KNOWN.read_text(encoding="utf-8"))
    found = (kind for kind in ("harmless", "open") for one in known.get(kind, [])
             if any(re.search(expression, name) for expression in one["names"]))
    return next(found, None)


if __name__ == "__main__":
    main()
