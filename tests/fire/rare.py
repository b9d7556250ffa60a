#!/usr/bin/env python3
"""G5 and G6, rare company: a peer that still holds the old file open, one that saves without a lock when it ends, and
processes that cannot see one another.
"""
import json
import os
import subprocess
import sys

import caches
import fairness
import ground
import peers
import tracing
from ground import Skip, as_root, litter, tool, verdict

PROMISE = "G5"
# An app as MSAL Python's own documentation shows it: read at the start, written at the end, without a lock.
APP = """
import atexit, sys
file = open(sys.argv[1])
text = file.read()
if "keeps it open" not in sys.argv:
    file.close()
atexit.register(lambda: open(sys.argv[1], "w").write(text))
print("read", flush=True)
sys.stdin.readline()
"""


def held_open(floor):
    """A peer that opened the cache with O_TRUNC before our rename, and writes through that descriptor after it"""
    wrong = []
    for rest in (0, 100, None):
        cache = floor.cache("held-open", 4)
        text = cache.read_bytes()
        # Whole, cut off, or just emptied: whatever it has written of its text when we come.
        with open(cache, "wb", buffering=0) as peer:
            peer.write(text if rest is None else text[:rest])
            ended = floor.edit(cache, 1)
            seen = cache.read_bytes()
            peer.seek(0)
            peer.truncate()
            peer.write(text)
        wrong += ["%s of its text written: %s" % (rest, one) for one in _held(cache, ended, seen, text, rest)]
    asked = "a peer writes in place without a lock while we edit: our text stands whole, or theirs untouched"
    return verdict(PROMISE + " held open", asked, "emptied, cut off and whole: 3 of 3 tried", wrong)


def _held(cache, ended, seen, text, rest):
    now = cache.read_bytes()
    if rest is None:
        # Its descriptor leads to the old file, which nobody sees any more.
        if not ended.acknowledged or caches.stands(cache, 1) or now != seen:
            yield "%s, and it came back" % ended.says()
    elif ended.acknowledged or seen != text[:rest] or now != text:
        yield "%s, and its text was touched" % ended.says()
    if litter(cache):
        yield "left %s" % litter(cache)


def saved_at_exit(floor):
    """An app without a lock that saves when it ends what it read when it began"""
    cache, wrong = floor.cache("at-exit", 4), []
    app = _app(floor, cache)
    told = floor.run([floor.binary, "prune", str(cache), "--resource", caches.resource(1), "--dry-run"])
    if "close the app first" not in told.err or "has it open" in told.err:
        wrong.append("nobody is told to close the app: %s" % told.says())
    edited = floor.edit(cache, 1)
    if not edited.acknowledged or "open_in" in edited.report:
        wrong.append("not written while it runs, or said to be open: %s" % edited.out)
    _end(floor, app)
    came_back = caches.stands(cache, 1)
    again = floor.edit(cache, 1)
    if not again.acknowledged or caches.stands(cache, 1):
        wrong.append("an edit after its end: %s" % again.says())
    asked = "told beforehand to close the app; an edit after the app has ended stands"
    reached = "told; %s by the app's end, gone for good after it" % ("put back" if came_back else "not put back")
    return verdict(PROMISE + " saved at exit", asked, reached, wrong)


def kept_open(floor):
    """An app that keeps the cache open: named before the change and after it, until it has ended"""
    cache, wrong = floor.cache("kept-open", 4), []
    app = _app(floor, cache, "keeps it open")
    name = "(pid %d) has it open" % app.pid
    look = [floor.binary, "prune", str(cache), "--resource", caches.resource(1), "--dry-run"]
    told = floor.run(look)
    if name not in told.err:
        wrong.append("it is not named before: %s" % told.err)
    edited = floor.edit(cache, 1)
    if not edited.acknowledged or [one["pid"] for one in edited.report.get("open_in", [])] != [app.pid]:
        wrong.append("it is not named after: %s" % edited.out)
    _end(floor, app)
    if "has it open" in floor.run(look).err or "open_in" in floor.edit(cache, 2).report:
        wrong.append("it is named after its end")
    asked = "an app that keeps the cache open is named before and after a change, and no more once it has ended"
    return verdict(PROMISE + " kept open", asked, "named twice of 2", wrong)


def _app(floor, cache, *words):
    """An app that has read CACHE and will save it when it ends."""
    app = floor.start([sys.executable, "-c", APP, str(cache), *words], stdin=subprocess.PIPE)
    app.stdout.readline()
    return app


def _end(floor, app):
    app.stdin.write("\n")
    app.stdin.close()
    app.stdin = None
    floor.finish(app)


def namespaces(floor):
    """A lock of ours from another process namespace: its pid means nothing here, living or dead"""
    as_root()
    cache, wrong = floor.cache("namespaces", 6), []
    lock = cache.parent / (cache.name + ".lockfile")
    apart = [tool("unshare"), "--pid", "--fork", "--mount-proc"]
    # Where the lock is held and the new file has its place.
    points = tracing.while_locked(tracing.points(floor, floor.cache("trace", 4), 0))
    point = next(point for point in points if point.name == "rename" and ".lockfile" not in point.line)
    killed = floor.run([*apart, *tracing.strace(point, "signal=KILL"), *floor.prune(cache, 0)])
    if not lock.exists():
        raise Skip("no run could be killed in a namespace: %s" % killed.says())
    note = lock.read_text(encoding="utf-8")
    ended = floor.edit(cache, 1, "--wait", "1")
    cleared = floor.run([floor.binary, "lock", "clear", str(cache), "--yes"])
    if ended.code != 5 or cleared.code == 0 or not lock.exists() or lock.read_text(encoding="utf-8") != note:
        wrong.append("from outside: %s, lock clear: %s" % (ended.says(), cleared.says()))
    if "cannot be seen from here" not in cleared.err:
        wrong.append("lock clear does not say why: %s" % cleared.says())
    # A lock of a living process out here is as foreign in there.
    sleeper = floor.start(["sleep", "60"])
    lock.write_text("%d %s" % (sleeper.pid, note.split(" ", 1)[1].replace(note.split()[-1], _namespace())), encoding="utf-8")
    inside = floor.run([*apart, *floor.prune(cache, 2, "--wait", "1")])
    if inside.code != 5 or not lock.exists():
        wrong.append("from inside: %s" % inside.says())
    sleeper.kill()
    floor.finish(sleeper)
    asked = "unshare -p: a lock from the other side is never judged, living or dead; exit 5 and the reason"
    return verdict("G6 namespaces", asked, "killed inside and seen outside, held outside and met inside", wrong)


def _namespace():
    return os.readlink("/proc/self/ns/pid").removeprefix("pid:[").removesuffix("]")


def dotnet_watcher(floor):
    """A .NET app that watches the cache: it reloads on Changed and Deleted, and a rename alone is neither"""
    cache, wrong = floor.cache("watched", 4), []
    watching = floor.start(peers.watcher(cache, 6))
    watching.stdout.readline()
    if not floor.edit(cache, 1).acknowledged:
        wrong.append("not written")
    told = json.loads(floor.finish(watching, 60).out.splitlines()[-1])
    if not told["changed"]:
        wrong.append("it is not told of a change: the stamp behind the rename is what tells it")
    asked = "an edit beside a real .NET file watcher: Changed, on which MSAL.NET reloads, not Renamed alone"
    return verdict(PROMISE + " .NET watcher", asked, ", ".join("%s %d" % one for one in told.items()), wrong)


# Each library's wait for a lock that exists and that nobody holds. None: it goes by the kernel's locks alone.
LIBRARIES = ["python-filelock", "python-portalocker", "go", "java", "dotnet", "node"]


def left_behind(floor):
    """A lock that a killed run of ours left: what each library waits for it, and that our next run ends it"""
    waits, wrong = [], []
    running = []
    for name in LIBRARIES if floor.full else LIBRARIES[:-1]:
        try:
            peers.need(name)
        except Skip:
            waits.append("%s not here" % name)
            continue
        cache = floor.cache("left-" + name, 3)
        lock = cache.parent / (cache.name + ".lockfile")
        lock.write_text(fairness.own_note(_dead_pid()), encoding="utf-8")
        running.append((name, cache, lock, floor.start(peers.waiter(name, cache))))
    for name, cache, lock, child in running:
        told = json.loads(floor.finish(child, 90).out.splitlines()[-1])
        waits.append("%s %.1f s, %s" % (name, told["seconds"], told["error"] or told["outcome"]))
        ended = floor.edit(cache, 0)
        if not ended.acknowledged or litter(cache):
            wrong.append("%s: our next run: %s, left %s" % (name, ended.says(), litter(cache)))
    if not running:
        raise Skip("no library is here")
    asked = "our own lock, left by a SIGKILL: what each library waits, and the next run of ours clears it"
    return verdict("G6 left behind", asked, "; ".join(waits), wrong)


def _dead_pid():
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


STEPS = [held_open, saved_at_exit, kept_open, dotnet_watcher, namespaces, left_behind]

if __name__ == "__main__":
    ground.main(__doc__, PROMISE, STEPS)
