#!/usr/bin/env python3
"""G1, where MSAL's own locks do not go together: two kinds of Python, and a Node reader that unlinks the locks of others.

Such processes lose entries by themselves, so the same four run beside a second cache without us, at the same time.
What we acknowledged must have been so; what a peer puts back later from its memory is counted apart.
"""
import json
import threading
import time
from collections import Counter

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


class NodeTable:
    """A cache with two Node writers for so many seconds, and what became of what they acknowledged."""

    def __init__(self, floor, name, seconds):
        self.cache = floor.cache(name, 2 * seconds + 20, token_bytes=300)
        self._floor, self.reports = floor, []
        self._running = [floor.start(peers.node_writer(self.cache, seconds, "n%d" % number)) for number in range(2)]

    def end(self):
        ended = [self._floor.finish(child, 120) for child in self._running]
        self.reports = [json.loads(one.out.splitlines()[-1]) if one.code == 0 else {"acked": [], "errors": {one.says(): 1}}
                        for one in ended]

    def figures(self):
        acknowledged = {target for report in self.reports for target in report["acked"]}
        errors = sum(sum(report["errors"].values()) for report in self.reports)
        # Node may leave a torn file: its lock is removed by its own reads.
        found = caches.Audit(self.cache)
        kept = {target for target in acknowledged if target in found.text}
        return "acknowledged %d, lost %d, errors %d%s" % (
            len(acknowledged), len(acknowledged - kept), errors, ", torn" if found.corrupt else "")


def beside_node(floor):
    """Edits beside two Node writers, and a control without us: what Node loses by itself, and whether we lose anything"""
    seconds = floor.count(15, 120)
    with_us, without_us = NodeTable(floor, "node-with-us", seconds), NodeTable(floor, "node-without-us", seconds)
    acknowledged, lies, odd, end = {}, [], 0, time.monotonic() + seconds
    for seed in range(2 * seconds):
        if time.monotonic() > end:
            break
        began = time.monotonic()
        ended = floor.edit(with_us.cache, seed)
        if ended.acknowledged:
            # What stood there 60 ms after our lock: what Node has put back from its memory by then is named.
            acknowledged[seed] = ended.report.get("read_back")
            if ended.report.get("durable") is not True:
                lies.append("seed %d: %s" % (seed, ended.says()))
        else:
            odd += 1
        time.sleep(max(0.0, 0.5 - (time.monotonic() - began)))
    with_us.end()
    without_us.end()
    back = caches.Audit(with_us.cache).came_back(acknowledged)
    asked = "an edit each half second for %d s beside 2 Node writers: each acknowledged one stood, or is named as put back" % seconds
    seen = Counter(acknowledged.values())
    told = ", ".join("%s %d" % (how, count) for how, count in sorted(seen.items()))
    lies += ["seed %d: nobody looked back" % seed for seed, how in acknowledged.items() if how is None]
    reached = "ours %d acknowledged (60 ms later: %s), %d refused, put back by Node from its memory %d; Node with us: %s; " \
        "without us: %s" % (len(acknowledged), told, odd, len(back), with_us.figures(), without_us.figures())
    return verdict(PROMISE + " beside Node", asked, reached, lies)


STEPS = [mixed_kinds, beside_node]

if __name__ == "__main__":
    ground.main(__doc__, PROMISE, STEPS)
