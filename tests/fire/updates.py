#!/usr/bin/env python3
"""G5: no lost update. Edits beside MSAL processes that search and write: nothing that either side acknowledged is lost.

MSAL Python reloads only if the file's time is later than its last sync. A process whose unlocked reload spans our
rename has read the old text and synced later than we wrote: only a time stamp that lies ahead makes it look again.
"""
import json
import subprocess

import beside
import caches
import ground
import peers
from ground import Skip, as_root, tool, verdict

PROMISE = "G5"


def _beside(floor, kind):
    # Round after round: in a cache of thousands of entries the writers would mostly read and print.
    edits, rounds = floor.count(100, 250), floor.count(1, 20)
    tally = beside.Tally(floor, "%s %s, %d edits" % (PROMISE, kind, edits))
    while len(tally.rounds) < rounds:
        tally.add(*_round(floor, kind, edits))
    asked = "%d edits beside 4 %s processes that search and write: 0 lost on either side" % (rounds * edits, kind)
    return verdict(PROMISE + " " + kind, asked, tally.figures(), tally.complaints())


def _round(floor, kind, edits):
    """So many edits beside four writers: how many were acknowledged, the account, and how the others ended."""
    spare = 20
    cache = floor.cache("updates-" + kind, edits + spare, token_bytes=300)
    removed, odd, untouched = [], [], set(range(edits + spare))
    with peers.Writers(floor, cache, [kind] * 4) as writers:
        for seed in floor.within(60, range(edits)):
            untouched.discard(seed)
            ended = floor.edit(cache, seed)
            removed.append(seed) if ended.acknowledged else odd.append(ended.says())
    return len(removed), beside.Account(cache, writers, removed, untouched), odd


def beside_portalocker(floor):
    """Edits beside four processes that lock by portalocker"""
    return _beside(floor, "portalocker")


def beside_filelock(floor):
    """Edits beside four processes that lock by existence"""
    return _beside(floor, "filelock")


class Reloads:
    """Edits of ours, each beside a process that reloads all the time and saves when it sees the file replaced."""

    def __init__(self, floor, cache, trials):
        self.trials, self.tried, self.spanned, self.wrong = trials, 0, 0, []
        with peers.Talker(floor, peers.command("filelock", "reload", cache)) as peer:
            for seed in floor.within(60, range(trials)):
                self.tried += 1
                self._try(floor, cache, peer, seed)

    def _try(self, floor, cache, peer, seed):
        peer.ask(caches.resource(seed))
        ended = floor.edit(cache, seed)
        self.spanned += json.loads(peer.hear())["stale"]
        if not ended.acknowledged:
            self.wrong.append(ended.says())
        elif seed in caches.seeds_in(cache.read_text(encoding="utf-8")):
            self.wrong.append("edit %d undone by the next save" % seed)

    def judged(self, what, asked):
        # A race that never ran shows nothing.
        if self.spanned < self.tried // 4:
            self.wrong.append("only %d of %d reloads spanned the rename" % (self.spanned, self.tried))
        survived = self.tried - len(self.wrong)
        reached = "%d of %d survived; %d reloads spanned the rename" % (survived, self.tried, self.spanned)
        return verdict("%s %s" % (PROMISE, what), asked, reached, self.wrong)


def reload_window(floor):
    """A process with 1,000 entries reloads while we rename, then saves"""
    trials = 60
    asked = "%d edits within a reload of 1,000 entries: all survive the next save" % trials
    return Reloads(floor, floor.cache("reload", 1000 + trials), trials).judged("reload window", asked)


class SmallInodes:
    """An ext4 whose inodes of 128 bytes keep whole seconds only, in a file of its own, while the test runs."""

    def __init__(self, floor):
        as_root()
        self._floor, self._folder = floor, floor.scratch("ext4")
        self.path = self._folder / "mounted"

    def __enter__(self):
        image = self._folder / "image"
        self.path.mkdir()
        with open(image, "wb") as file:
            file.truncate(64 << 20)
        _do(tool("mkfs.ext4"), "-q", "-F", "-I", "128", str(image))
        _do(tool("mount"), "-o", "loop", str(image), str(self.path))
        return self

    def __exit__(self, *_):
        _do(tool("umount"), str(self.path))


def _do(*command):
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise Skip("%s: %s" % (command[0], done.stderr.strip()[:80]))


def whole_seconds(floor):
    """The same on ext4 with inodes of 128 bytes, which keep whole seconds only"""
    trials = floor.count(20, 60)
    peers.need("python-filelock")
    asked = "%d such edits where file times are whole seconds: all survive" % trials
    with SmallInodes(floor) as disk:
        cache = disk.path / "cache.json"
        caches.make(cache, 1000 + trials)
        return Reloads(floor, cache, trials).judged("whole seconds", asked)


def _between_saves(floor, words, trials):
    """MSAL saves, we edit straight after, MSAL saves again: how many were tried, and what did not survive."""
    cache = floor.cache("between", trials + 2)
    tried, wrong = 0, []
    with peers.Talker(floor, peers.command("portalocker", "save", cache, *words)) as peer:
        for seed in floor.within(40, range(trials)):
            tried += 1
            peer.ask("save")
            ended = floor.edit(cache, seed)
            peer.ask("save")
            if not ended.acknowledged:
                wrong.append(ended.says())
            elif seed in caches.seeds_in(cache.read_text(encoding="utf-8")):
                wrong.append("edit %d undone by the next save" % seed)
    return tried, wrong


def between_saves(floor):
    """An edit between two saves of one MSAL process"""
    trials = floor.count(60, 300)
    tried, wrong = _between_saves(floor, [], trials)
    asked = "%d edits, each straight after a save of MSAL and before the next: all survive" % trials
    return verdict(PROMISE + " between saves", asked, "%d of %d survived" % (tried - len(wrong), tried), wrong)


def clock_set_back(floor):
    """An edit after the clock was set back: the file and MSAL's last sync lie in the future"""
    trials = floor.count(10, 60)
    tried, wrong = _between_saves(floor, ["--ahead", 3600], trials)
    asked = "%d edits with the clock an hour behind the file's time: all survive" % trials
    return verdict(PROMISE + " clock set back", asked, "%d of %d survived" % (tried - len(wrong), tried), wrong)


STEPS = [beside_portalocker, beside_filelock, reload_window, whole_seconds, between_saves, clock_set_back]

if __name__ == "__main__":
    ground.main(__doc__, PROMISE, STEPS)
