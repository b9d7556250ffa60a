#!/usr/bin/env python3
"""G21: what each command opens, as a guard of endpoints sees it, is what the table in SECURITY.md says.

Traces every command once over a cache in a home of its own. The system's own libraries are left out, and names that
differ from run to run are told by kind. The table is written anew by `tests/fire/seen.py --write [BINARY]`.
"""
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import caches
import ground
from ground import tool, verdict

PROMISE = "G21"
PAGE = ground.HERE.parents[1] / "SECURITY.md"
BEGIN, END = "<!-- opened: written by tests/fire/seen.py -->\n", "<!-- /opened -->\n"
CACHE = "~/.azure/msal_token_cache.json"
COMMANDS = [
    ("list", ["list"]), ("list PLACE", ["list", CACHE]), ("show PLACE KEY", ["show", CACHE, "{print}"]),
    ("claims PLACE KEY", ["claims", CACHE, "{print}"]), ("status PLACE", ["status", CACHE]),
    ("stats PLACE", ["stats", CACHE]), ("discover", ["discover"]), ("doctor PLACE", ["doctor", CACHE]),
    ("explain PLACE", ["explain", CACHE, "--client", caches.CLIENT, "--scope", "User.Read"]),
    ("export PLACE", ["export", CACHE]), ("lock status PLACE", ["lock", "status", CACHE]),
    ("prune PLACE --dry-run", ["prune", CACHE, "--type", "AT", "--dry-run"]),
    ("prune PLACE --readonly", ["prune", CACHE, "--type", "AT", "--yes", "--readonly"]),
    ("prune PLACE", ["prune", CACHE, "--type", "AT", "--yes"]), ("undo PLACE", ["undo", CACHE, "--yes"]),
]
CALL = re.compile(r"^\d+\s+(open|openat|creat|connect|socket|bind|unlink|unlinkat|rename|renameat|renameat2|mkdir|"
                  r"mkdirat|utimensat|fchmod|chmod|execve|linkat|symlinkat|ptrace|process_vm_readv)\((.*)$")
LIBRARY = re.compile(r"^(/lib|/usr/lib|/etc/ld\.so|/usr/share/locale|/usr/lib/locale)")


def opens_what_is_told(floor):
    """Every command opens what SECURITY.md says, and nothing else"""
    known = parts()[1]
    table = "".join(rows(floor.binary))
    differs = sorted(set(table.splitlines()) ^ set(known.splitlines()))
    asked = "each command opens, writes and talks to what SECURITY.md says"
    return verdict(PROMISE + " opened", asked, "%d commands traced" % len(COMMANDS), differs)


def parts():
    """SECURITY.md before the table, the table, and behind it."""
    head, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    return (head, *rest.split(END))


def write(binary):
    """Writes the table anew."""
    head, _, tail = parts()
    PAGE.write_text(head + BEGIN + "".join(rows(binary)) + END + tail, encoding="utf-8")


def rows(binary):
    yield "| command | reads | writes, creates, renames, removes | network, other processes |\n|---|---|---|---|\n"
    with tempfile.TemporaryDirectory() as home:
        for name, words in COMMANDS:
            yield "| `%s` | %s |\n" % (name, " | ".join(opened(os.path.abspath(binary), Path(home), words)))


def opened(binary, home, words):
    """What one run reads, what it changes, and whom it talks to."""
    cache = home / ".azure/msal_token_cache.json"
    if not cache.exists():
        cache.parent.mkdir(mode=0o700)
        caches.make(cache, seeds=2)
    secret = next(iter(json.loads(cache.read_text(encoding="utf-8"))["RefreshToken"].values()))["secret"]
    fingerprint = hashlib.sha256(secret.encode()).hexdigest()[:12]
    words = [word.replace("~", str(home)).replace("{print}", fingerprint) for word in words]
    log = home / "trace.log"
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    ended = subprocess.run([tool("strace"), "-f", "-o", str(log), binary, *words], cwd=home, env=environment,
                           stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    refused = 1 if "--readonly" in words else 0
    if ended.returncode not in (refused, 12):
        raise SystemExit("%s ended with %s: %s" % (words, ended.returncode, ended.stderr))
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    log.unlink()
    kinds = {"read": [], "write": [], "talk": []}
    for kind, what in filter(None, (told(line, home) for line in lines[1:])):
        if what not in kinds[kind]:
            kinds[kind].append(what)
    return ["<br>".join(sorted("`%s`" % what for what in kinds[kind])) or "nothing" for kind in kinds]


def told(line, home):
    """(read, write or talk; what) of one system call; None for what says nothing."""
    found = CALL.match(line)
    if not found or "ENOENT" in line:
        return None
    call, rest = found.groups()
    if call in ("socket", "connect", "bind", "ptrace", "process_vm_readv", "execve"):
        return "talk", call + ("" if call == "execve" else " " + rest.split(",")[0])
    names = [plain(path, home) for path in re.findall(r'"([^"]*)"', rest)]
    if not names or None in names:
        return None
    name = " to ".join(names) if call.startswith("rename") else names[0]
    writes = call not in ("open", "openat") or re.search(r"O_(WRONLY|RDWR|CREAT)", rest)
    return ("write" if writes else "read"), name


def plain(path, home):
    # Nor the switch of the mutants: it must not be what catches one.
    if LIBRARY.match(path) or path.endswith("/target/mutants/on"):
        return None
    path = path.replace(str(home), "~")
    if path.startswith("/tmp/"):
        # A bare look around also finds what others have left there.
        return None
    path = re.sub(r"saltcellar-\d+-[0-9a-f]+\.tmp$", "saltcellar-PID-RANDOM.tmp", path)
    path = re.sub(r"/proc/\d+/", "/proc/PID/", path)
    path = re.sub(r"[0-9a-f]{16,}", "HASH", path)
    return path


STEPS = [opens_what_is_told]

if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write(sys.argv[2] if len(sys.argv) > 2 else os.environ["SALTCELLAR_BIN"])
    else:
        ground.main(__doc__, PROMISE, STEPS)
