#!/usr/bin/env python3
"""G1, where MSAL's own locks do not go together: two kinds of Python, and a Node reader that unlinks the locks of others.

Such processes lose entries by themselves, so the same four run beside a second cache without us, at the same time.
What we acknowledged must have been so; what a peer puts back later from its memory is counted apart.
"""
import threading

import caches
import ground
import peers
from ground import verdict
from kills import Campaign, lock_points

PROMISE = "G1"
KINDS = ["portalocker", "filelock", "portalocker", "filelock"]


class Reader:
    """A Node process that reads a cache again and again until told to stop."""

    def __init__(self, floor, cache):
        self._peer = peers.node_reader(floor, cache)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read)
        self.reads = 0

    def _read(self):
        while not self._stop.is_set():
            self._peer.ask("read")
            self.reads += 1
            self._stop.wait(0.1)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()
        with self._peer:
            pass


class Table:
    """A cache with its writers and its reader, and what became of what the writers acknowledged."""

    def __init__(self, floor, name, seeds):
        self.cache = floor.cache(name, seeds, token_bytes=300)
        self.writers = peers.Writers(floor, self.cache, KINDS)
        self.reader = Reader(floor, self.cache)

    def __enter__(self):
        self.reader.__enter__()
        self.writers.__enter__()
        return self

    def __exit__(self, *_):
        self.writers.__exit__()
        self.reader.__exit__()

    def figures(self):
        found = caches.Audit(self.cache)
        acknowledged = self.writers.acknowledged()
        told = "theirs %d, of which lost %d, LockErrors %d, Node reads %d" % (
            len(acknowledged), len(found.missing(acknowledged)), len(self.writers.lock_errors()), self.reader.reads)
        return told + (", torn by two of them at once" if found.corrupt else "")


def mixed_kinds(floor):
    """SIGKILLs beside two kinds of writers and a Node reader, and a control without us"""
    peers.need("node")
    kills = floor.count(30, 300)
    with Table(floor, "with-us", kills + 20) as with_us, Table(floor, "without-us", kills + 20) as without_us:
        campaign = Campaign(floor, with_us.cache, lock_points(floor))
        for seed in floor.within(40, range(kills)):
            campaign.one(seed)
    found = caches.Audit(with_us.cache)
    back = found.came_back(campaign.acknowledged)
    asked = "%d edits, most killed, beside 2 + 2 writers and a Node reader: 0 acknowledged and not so" % kills
    reached = "%s; put back later %d, ended otherwise %d; with us: %s; without us: %s" % (
        campaign.figures(), len(back), len(campaign.odd), with_us.figures(), without_us.figures())
    return verdict(PROMISE + " mixed kinds", asked, reached, [*campaign.lies, *with_us.writers.problems])


STEPS = [mixed_kinds]

if __name__ == "__main__":
    ground.main(__doc__, PROMISE, STEPS)
