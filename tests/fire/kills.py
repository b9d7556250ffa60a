#!/usr/bin/env python3
"""G1: old or new, never between. SIGKILL at random points of our writes, beside four real MSAL Python processes.

Nothing acknowledged may be lost, by us or by them; what a killed run leaves (lock, temp), the next run removes.
"""
import itertools
import os
import random
import time

import beside
import caches
import ground
import peers
import tracing
from ground import Skip, verdict

PROMISE = "G1"
# Besides those that are killed, this share runs to its end, so that there is something to lose.
UNHARMED = 0.2


class Campaign:
    """Edits of one cache, one after the other, of which most are killed."""

    def __init__(self, floor, cache, points):
        self.floor, self.cache, self.lock = floor, cache, str(cache) + ".lockfile"
        # Each call is struck once before any is struck twice.
        self.points = itertools.cycle(random.sample(points, len(points)))
        self.usual = 0.1
        self.acknowledged, self.touched, self.odd, self.lies = [], [], [], []
        self.killed = self.left_locks = self.left_temps = 0

    def one(self, seed):
        self.touched.append(seed)
        if random.random() < UNHARMED:
            return self._unharmed(seed)
        how = random.choice([self._anywhere, self._holding, self._at_a_call, self._at_a_call])
        ended, pid = how(seed)
        self._note(seed, ended)
        self._count_remains(pid)
        time.sleep(random.uniform(0, 0.02))
        return ended

    def _unharmed(self, seed):
        ended = self.floor.edit(self.cache, seed)
        self.usual = 0.8 * self.usual + 0.2 * min(ended.seconds, 1.0)
        self._note(seed, ended)
        return ended

    def _note(self, seed, ended):
        if ended.acknowledged:
            self.acknowledged.append(seed)
        elif ended.code in (-9, 137):
            self.killed += 1
        else:
            self.odd.append(ended.says())
        if ended.acknowledged and caches.stands(self.cache, seed):
            self.lies.append("seed %d was acknowledged, and stood there directly after" % seed)

    def _anywhere(self, seed):
        """Killed at any time from its start to somewhat after its usual end."""
        child = self.floor.start(self.floor.prune(self.cache, seed))
        time.sleep(random.uniform(0, 1.2 * self.usual))
        return self._kill(child)

    def _holding(self, seed):
        """Killed within the first milliseconds after its name stands in the lock file."""
        child = self.floor.start(self.floor.prune(self.cache, seed))
        end = time.monotonic() + 30
        while child.poll() is None and time.monotonic() < end and self._lock_owner() != child.pid:
            pass
        time.sleep(random.uniform(0, 0.003))
        return self._kill(child)

    def _at_a_call(self, seed):
        """Killed exactly at a system call between the lock's creation and its removal."""
        point = next(self.points, None)
        if not point:
            return self._holding(seed)
        before = tracing.strace(point, "signal=KILL")
        return self.floor.edit(self.cache, seed, before=before), None

    def _kill(self, child):
        child.kill()
        return self.floor.finish(child), child.pid

    def _lock_owner(self):
        try:
            with open(self.lock, "rb") as lock:
                words = lock.read(200).split()
        except OSError:
            return None
        return int(words[0]) if len(words) > 1 and words[0].isdigit() and words[1] == b"saltcellar" else None

    def figures(self):
        return figures([self])

    def _count_remains(self, pid):
        owner = self._lock_owner()
        if owner and (owner == pid or not os.path.exists("/proc/%d" % owner)):
            self.left_locks += 1
        names = os.listdir(self.cache.parent)
        self.left_temps += any(name.endswith(".tmp") for name in names)


def lock_points(floor):
    """The system calls at which a run can be killed exactly; none without strace."""
    try:
        return tracing.while_locked(tracing.points(floor, floor.cache("trace", 4), 0))
    except Skip:
        return []


def _one_kind(floor, kind):
    # Round after round: in a cache of thousands of entries the writers would mostly read and print.
    kills, rounds = floor.count(50, 500), floor.count(1, 2)
    campaigns, accounts, wrong = zip(*(_round(floor, kind, kills) for _ in range(rounds)))
    asked = "%d kills beside 4 %s writers: 0 corrupt, 0 lost, the next run clears" % (rounds * kills, kind)
    reached = "%s; %s" % (figures(campaigns), beside.figures(accounts))
    return verdict("%s %s" % (PROMISE, kind), asked, reached, [one for some in wrong for one in some])


def _round(floor, kind, kills):
    """So many kills beside four writers: the campaign, the account, and what is wrong."""
    runs, spare = 3 * kills, 20
    cache = floor.cache("kills-" + kind, runs + spare, token_bytes=300)
    campaign = Campaign(floor, cache, lock_points(floor))
    with peers.Writers(floor, cache, [kind] * 4) as writers:
        for seed in floor.within(60, range(runs)):
            campaign.one(seed)
            if campaign.killed == kills:
                break
    last = floor.edit(cache, runs)
    untouched = set(range(runs + 1, runs + spare)) | set(range(runs)) - set(campaign.touched)
    account = beside.Account(cache, writers, campaign.acknowledged, untouched)
    complaints = [*account.complaints(), *campaign.odd, *campaign.lies]
    if not last.acknowledged:
        complaints.append("the next run: " + last.says())
    return campaign, account, complaints


def figures(campaigns):
    """What was killed in all of CAMPAIGNS, in words."""
    killed, locks, temps, ours = (sum(numbers) for numbers in zip(*(
        (one.killed, one.left_locks, one.left_temps, len(one.acknowledged)) for one in campaigns)))
    return "%d killed, %d locks and %d temps left and cleared; ours %d" % (killed, locks, temps, ours)


def beside_portalocker(floor):
    """SIGKILLs beside four MSAL Python writers that lock by portalocker"""
    return _one_kind(floor, "portalocker")


def beside_filelock(floor):
    """SIGKILLs beside four MSAL Python writers that lock by existence"""
    return _one_kind(floor, "filelock")


STEPS = [beside_portalocker, beside_filelock]

if __name__ == "__main__":
    ground.main(__doc__, PROMISE, STEPS)
