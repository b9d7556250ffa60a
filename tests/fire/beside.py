"""Many edits of ours beside writing MSAL processes, and the account afterwards. Shared by G1, G5 and G6.

"Lost" is what was acknowledged and is not so in the end, unless MSAL's own hand shows: then it is counted apart.
"""
import hashlib
import json
from pathlib import Path

import caches
from ground import litter


class Account:
    """What was promised by both sides, against what stands in the file."""

    def __init__(self, cache, writers, removed, untouched):
        found = caches.Audit(cache)
        self.theirs = writers.acknowledged()
        by_us, by_msal = writers.overwritten()
        self.lock_errors = len(writers.lock_errors())
        self.came_back = self._seeds(found.came_back(removed), by_msal[1])
        missing = set(found.missing(self.theirs))
        self.lost = sorted(missing - by_msal[0])
        self.msal_lost = sorted(missing & by_msal[0])
        # Every save over an unseen text of ours is a loss, even if a later edit hid it again.
        self.unseen = sorted(by_us[1])
        self.corrupt = found.corrupt
        self.missing_seeds = found.missing_seeds(untouched)
        self.litter = litter(cache)
        self.problems = list(writers.problems)

    @staticmethod
    def _seeds(numbers, revived_by_msal):
        return [number for number in numbers if caches.resource(number) + "/.default" not in revived_by_msal]

    def complaints(self):
        yield from self.problems
        if self.corrupt:
            yield "corrupt: %s" % self.corrupt
        for what, words in ((self.came_back, "removals of ours came back"), (self.lost, "additions of theirs are lost"),
                            (self.unseen, "removals of ours were saved over unseen"),
                            (self.missing_seeds, "seeds are gone that nobody touched")):
            if what:
                yield "%d %s: %s" % (len(what), words, what[:3])
        if self.litter:
            yield "left behind: %s" % self.litter

    def figures(self):
        return figures([self])


def figures(accounts):
    """What the other side did in all of ACCOUNTS, in words."""
    theirs, errors, lost = (sum(numbers) for numbers in zip(*(
        (len(one.theirs), one.lock_errors, len(one.msal_lost)) for one in accounts)))
    return _told(theirs, errors, lost)


def _told(theirs, errors, lost):
    told = "theirs %d, LockErrors %d" % (theirs, errors)
    return told + (", lost by MSAL itself %d" % lost if lost else "")


class Tally:
    """Rounds that add up over several runs: one line each in a file, of the binary that did them. Without a file, those
    of this run."""

    def __init__(self, floor, what):
        self._path = floor.tally and Path(floor.tally)
        self._mark = {"what": what, "binary": hashlib.sha256(Path(floor.binary).read_bytes()).hexdigest()}
        lines = self._path.read_text(encoding="utf-8").splitlines() if self._path and self._path.exists() else []
        told = map(json.loads, lines)
        self.rounds = [one for one in told if self._mark.items() <= one.items()]
        self.earlier = len(self.rounds)

    def add(self, ours, account, odd):
        """One round: how many edits were acknowledged, the account, and how the others ended."""
        told = dict(self._mark, ours=ours, theirs=len(account.theirs), lock_errors=account.lock_errors,
                    msal_lost=len(account.msal_lost), wrong=[*account.complaints(), *odd])
        self.rounds.append(told)
        if self._path:
            with open(self._path, "a", encoding="utf-8") as file:
                file.write(json.dumps(told) + "\n")

    def figures(self):
        told = "ours %d, %s" % (self._sum("ours"), _told(*map(self._sum, ("theirs", "lock_errors", "msal_lost"))))
        return told + (", %d of %d rounds earlier" % (self.earlier, len(self.rounds)) if self.earlier else "")

    def complaints(self):
        return [one for told in self.rounds for one in told["wrong"]]

    def _sum(self, what):
        return sum(told[what] for told in self.rounds)
