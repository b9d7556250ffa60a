"""The ground under the fire: the binary, scratch folders, children that surely end, and how results are told.

Every test builds on real processes. Nothing here judges saltcellar: that is for the scripts named after a promise.
"""
import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import caches

HERE = Path(__file__).resolve().parent
PEERS = HERE.parent / "peers"
# A run of the binary that takes longer hangs: it waits for locks 20 s at most.
LIMIT = 40.0


class Skip(Exception):
    """The machine lacks what a test needs; says what."""


@dataclass(frozen=True)
class Result:
    """One line of the table. `good` is None where the test was skipped."""

    promise: str
    asked: str
    reached: str
    good: bool | None
    seconds: float = 0.0
    complaints: tuple = ()

    def line(self):
        row = "%-7s | %-20s | %s | %s | %.1f s" % (self.word(), self.promise, self.asked, self.reached, self.seconds)
        return "\n".join([row, *("          " + complaint for complaint in self.complaints)])

    def word(self):
        return {True: "ok", False: "FAILED", None: "skipped"}[self.good]


@dataclass(frozen=True)
class Ended:
    """How one run of the binary ended; `code` is negative after a signal that killed it, None after a hang."""

    code: int | None
    out: str
    err: str
    began: float
    seconds: float

    @property
    def report(self):
        try:
            return json.loads(self.out)
        except ValueError:
            return {}

    @property
    def acknowledged(self):
        """Exit 0 and the word that it was written: what must never be lost."""
        return self.code == 0 and self.report.get("written") is True

    @property
    def held_us(self):
        """How long the lock was held, in microseconds, if the report says it."""
        return self.report.get("held_us")

    def says(self):
        """The exit code and the first line of the complaint, for a failed test's report."""
        return "exit %s%s" % (self.code, (": " + self.err.strip().splitlines()[0][:100]) if self.err.strip() else "")


class Ground:
    """One session of tests: where it works, how much of it is asked, and which processes it started."""

    def __init__(self, binary, full=False, tally=None):
        self.binary = str(Path(binary).resolve())
        self.full = full
        self.tally = tally
        self.folder = Path(tempfile.mkdtemp(prefix="saltcellar-fire-"))
        self._started = []
        self._made = 0

    def count(self, short, full):
        """SHORT for CI, FULL for a release."""
        return full if self.full else short

    def within(self, seconds, numbers):
        """NUMBERS one by one, for so many SECONDS: a slow machine does fewer, never longer. Ten times as long in full."""
        end = time.monotonic() + self.count(seconds, 10 * seconds)
        for number in numbers:
            if time.monotonic() > end:
                return
            yield number

    def scratch(self, name="cache"):
        """A new empty folder."""
        self._made += 1
        folder = self.folder / ("%02d-%s" % (self._made, name))
        folder.mkdir(mode=0o700)
        return folder

    def cache(self, name, seeds, token_bytes=caches.TOKEN_BYTES):
        """The path of a new cache with SEEDS seeds in a folder of its own."""
        path = self.scratch(name) / "cache.json"
        caches.make(path, seeds, token_bytes)
        return path

    def prune(self, cache, seed, *options):
        """The command line of an edit by us: it takes one seed."""
        return [self.binary, "prune", str(cache), "--resource", caches.resource(seed), "--yes", "--json", *options]

    def edit(self, cache, seed, *options, before=()):
        """Runs an edit to its end. BEFORE is a command that runs it: strace, prlimit."""
        return self.run([*before, *self.prune(cache, seed, *options)])

    def environment(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SALTCELLAR", "XDG", "AZURE"))}
        return dict(kept, HOME=str(self.folder), LC_ALL="C", NO_COLOR="1")

    def run(self, command, limit=LIMIT, **streams):
        """Runs COMMAND to its end, at most LIMIT seconds."""
        return self.finish(self.start(command, **streams), limit)

    def start(self, command, **streams):
        """Starts COMMAND; whatever happens it ends with the session."""
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
        child = subprocess.Popen(command, env=self.environment(), text=True, **streams)
        child.began = time.time()
        self._started.append(child)
        return child

    def finish(self, child, limit=LIMIT):
        """Waits for a child; ends it by its id if it hangs."""
        code = None
        try:
            out, err = child.communicate(timeout=limit)
            code = child.returncode
        except subprocess.TimeoutExpired:
            child.kill()
            out, err = child.communicate()
        self._started.remove(child)
        return Ended(code, out or "", err or "", child.began, time.time() - child.began)

    def close(self):
        for child in self._started:
            if child.poll() is None:
                child.kill()
            child.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def litter(cache, beside=()):
    """What lies beside a cache that nobody holds, but for its undo and the names in BESIDE."""
    cache = Path(cache)
    own = {cache.name, ".%s.saltcellar-undo" % cache.name, *beside}
    return sorted(name for name in os.listdir(cache.parent) if name not in own)


def tool(name):
    """The path of a program of the system; Skip without it."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if not found:
        raise Skip("no %s" % name)
    return found


def as_root():
    """Skip unless root: mounting, chattr and the like."""
    if os.geteuid() != 0:
        raise Skip("needs root")


def verdict(promise, asked, reached, complaints):
    """A result that failed if there are complaints."""
    complaints = tuple(complaints)
    if complaints:
        reached += "; %d wrong" % len(complaints)
    return Result(promise, asked, reached, not complaints, complaints=complaints)


def measure(ground, promise, step):
    """Runs one step, which returns a Result, and times it. A missing tool or peer skips it, unless it is required."""
    began = time.monotonic()
    try:
        result = step(ground)
    except Skip as why:
        required = os.environ.get("SALTCELLAR_PEERS") == "required"
        result = Result(promise, step.__doc__.splitlines()[0], "skipped: %s" % why, False if required else None)
    seconds = time.monotonic() - began
    return replace(result, seconds=seconds)


HEAD = "%-7s | %-20s | %s" % ("", "promise", "asked | reached | seconds")


def session(binary, asked, promises):
    """Runs every step of PROMISES, (promise, steps) each, as much as was ASKED; prints the table. Whether none failed."""
    if not binary or not os.access(binary, os.X_OK):
        sys.exit("no binary %s: build it, then name it or set SALTCELLAR_BIN" % (binary or "named"))
    # Ended from outside, we still end our children.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    floor, good = Ground(binary, asked.full, asked.tally), True
    print(HEAD, flush=True)
    try:
        for promise, steps in promises:
            for step in steps:
                result = measure(floor, promise, step)
                print(result.line(), flush=True)
                good &= result.good is not False
    finally:
        floor.close()
    return good


def arguments(about):
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--full", action="store_true", help="the numbers of a release instead of those of CI")
    parser.add_argument("--tally", metavar="FILE",
                        help="what is done in rounds goes on from those that FILE tells of this binary, and adds its own to them")
    parser.add_argument("binary", nargs="?", default=os.environ.get("SALTCELLAR_BIN"),
                        help="the program under test (SALTCELLAR_BIN)")
    return parser


def main(about, promise, steps):
    """The main of each script: its steps alone, or those that --step names."""
    parser = arguments(about)
    parser.add_argument("--step", choices=[step.__name__ for step in steps], action="append")
    asked = parser.parse_args()
    chosen = [step for step in steps if not asked.step or step.__name__ in asked.step]
    sys.exit(0 if session(asked.binary, asked, [(promise, chosen)]) else 1)
