"""Many edits of ours beside writing MSAL processes, and the account afterwards. Shared by G1, G5 and G6.

"Lost" is what was acknowledged and is not so in the end, unless MSAL's own hand shows: then it is counted apart.
"""
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
    told = "theirs %d, LockErrors %d" % (theirs, errors)
    return told + (", lost by MSAL itself %d" % lost if lost else "")
