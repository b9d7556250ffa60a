#!/usr/bin/env python3
"""G4: power loss. A file system in a file of its own is shut down as a power cut would do it (the ioctl that xfs calls
going down, which ext4 knows too), mounted again, and looked at: the old text or the new one, and new if it was
acknowledged.
"""
import errno
import fcntl
import os
import random
import struct
import subprocess
import time
from contextlib import contextmanager

import caches
import ground
from ground import Skip, as_root, litter, tool, verdict

PROMISE = "G4"
SEEDS = 40
# FS_IOC_SHUTDOWN: 1 writes the journal and stops, 2 stops at once.
GOING_DOWN, WITH_JOURNAL, AT_ONCE = 0x8004587D, 1, 2
# What is mounted, how it is made, how large it must be, and how it is mounted.
DISKS = {
    "ext4": (["mkfs.ext4", "-q", "-F"], 32, "loop"),
    "ext4 noauto_da_alloc": (["mkfs.ext4", "-q", "-F"], 32, "loop,noauto_da_alloc"),
    "xfs": (["mkfs.xfs", "-q", "-f"], 320, "loop"),
}


def _do(*command):
    done = subprocess.run([tool(command[0]), *map(str, command[1:])], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise Skip("%s: %s" % (command[0], done.stderr.strip()[:80]))


class Disk:
    """A mounted file system, of which the power is cut again and again."""

    def __init__(self, floor, kind):
        made, megabytes, self._options = DISKS[kind]
        folder = floor.scratch("power")
        self._image, self.mounted = folder / "image", folder / "mounted"
        self.mounted.mkdir()
        with open(self._image, "wb") as file:
            file.truncate(megabytes << 20)
        _do(*made, self._image)

    def mount(self):
        """Mounts it; again and again while a mount namespace that was made meanwhile (somebody's sandbox) keeps alive the one
        that was cut.
        """
        end = time.monotonic() + 60
        while True:
            _do("mount", "-o", self._options, self._image, self.mounted)
            if self._answers():
                return
            self.unmount()
            if time.monotonic() > end:
                raise Skip("another mount namespace keeps the disk that was cut")
            time.sleep(0.5)

    def _answers(self):
        try:
            for path in self.mounted.rglob("*"):
                if path.is_file():
                    path.open("rb").close()
        except OSError as why:
            if why.errno != errno.EIO:
                raise
            return False
        return True

    def unmount(self):
        _do("umount", self.mounted)

    def cut(self, how):
        descriptor = os.open(self.mounted, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, GOING_DOWN, struct.pack("I", how))
        except OSError as why:
            raise Skip("no shutdown: %s" % why) from why
        finally:
            os.close(descriptor)


@contextmanager
def _mounted(floor, kind):
    disk = Disk(floor, kind)
    disk.mount()
    try:
        yield disk
    finally:
        disk.unmount()


class Cuts:
    """Edits, each of which ends in a power cut: while it runs, or directly after it was acknowledged."""

    def __init__(self, floor, disk):
        self.floor, self.disk = floor, disk
        self.cache = disk.mounted / "home" / "cache.json"
        self.cache.parent.mkdir(mode=0o700)
        caches.make(self.cache, SEEDS)
        self.old = self.cache.read_bytes()
        self.usual = max(floor.edit(self.cache, 0).seconds for _ in range(2))
        self.count = {"new, acknowledged": 0, "new": 0, "old": 0}
        self.left, self.wrong = 0, []

    def one(self, number):
        self._refill()
        # Keeping an undo syncs once more: without it nothing but the write itself brings the change to the disk.
        child = self.floor.start(self.floor.prune(self.cache, 0, "--no-undo"))
        if number % 2:
            # The last 60 ms are a look back; before them lies what matters.
            time.sleep(self.usual * random.random())
        else:
            child.wait(timeout=ground.LIMIT)
        self.disk.cut((WITH_JOURNAL, AT_ONCE)[number // 2 % 2])
        ended = self.floor.finish(child)
        self.disk.unmount()
        self.disk.mount()
        self._judge(ended)

    def _refill(self):
        for name in os.listdir(self.cache.parent):
            os.unlink(self.cache.parent / name)
        self.cache.write_bytes(self.old)
        self.cache.chmod(0o600)
        os.sync()

    def _judge(self, ended):
        state = caches.state(self.cache, self.old, SEEDS)
        self.left += bool(litter(self.cache)) if self.cache.exists() else 0
        if state == "new" and ended.acknowledged:
            state = "new, acknowledged"
        if state not in self.count:
            self.wrong.append("%s: %s" % (ended.says(), state))
        elif ended.acknowledged and state == "old":
            self.wrong.append("acknowledged, and the old text stands")
        else:
            self.count[state] += 1


def cuts(floor):
    """Power cuts while an edit runs and directly after it, on three file systems"""
    as_root()
    times, told, wrong, skipped = floor.count(10, 100), [], [], []
    for kind in DISKS:
        try:
            with _mounted(floor, kind) as disk:
                campaign = Cuts(floor, disk)
                for number in floor.within(40, range(times)):
                    campaign.one(number)
        except Skip as why:
            skipped.append("%s skipped (%s)" % (kind, why))
            continue
        counted = ", ".join("%d %s" % (count, state) for state, count in campaign.count.items())
        told.append("%s: %s, %d with something beside it" % (kind, counted, campaign.left))
        wrong += ["%s: %s" % (kind, one) for one in campaign.wrong]
    if not told:
        raise Skip("; ".join(skipped))
    asked = "%d cuts each on %s: never empty or corrupt, acknowledged means new" % (times, ", ".join(DISKS))
    return verdict(PROMISE + " power cuts", asked, "; ".join(told + skipped), wrong)


STEPS = [cuts]

if __name__ == "__main__":
    ground.main(__doc__, PROMISE, STEPS)
