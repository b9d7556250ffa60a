#!/usr/bin/env python3
"""The table of the promises: what each asks, what the last run reached, and what showed it.

    tests/fire/table.py [FOLDER]

FOLDER holds the logs of a run (target/test-logs): tests.log of `cargo test`, fire.log, fuzz.log and mutants.log, as far as
there are any. Nothing is judged here but by what they say; what did not run is said to be so. Ends with 1 if a promise failed.
"""
import re
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOGS = HERE.parents[1] / "target" / "test-logs"


class Run:
    """What one run of the tests left in its logs."""

    def __init__(self, folder):
        self._folder = folder
        self.tests = dict(self._tests())
        self.rows = [line.split(" | ") for line in self._lines("fire") if re.match(r"(ok|FAILED|skipped) +\| G", line)]
        self.mutants = [line.split(" | ") for line in self._lines("mutants") if re.match(r"\S+ +\| G\d+ +\|", line)]
        fuzzed = self._lines("fuzz")
        self.targets = [line.split(",")[0] for line in fuzzed if line.startswith("fuzz ")]
        self.executed = sum(int(line.split()[1]) for line in fuzzed if line.startswith("stat::number_of_executed_units"))

    def _lines(self, name):
        path = self._folder / (name + ".log")
        return path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []

    def _tests(self):
        """Each test by its name, unit tests behind `lib `; whether it passed, was skipped, or failed."""
        prefix, skipped = "", None
        for line in self._lines("tests"):
            if "Running unittests src/lib.rs" in line:
                prefix = "lib "
            elif "Running " in line:
                prefix = ""
            found = re.match(r"test (\S+) \.\.\. (ok|FAILED|ignored)", line)
            if found:
                yield prefix + found.group(1), found.group(2)
            shown = re.match(r"---- (\S+) stdout ----", line)
            skipped = shown.group(1) if shown else skipped
            if skipped and line.startswith("skipped: "):
                yield prefix + skipped, "skipped"

    def of(self, names):
        """The tests that NAMES mean, and how each ended; None for one that did not run."""
        for name in names:
            if name.endswith("::"):
                found = [(test, how) for test, how in self.tests.items() if test.startswith(name)]
                yield from found or [(name, None)]
            else:
                yield name, self.tests.get(name)


def _counted(ends):
    words = {"ok": "passed", "FAILED": "FAILED", "skipped": "skipped", "ignored": "ignored", None: "not run"}
    counts = {}
    for end in ends:
        counts[words[end]] = counts.get(words[end], 0) + 1
    return ", ".join("%d %s" % (count, word) for word, count in counts.items())


def _lines(run, number, promise):
    """(asked, reached, shown by) of each way in which a promise is shown."""
    for row in run.rows:
        if row[1].strip().split(" ")[0] == number:
            yield row[2], "%s: %s" % (row[0].strip(), row[3]), "tests/run --fire"
    tests = list(run.of(promise["tests"]))
    if tests:
        yield promise["asked"], _counted(how for _, how in tests) + " of %d tests" % len(tests), _named(promise["tests"])
    for mutant in run.mutants:
        if mutant[1].strip() == number:
            yield "mutant: " + mutant[0].strip(), " | ".join(mutant[3:-1]), mutant[2]
    if number == "G9" and run.targets:
        yield promise["asked"], "%d targets, %d texts, no finding" % (len(run.targets), run.executed), "fuzz/run"


def _named(names):
    plain = [name.removesuffix("::") for name in names]
    return "cargo test: " + ", ".join(name.removeprefix("lib ") + (" (unit)" if name.startswith("lib ") else "") for name in plain)


def main():
    run = Run(Path(sys.argv[1]) if len(sys.argv) > 1 else LOGS)
    promises = tomllib.loads((HERE / "promises.toml").read_text(encoding="utf-8"))
    good = True
    print("| promise | asked | reached | shown by |\n|---|---|---|---|")
    for number, promise in promises.items():
        lines = list(_lines(run, number, promise)) or [(promise["asked"], "not run", "tests/run --full")]
        for asked, reached, by in lines:
            good &= "FAILED" not in reached and "SURVIVED" not in by
            print("| %s | %s | %s | %s |" % (number, asked, reached, by))
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
