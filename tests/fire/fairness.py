#!/usr/bin/env python3
"""G6: a fair, clean lock. What our holds do to MSAL processes that wait, and that no signal leaves a lock behind."""
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import ground
import peers
from beside import Account
from ground import litter, verdict

PROMISE = "G6"
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT]
# MSAL tries about every 250 ms for 5 s: a share of the wait that cannot cost it one of its twenty tries.
OUR_SHARE = 0.05
# Where somebody waits for a processor for more than this share of the time, a hold lasts as long as its process is kept
# from running: then LockErrors are told and not judged.
CROWDED = 0.75


class Crowd:
    """How much of the time since it was made some process of the machine waited for a processor."""

    def __init__(self):
        self._began, self._waited = time.monotonic(), _cpu_waited()

    def share(self):
        """From 0 to 1; None where the kernel does not tell."""
        waited = _cpu_waited()
        return None if waited is None else (waited - self._waited) / (time.monotonic() - self._began)


def _cpu_waited():
    try:
        with open("/proc/pressure/cpu", encoding="ascii") as told:
            return int(told.readline().split("total=")[1]) / 1e6
    except OSError:
        return None


class Holds:
    """The log of our holds: when each edit ran, and how long of it the lock was ours."""

    def __init__(self):
        self.runs, self.micros, self.floor = [], [], []

    def note(self, ended):
        self.runs.append((ended.began, ended.began + ended.seconds, ended.held_us or 0))
        if ended.held_us is not None:
            self.micros.append(ended.held_us)

    def share(self, began, ended):
        """The largest share of this wait that our holds may have taken."""
        ours = sum(held for start, end, held in self.runs if start < ended and end > began)
        return ours / 1e6 / max(ended - began, 0.001)

    def note_floor(self, cache):
        """What nobody can do faster: a rename over a file of this size, and its time stamped."""
        temp, target = (cache.parent / ("floor-" + name) for name in ("temp", "target"))
        temp.write_bytes(cache.read_bytes())
        with open(temp, "rb") as file:
            os.fsync(file.fileno())
            began = time.perf_counter()
            os.rename(temp, target)
            os.utime(file.fileno())
            self.floor.append((time.perf_counter() - began) * 1e6)
        target.unlink()

    def told(self):
        if not self.micros:
            return "holds not reported"
        return "held %s (a rename and stamp alone: %s)" % (_ranked(self.micros), _ranked(self.floor))


def _ranked(micros):
    ranked = sorted(micros)
    at = [ranked[min(len(ranked) - 1, int(len(ranked) * part))] for part in (0.5, 0.99)]
    return "p50 %.2f, p99 %.2f, max %.2f ms" % (at[0] / 1e3, at[1] / 1e3, ranked[-1] / 1e3)


def once_a_second(floor):
    """One edit a second beside four writers, and four writers without us side by side"""
    seconds = floor.count(60, 600)
    cache = floor.cache("with-us", seconds + 2, token_bytes=300)
    control = floor.cache("without-us", seconds + 2, token_bytes=300)
    kinds, holds, removed, odd, crowd = ["filelock"] * 4, Holds(), [], [], Crowd()
    with peers.Writers(floor, cache, kinds) as beside, peers.Writers(floor, control, kinds) as alone:
        end = time.monotonic() + seconds
        for seed in range(seconds):
            if time.monotonic() > end:
                break
            next_second = time.monotonic() + 1
            ended = floor.edit(cache, seed)
            holds.note(ended)
            holds.note_floor(cache)
            removed.append(seed) if ended.acknowledged else odd.append(ended.says())
            time.sleep(max(0.0, next_second - time.monotonic()))
    return _judged(seconds, holds, Account(cache, beside, removed, []), Account(control, alone, [], []), odd,
                   beside.lock_errors(), crowd.share())


def _judged(seconds, holds, with_us, without_us, odd, lock_errors, crowded):
    shares = [holds.share(began, ended) for began, ended in lock_errors]
    ours = [share for share in shares if share > OUR_SHARE]
    complaints = [*with_us.complaints(), *odd]
    is_crowded = crowded is not None and crowded > CROWDED
    if ours and not is_crowded:
        complaints.append("%d LockErrors are ours: up to %.0f %% of the wait" % (len(ours), 100 * max(ours)))
    asked = "an edit a second for %d s beside 4 writers: 0 of their LockErrors are ours" % seconds
    reached = "%d edits, %s; with us: %s; without us: %s; ours %d" % (
        len(holds.runs), holds.told(), with_us.figures(), without_us.figures(), len(ours))
    if crowded is not None:
        reached += "; a processor was waited for %.0f %% of the time%s" % (
            100 * crowded, ", so that LockErrors are not judged" if is_crowded else "")
    return verdict(PROMISE + " fairness", asked, reached, complaints)


def signals(floor):
    """Every catchable signal at random points of an edit"""
    asked = "INT, TERM, HUP, QUIT at 30 random points each: no lock, no temp, codes true"
    return _signals(floor, "signals", asked, lambda number: [number])


def two_signals(floor):
    """Two signals at once: a terminal that closes hangs up its foreground, and its shell hangs up the same process"""
    asked = "each of them and a hang-up directly after it at 30 random points: no lock, no temp, codes true"
    return _signals(floor, "two signals", asked, lambda number: [number, signal.SIGHUP])


def _signals(floor, what, asked, sent):
    times, old = 30, floor.cache("usual", 2).read_bytes()
    cache = floor.cache("signals", 2)
    # Most of them early: the last 60 ms of an edit are a look back.
    usual = max(floor.edit(floor.cache("usual", 2), 0).seconds for _ in range(2))
    unwritten, wrong = 0, []
    for number in SIGNALS:
        for _ in range(times):
            _refill(cache, old)
            ended = _signalled(floor, cache, sent(number), 1.1 * usual * random.random() ** 2)
            written = cache.read_bytes() != old
            unwritten += not written
            wrong += ["%s: %s" % (number.name, one) for one in _after_signals(cache, ended, sent(number), written)]
    runs = times * len(SIGNALS)
    reached = "%d runs, %d not written, %d written" % (runs, unwritten, runs - unwritten)
    return verdict("%s %s" % (PROMISE, what), asked, reached, wrong)


def _refill(cache, text):
    for name in os.listdir(cache.parent):
        os.unlink(cache.parent / name)
    cache.write_bytes(text)
    cache.chmod(0o600)


def _signalled(floor, cache, numbers, delay):
    child = floor.start(floor.prune(cache, 0))
    time.sleep(delay)
    for number in numbers:
        child.send_signal(number)
    return floor.finish(child)


def _after_signals(cache, ended, numbers, written):
    if litter(cache):
        yield "left %s" % litter(cache)
    # A death by the signal itself, before our handlers stand, is reported as its negative number.
    unwritten = {code for number in numbers for code in (128 + number, -number)}
    if written and ended.code not in (0, 6) or not written and ended.code not in unwritten:
        yield "%s, %s" % (ended.says(), "written" if written else "not written")


def waiting_for_another(floor):
    """Signals while we wait for somebody else's lock, and the lock itself: never touched"""
    cache = floor.cache("foreign", 2)
    lock, old, wrong = Path(str(cache) + ".lockfile"), cache.read_bytes(), []
    notes = {"a living process's": "%d az" % os.getpid(), "a dead process's": "%d az" % _dead_pid(), "an empty one": ""}
    for whose, note in notes.items():
        lock.write_text(note, encoding="utf-8")
        ended = floor.edit(cache, 0, "--wait", "1")
        if ended.code != 5:
            wrong.append("%s lock: %s" % (whose, ended.says()))
        for number in SIGNALS:
            ended = _signalled(floor, cache, [number], 0.5)
            if ended.code != 128 + number:
                wrong.append("%s while waiting for %s lock: %s" % (number.name, whose, ended.says()))
        if not lock.exists() or lock.read_text(encoding="utf-8") != note or cache.read_bytes() != old:
            wrong.append("%s lock was not respected" % whose)
        if litter(cache, [lock.name]):
            wrong.append("left %s" % litter(cache, [lock.name]))
    asked = "another's lock (alive, dead, empty): exit 5, never removed, 4 signals each end the wait cleanly"
    return verdict(PROMISE + " another's lock", asked, "%d locks, %d signals" % (len(notes), 4 * len(notes)), wrong)


def _dead_pid():
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def own_stale_lock(floor):
    """Our own lock, left by a run that was killed, goes at once"""
    times, slowest, wrong = 10, 0.0, []
    cache = floor.cache("stale", times + 2)
    lock = Path(str(cache) + ".lockfile")
    free = floor.edit(cache, times).seconds
    for seed in range(times):
        lock.write_text(own_note(_dead_pid()), encoding="utf-8")
        ended = floor.edit(cache, seed)
        slowest = max(slowest, ended.seconds)
        if not ended.acknowledged or litter(cache):
            wrong.append("%s, left %s" % (ended.says(), litter(cache)))
    if slowest > 10 * free + 1:
        wrong.append("the slowest took %.2f s, without a lock it is %.2f s" % (slowest, free))
    asked = "our own stale lock: removed by the next edit without a wait"
    return verdict(PROMISE + " own stale lock", asked, "%d of %d, slowest %.2f s" % (times - len(wrong), times, slowest),
                   wrong)


def own_note(pid):
    """What stands in a lock of ours: `<pid> saltcellar <boot id> <pid namespace>`."""
    with open("/proc/sys/kernel/random/boot_id", encoding="utf-8") as boot:
        namespace = os.readlink("/proc/self/ns/pid").removeprefix("pid:[").removesuffix("]")
        return "%d saltcellar %s %s" % (pid, boot.read().strip(), namespace)


STEPS = [once_a_second, signals, two_signals, waiting_for_another, own_stale_lock]

if __name__ == "__main__":
    ground.main(__doc__, PROMISE, STEPS)
