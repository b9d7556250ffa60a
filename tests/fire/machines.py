#!/usr/bin/env python3
"""G13: hostile machines. Full disks, no inodes, read-only and immutable places, tight limits: the old file is intact,
nothing is left behind, and the message names the cause.
"""
import os
import subprocess
from contextlib import ExitStack, contextmanager

import caches
import ground
from ground import Skip, as_root, tool, verdict

PROMISE = "G13"
SEEDS = 60
# 1: a step of the write failed. 4: it cannot be opened. 5: it is in use.
CODES = (1, 4, 5)


def _do(*command):
    done = subprocess.run([tool(command[0]), *map(str, command[1:])], capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise Skip("%s: %s" % (command[0], done.stderr.strip()[:80]))


@contextmanager
def _mounted(folder, *options):
    """FOLDER with something mounted on it."""
    _do("mount", *options, folder)
    try:
        yield folder
    finally:
        _do("umount", folder)


@contextmanager
def _tmpfs(floor, name, options):
    with _mounted(floor.scratch(name), "-t", "tmpfs", "-o", "mode=700," + options, "none") as folder:
        caches.make(folder / "cache.json", SEEDS)
        yield folder / "cache.json"


@contextmanager
def _ext4(floor, name, megabytes=8):
    """A cache on an ext4 of its own: attributes need one, and some of them are full."""
    folder = floor.scratch(name)
    image, mounted = folder / "image", folder / "mounted"
    mounted.mkdir()
    with open(image, "wb") as file:
        file.truncate(megabytes << 20)
    _do("mkfs.ext4", "-q", "-F", image)
    with _mounted(mounted, "-o", "loop", image):
        home = mounted / "home"
        home.mkdir(mode=0o700)
        caches.make(home / "cache.json", SEEDS)
        yield home / "cache.json"


def _fill(folder):
    """Leaves not a byte free."""
    with open(folder / "fill", "wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                pass


@contextmanager
def _full_tmpfs(floor):
    with _tmpfs(floor, "full", "size=512k") as cache:
        _fill(cache.parent)
        yield cache, []


@contextmanager
def _full_ext4(floor):
    with _ext4(floor, "full-ext4") as cache:
        _fill(cache.parent)
        yield cache, []


@contextmanager
def _no_inodes(floor):
    # One for the root, one for the cache.
    with _tmpfs(floor, "inodes", "size=2m,nr_inodes=2") as cache:
        yield cache, []


@contextmanager
def _read_only(floor):
    with _tmpfs(floor, "read-only", "size=2m") as cache:
        _do("mount", "-o", "remount,ro", cache.parent)
        yield cache, []


def _attribute(flag, on_folder):
    @contextmanager
    def made(floor):
        with _ext4(floor, "attribute") as cache:
            target = cache.parent if on_folder else cache
            _do("chattr", "+" + flag, target)
            try:
                yield cache, []
            finally:
                _do("chattr", "-" + flag, target)
    return made


@contextmanager
def _bind_mounted(floor):
    cache = floor.cache("bind", SEEDS)
    with _mounted(cache, "--bind", cache):
        yield cache, []


def _limit(option):
    @contextmanager
    def made(floor):
        yield floor.cache("limit", SEEDS), [tool("prlimit"), option]
    return made


@contextmanager
def _no_locks(floor):
    strace = [tool("strace"), "-f", "-o", "/dev/null", "-e", "trace=flock", "-e", "inject=flock:error=ENOLCK:when=1+"]
    yield floor.cache("no-locks", SEEDS), strace


# What is wrong with the machine, who can make it so, and a word that the message must hold.
MACHINES = {
    "full tmpfs": (_full_tmpfs, True, "No space left"),
    "full ext4": (_full_ext4, True, "No space left"),
    "no inodes": (_no_inodes, True, "No space left"),
    "read-only mount": (_read_only, True, "Read-only file system"),
    "immutable file": (_attribute("i", False), True, "immutable"),
    "immutable folder": (_attribute("i", True), True, "immutable"),
    "append-only folder": (_attribute("a", True), True, "append-only"),
    "append-only file": (_attribute("a", False), True, "append-only"),
    "file size limit": (_limit("--fsize=1000"), False, "File too large"),
    "few descriptors": (_limit("--nofile=4"), False, "Too many open files"),
    "bind-mounted file": (_bind_mounted, True, "mount"),
    "no locks": (_no_locks, False, "No locks available"),
}


def _try(floor, made, word):
    """What is wrong with an edit on such a machine."""
    with ExitStack() as stack:
        cache, before = stack.enter_context(made(floor))
        old, names = caches.digest(cache), sorted(os.listdir(cache.parent))
        ended = floor.edit(cache, 1, "--wait", "1", before=before)
        if ended.code not in CODES:
            yield ended.says()
        if word not in ended.err:
            yield "does not name %r: %s" % (word, ended.says())
        if caches.digest(cache) != old:
            yield "the file changed"
        if sorted(os.listdir(cache.parent)) != names:
            yield "left %s" % sorted(set(os.listdir(cache.parent)) - set(names))


def hostile_machines(floor):
    """Every hostile machine that can be made here"""
    wrong, tried, skipped = [], 0, []
    for name, (made, needs_root, word) in MACHINES.items():
        try:
            if needs_root:
                as_root()
            wrong += ["%s: %s" % (name, one) for one in _try(floor, made, word)]
            tried += 1
        except Skip as why:
            skipped.append("%s (%s)" % (name, why))
    reached = "%d of %d machines" % (tried, len(MACHINES))
    if skipped:
        reached += ", skipped: " + ", ".join(skipped)
    asked = "full, out of inodes, read-only, immutable, limited: old file intact, nothing left, the cause named"
    return verdict(PROMISE + " machines", asked, reached, wrong)


STEPS = [hostile_machines]

if __name__ == "__main__":
    ground.main(__doc__, PROMISE, STEPS)
