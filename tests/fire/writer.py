"""A real MSAL Python process on a cache file, run by the python of a peer's venv. See peers.py for the other end.

    writer.py write FILE ID LOG [--search]     adds tokens until FILE.stop exists; each one acknowledged goes to LOG
    writer.py reload FILE                      on each line of input: reloads until the file is replaced, then saves
    writer.py save FILE [--ahead SECONDS]      on each line of input: saves one more token; SECONDS of clock ahead
"""
import argparse
import hashlib
import json
import logging
import math
import os
import random
import re
import sys
import time

from msal_extensions import FilePersistence, PersistedTokenCache
from msal_extensions import token_cache

ENDPOINT = "https://login.microsoftonline.com/t/oauth2/v2.0/token"
CLIENT_INFO = "eyJ1aWQiOiJ1IiwidXRpZCI6InQifQ"


class Witness(FilePersistence):
    """The file, and a witness of what is written over unseen.

    MSAL has two races of its own, seen without us: a search takes a file that another process has just truncated
    for an empty cache, and saves that; and a search that spans another's save ends with an old text and a late
    sync time. It has a third where a lock outlives its holder, as after a SIGKILL, or on a starved machine: whoever has
    waited for five seconds locks the file that is there, whoever lets go removes it by its name, and then two are in the
    lock at once. So it is told who went on after such a wait, and when each save began. The first would end every longer run, so an empty text counts as torn here, as half a text does in
    MSAL. The second is told apart: each save over a text that the process has not seen is logged.
    """

    def __init__(self, location, log):
        super().__init__(location)
        self._log, self._seen = log, None
        self.busy = 0.0

    def load(self):
        began = time.monotonic()
        try:
            return self._load()
        finally:
            self.busy += time.monotonic() - began

    def save(self, content):
        began = time.monotonic()
        try:
            self._save(content)
        finally:
            self.busy += time.monotonic() - began

    def _load(self):
        with open(self._location, encoding="utf-8") as handle:
            text = handle.read()
        if not text:
            raise ValueError("torn: there is no text")
        self._seen = text
        return text

    def _save(self, content):
        began = time.time()
        with open(self._location, encoding="utf-8") as handle:
            there = handle.read()
        if there != self._seen:
            held, kept = targets(there), targets(content)
            self.tell({"unseen": digest(there), "whole": is_whole(there), "dropped": sorted(held - kept),
                        "revived": sorted(targets(self._seen) - held)})
        super().save(content)
        self._seen = content
        self.tell({"saved": digest(content), "began": began})

    def tell(self, event):
        self._log.write(json.dumps(dict(event, at=time.time())) + "\n")


class Waits(logging.Handler):
    """Notes when MSAL goes on without having made its lock file: the one warning that its lock has."""

    def __init__(self, witness):
        super().__init__(logging.WARNING)
        self._witness = witness

    def emit(self, record):
        self._witness.tell({"waited": record.getMessage()})


def is_whole(text):
    """Whether TEXT is a cache, and not what stands while another writes in place."""
    try:
        return bool(json.loads(text))
    except ValueError:
        return False


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def targets(text):
    return set(re.findall(r'"target": "(https:[^"]*)"', text))


class AheadPersistence(FilePersistence):
    """A file written by a process whose clock is ahead of everybody else's, as before a clock is set back."""

    def __init__(self, location, ahead):
        super().__init__(location)
        self._ahead = ahead

    def save(self, content):
        super().save(content)
        # Until Linux 6.13 a file's time is that of the last clock tick, 1 to 10 ms ago.
        is_at = math.floor(100 * (os.stat(self._location).st_mtime + self._ahead)) / 100
        os.utime(self._location, (is_at, is_at))


class AheadTime:
    """The time module of that process."""

    def __init__(self, ahead):
        self._ahead = ahead

    def time(self):
        return time.time() + self._ahead

    def __getattr__(self, name):
        return getattr(time, name)


def add(cache, scope):
    """Stores one token as MSAL does after an answer of the token endpoint."""
    cache.add({"client_id": "fire", "scope": [scope], "token_endpoint": ENDPOINT,
               "response": {"access_token": "AT" + scope, "expires_in": 3600, "token_type": "Bearer",
                            "client_info": CLIENT_INFO}})


def scope(name, number):
    return "https://%s-%d.example/.default" % (name, number)


def write(args):
    number = 0
    with open(args.log, "a", buffering=1, encoding="utf-8") as log:
        witness = Witness(args.file, log)
        cache = PersistedTokenCache(witness)
        logging.getLogger("msal_extensions.cache_lock").addHandler(Waits(witness))
        log.write(json.dumps({"ready": os.getpid()}) + "\n")
        while not os.path.exists(args.file + ".stop"):
            if args.search:
                _search(cache, log)
            one, number = scope(args.id, number), number + 1
            log.write(json.dumps(_try_add(cache, one)) + "\n")
            time.sleep(random.uniform(1, 5) * _taken(witness) + random.uniform(0, 0.03))


def _taken(witness):
    """How long the lock was needed since the last time asked. Rests are measured by it: on a slow machine four
    writers without rest would hold the lock always, and then MSAL starves itself."""
    busy, witness.busy = witness.busy, 0.0
    # Reading and parsing, laying out and writing: MSAL's own part takes about three times the file's.
    return 4 * busy


def _try_add(cache, one):
    began = time.time()
    try:
        add(cache, one)
    except Exception as error:
        return {"error": kind(error), "began": began, "ended": time.time()}
    return {"ack": one, "ended": time.time()}


def _search(cache, log):
    try:
        for _ in range(5):
            list(cache.search("AccessToken", target=["x"]))
    except Exception as error:
        log.write(json.dumps({"error": "search:" + kind(error), "ended": time.time()}) + "\n")


def kind(error):
    # portalocker calls its LockError otherwise.
    return "LockError" if type(error).__name__ in ("LockException", "AlreadyLocked") else type(error).__name__


def reload(args):
    """Each trial: unlocked reloads, one after the other, until the file is another inode; then a save.

    The last reload may have read the old file and ended after the rename. What MSAL then believes to have seen
    decides whether its save keeps the other's change.
    """
    cache = PersistedTokenCache(FilePersistence(args.file))
    for number, line in enumerate(sys.stdin):
        gone = line.strip()
        was, stale = os.stat(args.file).st_ino, False
        print("spinning", flush=True)
        end = time.monotonic() + 30
        while os.stat(args.file).st_ino == was and time.monotonic() < end:
            cache._last_sync = 0
            cache._reload_if_necessary()
        stale = gone in cache.serialize()
        add(cache, scope("reloader", number))
        print(json.dumps({"stale": stale}), flush=True)


def save(args):
    """Each trial: one save. With --ahead, by a clock and to a file time that lie ahead."""
    if args.ahead:
        token_cache.time = AheadTime(args.ahead)
        persistence = AheadPersistence(args.file, args.ahead)
    else:
        persistence = FilePersistence(args.file)
    cache = PersistedTokenCache(persistence)
    for number, _ in enumerate(sys.stdin):
        add(cache, scope("saver", number))
        print("saved", flush=True)


def _arguments():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    for run in (write, reload, save):
        command = commands.add_parser(run.__name__)
        command.set_defaults(run=run)
        command.add_argument("file")
        if run is write:
            command.add_argument("id")
            command.add_argument("log")
            command.add_argument("--search", action="store_true")
        if run is save:
            command.add_argument("--ahead", type=float, default=0.0)
    return parser.parse_args()


if __name__ == "__main__":
    arguments = _arguments()
    arguments.run(arguments)
