"""The real MSAL processes beside us: starts them on a cache, stops them, and knows what they acknowledged."""
import json
import os
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from ground import HERE, PEERS, Skip

# A writer may be in the 5 s wait of its lock when it is told to stop, and once more for its second section.
STOP_LIMIT = 30.0
# Who went on after a wait in vain removes the lock file of whoever came next, and so on: so long two may be in the lock.
SPELL = 10.0


def folder():
    """Where tests/peers/prepare has put the libraries."""
    own = os.environ.get("SALTCELLAR_PEER_CACHE")
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(own) if own else Path(home) / "saltcellar" / "peers"


def need(name):
    """The folder of a prepared peer; Skip without it."""
    try:
        ready = (folder() / "ready").read_text(encoding="utf-8").split()
    except FileNotFoundError:
        ready = []
    if name not in ready:
        raise Skip("no peer %s: run tests/peers/prepare" % name)
    return folder() / name


def python(kind):
    """The interpreter whose msal-extensions locks in this KIND of way: portalocker or filelock."""
    return str(need("python-" + kind) / "venv" / "bin" / "python")


def command(kind, *words):
    """The command line of writer.py."""
    return [python(kind), "-B", str(HERE / "writer.py"), *map(str, words)]


@dataclass(frozen=True)
class Save:
    """One save of one writer."""

    writer: int
    began: float
    ended: float
    added: set

    def meets(self, other):
        return self.writer != other.writer and self.began < other.ended and other.began < self.ended


class Writers:
    """MSAL Python processes that write to one cache, every second one searching in between, until `stop`."""

    def __init__(self, ground, cache, kinds):
        self._ground, self._cache = ground, Path(cache)
        self._logs = self._cache.parent.parent / (self._cache.parent.name + "-logs")
        self._logs.mkdir()
        self._running = [self._start(kind, number) for number, kind in enumerate(kinds)]
        self.problems = []

    def _start(self, kind, number):
        words = ["write", self._cache, "w%d" % number, self._log(number), *(["--search"] if number % 2 == 0 else [])]
        with open(self._logs / ("w%d.err" % number), "w", encoding="utf-8") as complaints:
            return self._ground.start(command(kind, *words), stdout=subprocess.DEVNULL, stderr=complaints)

    def _log(self, number):
        return self._logs / ("w%d.log" % number)

    def __enter__(self):
        """Waits until every one of them is at work."""
        end = time.monotonic() + 60
        while len(self._events("ready")) < len(self._running):
            if time.monotonic() > end or any(child.poll() is not None for child in self._running):
                raise RuntimeError("a writer does not start: %s" % self._complaints())
            time.sleep(0.02)
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        """Lets them end after what they are at. One that does not is a problem of the run."""
        flag = Path(str(self._cache) + ".stop")
        flag.touch()
        for child in self._running:
            ended = self._ground.finish(child, STOP_LIMIT)
            if ended.code != 0:
                self.problems.append("a writer ended with %s" % ended.code)
        self._running = []
        flag.unlink()

    def _complaints(self):
        return " ".join(path.read_text(encoding="utf-8")[-300:] for path in sorted(self._logs.glob("*.err")))

    def _events(self, name):
        return [event for events in self._of_each() for event in events if name in event]

    def _of_each(self):
        """The events of each writer, in order."""
        for path in sorted(self._logs.glob("*.log")):
            with open(path, encoding="utf-8") as log:
                yield [event for event in map(_event, log) if event]

    def _saves(self):
        """Every save: whose, from when, until when, and which targets it added."""
        for number, events in enumerate(self._of_each()):
            saved = None
            for event in events:
                if "saved" in event:
                    saved = Save(number, event["began"], event["at"], set())
                    yield saved
                elif "ack" in event and saved:
                    saved.added.add(event["ack"])

    def together(self):
        """The targets that were added while two were in MSAL's lock at once: soon after somebody had waited for it in vain
        and gone on, saves of two overlapped in time, or one found what another was in the midst of writing."""
        saves = list(self._saves())
        halves = [event["at"] for event in self._events("unseen") if not event["whole"]]
        met = [one.ended for one in saves for other in saves if one.meets(other)]
        spells = [event["at"] for event in self._events("waited")]
        spells = [at for at in spells if any(at < seen < at + SPELL for seen in [*halves, *met])]
        inside = (one for one in saves if any(at < one.ended < at + SPELL for at in spells))
        return set().union(*(one.added for one in inside))

    def overwritten(self):
        """What MSAL saved over without having seen it: (dropped, revived) targets if we wrote last, and if MSAL did."""
        by_us, by_msal = (set(), set()), (self.together(), set())
        texts_of_msal = {event["saved"] for event in self._events("saved")}
        for event in self._events("unseen"):
            if not event["whole"]:
                # We put whole texts in place: half a one under the lock is another MSAL process's, in the midst of its
                # write. It tells nothing of whose text was not seen, and excuses nothing.
                continue
            dropped, revived = by_msal if event["unseen"] in texts_of_msal else by_us
            dropped.update(event["dropped"])
            revived.update(event["revived"])
        return by_us, by_msal

    def acknowledged(self):
        """The targets of the tokens whose `add` returned."""
        return {event["ack"] for event in self._events("ack")}

    def lock_errors(self):
        """(began, ended) of each wait for the lock that MSAL gave up."""
        return [(event["began"], event["ended"]) for event in self._events("error") if event["error"] == "LockError"]

    def errors(self):
        """How often each sort of error came."""
        return Counter(event["error"] for event in self._events("error"))


def _event(line):
    # The last line may be cut where a writer was ended.
    return json.loads(line) if line.endswith("\n") else {}


class Talker:
    """A process that does one thing for each line it is given, and answers each with lines."""

    def __init__(self, ground, words):
        self._ground = ground
        self._child = ground.start(words, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def tell(self, line):
        self._child.stdin.write(line + "\n")
        self._child.stdin.flush()

    def hear(self):
        """The next line of its answer."""
        line = self._child.stdout.readline()
        if not line:
            raise RuntimeError("a peer ended in the middle of a test")
        return line.strip()

    def ask(self, line):
        self.tell(line)
        return self.hear()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._child.stdin.close()
        self._child.stdin = None
        self._ground.finish(self._child, STOP_LIMIT)


def node_writer(cache, seconds, name):
    """The command line of an msal-node process that adds tokens for so many SECONDS and then tells which."""
    need("node")
    where = "SALTCELLAR_PEER_CACHE=%s" % folder()
    return ["env", where, str(PEERS / "peer"), "node", "loop", str(cache), str(seconds), name]


def waiter(name, cache):
    """The command line of a library that waits for a cache's lock and tells how that went."""
    need(name)
    return ["env", "SALTCELLAR_PEER_CACHE=%s" % folder(), str(PEERS / "peer"), name, "wait", str(cache), "60"]


def watcher(cache, seconds):
    """The command line of a .NET process that watches a cache as MSAL.NET's extension does, and counts what it is told."""
    need("dotnet")
    return ["env", "SALTCELLAR_PEER_CACHE=%s" % folder(), str(PEERS / "peer"), "dotnet", "watch", str(cache), str(seconds)]


def node_reader(ground, cache):
    """An msal-node process with its lock plugin, which reads the cache on the order `read`."""
    need("node")
    where = "SALTCELLAR_PEER_CACHE=%s" % folder()
    reader = Talker(ground, ["env", where, str(PEERS / "peer"), "node", "stay", str(cache)])
    reader.hear()
    return reader
