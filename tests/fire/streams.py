#!/usr/bin/env python3
"""G3: exit codes tell the truth. Standard output full, closed, or read by nobody: no panic, and the code of a change
says whether it was made.
"""
import os
import subprocess

import caches
import ground
from ground import litter, verdict

PROMISE = "G3"
PANICS = (101, 134, -6)


def _full():
    return os.open("/dev/full", os.O_WRONLY)


def _unread():
    """The writing end of a pipe whose reader has gone, as under `| head -c0`."""
    reader, writer = os.pipe()
    os.close(reader)
    return writer


# What becomes of a stream, and which codes `list` may then end with: a full disk is an error, a lost reader is none.
STREAMS = {"full": (_full, {1}), "unread": (_unread, {0}), "closed": (None, {0, 1})}


class Stream:
    """One of our streams in a bad state."""

    def __init__(self, name, state):
        self.name, self.state = name, state
        self._make, self.list_codes = STREAMS[state]

    def run(self, floor, command):
        if self._make is None:
            # A shell closes it; the program's own runtime opens /dev/null in its place.
            number = {"stdout": 1, "stderr": 2}[self.name]
            return floor.run(["sh", "-c", 'exec "$@" %d>&-' % number, "sh", *command])
        descriptor = self._make()
        other = {"stdout": "stderr", "stderr": "stdout"}[self.name]
        try:
            return floor.run(command, **{self.name: descriptor, other: subprocess.PIPE})
        finally:
            os.close(descriptor)


def _list(floor, stream, form):
    cache = floor.cache("list", 3)
    was = caches.digest(cache)
    ended = stream.run(floor, [floor.binary, "list", str(cache), *form])
    codes = stream.list_codes if stream.name == "stdout" else {0}
    if ended.code not in codes:
        yield ended.says()
    if caches.digest(cache) != was or litter(cache):
        yield "list changed something"


def _prune(floor, stream, form):
    cache = floor.cache("prune", 3)
    was = caches.digest(cache)
    command = [word for word in floor.prune(cache, 1) if word != "--json"]
    ended = stream.run(floor, [*command, *form])
    written = caches.digest(cache) != was
    if ended.code in PANICS or ended.code is None:
        yield ended.says()
    if (ended.code in (0, 6)) != written:
        yield "%s, and %s was written" % (ended.says(), "it" if written else "nothing")
    if not written:
        yield "a bad stream kept it from its work"
    if litter(cache):
        yield "left %s" % litter(cache)


def bad_streams(floor):
    """Every command form with every stream in every bad state"""
    wrong, runs = [], 0
    for name in ("stdout", "stderr"):
        for state in STREAMS:
            stream = Stream(name, state)
            for form in ([], ["--json"]):
                for command in (_list, _prune):
                    runs += 1
                    what = "%s %s, %s %s" % (name, state, command.__name__[1:], " ".join(form))
                    wrong += ["%s: %s" % (what, one) for one in command(floor, stream, form)]
    asked = "list and prune, plain and JSON, with stdout or stderr full, closed, unread: no panic, codes true"
    return verdict(PROMISE + " streams", asked, "%d runs" % runs, wrong)


STEPS = [bad_streams]

if __name__ == "__main__":
    ground.main(__doc__, PROMISE, STEPS)
