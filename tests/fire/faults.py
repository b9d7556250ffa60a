#!/usr/bin/env python3
"""G2: any system call may fail. Every call from the first temp file to the end of an edit fails by strace, with each
error it may give and with signals; then the exit code must tell what stands in the file, and nothing may be left.
"""
import os
from concurrent.futures import ThreadPoolExecutor

import caches
import ground
import tracing
from ground import litter, verdict

PROMISE = "G2"
SEEDS = 4
HANG = 10.0
# What each call may answer. Others get EIO.
ERRORS = {
    "open": ["EACCES", "EMFILE", "EIO"], "openat": ["EACCES", "ENOSPC", "EMFILE"],
    "write": ["ENOSPC", "EIO", "EDQUOT", "EINTR"], "read": ["EIO", "EINTR"], "close": ["EIO"],
    "fsync": ["EIO", "ENOSPC"], "fdatasync": ["EIO", "ENOSPC"],
    "rename": ["EXDEV", "EACCES", "EIO", "EBUSY"], "renameat": ["EXDEV", "EACCES"], "renameat2": ["EXDEV", "EACCES", "EINVAL"],
    "link": ["EPERM", "EMLINK"], "linkat": ["EPERM", "EMLINK"],
    "unlink": ["EPERM", "EIO"], "unlinkat": ["EPERM", "EIO"], "utimensat": ["EPERM", "EIO"],
    "fchmod": ["EPERM"], "fchown": ["EPERM"], "fsetxattr": ["ENOTSUP", "ENOSPC"], "flistxattr": ["EIO"],
    "flock": ["ENOLCK", "EINTR"], "fcntl": ["ENOLCK", "EINVAL"],
    "fstat": ["EIO"], "newfstatat": ["EACCES"], "statx": ["EIO", "EACCES"], "lseek": ["EIO"],
    "mmap": ["ENOMEM"], "brk": ["ENOMEM"], "mremap": ["ENOMEM"], "getrandom": ["EAGAIN"],
    "clock_nanosleep": ["EINTR"], "nanosleep": ["EINTR"],
}
SIGNALS = ["INT", "TERM"]
# Without memory no process can say what it did: it may die, but only as if it were killed.
MEMORY = {"mmap", "brk", "mremap", "madvise"}
REMOVES = {"unlink", "unlinkat"}


class Bench:
    """One folder in which one edit after the other fails."""

    def __init__(self, floor, name):
        self.floor = floor
        self.cache = floor.cache(name, SEEDS)
        self.old = self.cache.read_bytes()
        self.log = self.cache.parent.parent / (name + ".strace")
        self.missed = 0

    def reset(self):
        for name in os.listdir(self.cache.parent):
            os.unlink(self.cache.parent / name)
        descriptor = os.open(self.cache, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(self.old)

    def try_one(self, point, fault, onwards):
        """What is wrong with the edit under this fault; an empty list if nothing is."""
        self.reset()
        was = os.stat(self.cache)
        before = tracing.strace(point, fault, onwards, self.log)
        ended = self.floor.run([*before, *self.floor.prune(self.cache, 0, "--wait", "2")], limit=HANG)
        self.missed += not tracing.struck(self.log)
        wrong = [*self._lies(ended, fault), *self._remains(ended, point, fault, onwards, was)]
        return ["%s at %s%s -> %s: %s" % (fault, point, " onwards" if onwards else "", ended.says(), one)
                for one in wrong]

    def _state(self):
        return caches.state(self.cache, self.old, SEEDS)

    def _lies(self, ended, fault):
        state = self._state()
        if ended.code is None:
            yield "hangs"
        elif ended.code in (101, 134, -6):
            yield "panics"
        if state not in ("old", "new"):
            yield state
        elif fault != "signal=KILL" and (ended.code in (0, 6)) != (state == "new"):
            yield "but the %s text stands" % state

    def _remains(self, ended, point, fault, onwards, was):
        if self._state() == "old" and os.stat(self.cache).st_ino != was.st_ino:
            yield "the old file was written anew"
        if fault == "signal=KILL" or (ended.code == 134 and point.name in MEMORY):
            yield from self._next_run()
            return
        left = litter(self.cache)
        # What cannot be removed at all stays; the next run removes it.
        if left and onwards and point.name in REMOVES:
            yield from self._next_run()
        elif left:
            yield "left %s" % left

    def _next_run(self):
        """After a death, the next run must do its work and clear what was left."""
        ended = self.floor.edit(self.cache, 1, "--wait", "2")
        if not ended.acknowledged:
            yield "the next run: " + ended.says()
        elif litter(self.cache):
            yield "the next run leaves %s" % litter(self.cache)


def faults_of(point):
    errors = ["error=" + name for name in ERRORS.get(point.name, ["EIO"])]
    return errors + ["signal=" + name for name in (*SIGNALS, "KILL")]


def fire(floor, cases):
    """Tries the cases, a few at a time, each in a folder of its own: how many missed their call, and what was wrong."""
    hands = 3
    benches = [Bench(floor, "fault-%d" % number) for number in range(hands)]

    def part(number):
        return [wrong for case in cases[number::hands] for wrong in benches[number].try_one(*case)]

    with ThreadPoolExecutor(hands) as pool:
        wrong = [wrong for found in pool.map(part, range(hands)) for wrong in found]
    return sum(bench.missed for bench in benches), wrong


def _judged(what, asked, points, cases, floor):
    missed, wrong = fire(floor, cases)
    if missed > len(cases) // 50:
        wrong.append("%d faults met no call" % missed)
    kinds = {point.name for point in points}
    reached = "%d points of %d calls, %d runs" % (len(points), len(kinds), len(cases) - missed)
    return verdict("%s %s" % (PROMISE, what), asked, reached, wrong)


def one_fault(floor):
    """Every call fails once"""
    points = tracing.points(floor, floor.cache("trace", SEEDS), 0)
    cases = [(point, fault, False) for point in points for fault in faults_of(point)]
    asked = "every call x its errors and signals: exit 0 or 6 iff the new text stands, nothing left"
    return _judged("one fault", asked, points, cases, floor)


def lasting_fault(floor):
    """Every call fails from some moment on"""
    points = tracing.points(floor, floor.cache("trace", SEEDS), 0)
    # In CI the disk alone turns bad.
    calls = set(ERRORS) if floor.full else {"write", "fsync", "rename", "utimensat", "unlink", "link", "renameat2"}
    errors = [(point, fault) for point in points if point.name in calls for fault in faults_of(point)]
    # A call that is interrupted for ever is no fault that a machine has.
    cases = [(point, fault, True) for point, fault in errors if fault.startswith("error=") and fault != "error=EINTR"]
    asked = "the same with every later call of that name failing too"
    return _judged("lasting fault", asked, points, cases, floor)


def unconfirmed(floor):
    """What fails after the rename cannot undo it: exit 6 says that the disk has not confirmed it"""
    points = tracing.points(floor, floor.cache("trace", SEEDS), 0)
    renamed = next(at for at, point in enumerate(points) if point.name == "rename" and ".lockfile" not in point.line)
    undone = next(at for at in range(renamed, len(points)) if '.tmp", O_' in points[at].line)
    late = [point for point in points[renamed:undone] if point.name in ("fsync", "utimensat")]
    cache, wrong = floor.cache("late", len(late) + 2), []
    for seed, point in enumerate(late):
        ended = floor.edit(cache, seed, before=tracing.strace(point, "error=EIO"))
        if ended.code != 6 or ended.report.get("durable") is not False or caches.stands(cache, seed):
            wrong.append("EIO at %s -> %s" % (point, ended.says()))
    if not {"fsync", "utimensat"} <= {point.name for point in late}:
        wrong.append("the trace shows no late stamp and sync")
    asked = "the stamp and the folder's sync after the rename fail: written, exit 6"
    return verdict(PROMISE + " unconfirmed", asked, "%d points" % len(late), wrong)


def no_threads(floor):
    """At the limit of processes a large cache is read without threads"""
    large = 5000
    cache, wrong = floor.cache("large", large, token_bytes=900), []
    for seed, first in enumerate((1, 4)):
        # All of them, and all but those of the first reading.
        point = tracing.Point("clone3", first, "a new thread")
        ended = floor.edit(cache, seed, before=tracing.strace(point, "error=EAGAIN", onwards=True))
        if not ended.acknowledged:
            wrong.append("no thread from the %dth on: %s" % (first, ended.says()))
    asked = "a cache of %d entries, threads refused: edited all the same" % large
    return verdict(PROMISE + " no threads", asked, "2 edits", wrong)


STEPS = [one_fault, lasting_fault, unconfirmed, no_threads]

if __name__ == "__main__":
    ground.main(__doc__, PROMISE, STEPS)
