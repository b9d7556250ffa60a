"""What the benches have in common: the programs that are timed, the caches they read, and timing them in turn."""
import os
import shutil
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORK = os.path.join(ROOT, "target", "bench")
NOW = "1795348800"
# What MSAL Python does for the same listing: read, deserialise, walk every section.
MSAL = """
import sys
from msal import SerializableTokenCache
cache = SerializableTokenCache()
cache.deserialize(open(sys.argv[1]).read())
for kind in ("ACCOUNT", "ACCESS_TOKEN", "ID_TOKEN", "REFRESH_TOKEN"):
    for entry in cache.search(getattr(cache.CredentialType, kind), now=0):
        sys.stdout.write("\\t".join(str(entry.get(field)) for field in
            ("credential_type", "home_account_id", "username", "client_id", "realm", "target", "expires_on")) + "\\n")
"""
# And for a cache without what is expired: written beside it, synced and renamed.
PRUNE = """
import os, sys
from msal import SerializableTokenCache
path, now = sys.argv[1], int(sys.argv[2])
cache = SerializableTokenCache()
cache.deserialize(open(path).read())
for entry in list(cache.search(cache.CredentialType.ACCESS_TOKEN, now=0)):
    if int(entry["expires_on"]) <= now:
        cache.remove_at(entry)
with open(path + ".new", "w") as file:
    file.write(cache.serialize())
    file.flush()
    os.fsync(file.fileno())
os.replace(path + ".new", path)
"""
# What MSAL Node does for the listing.
NODE = """
const fs = require("fs"), msal = require("@azure/msal-node")
const app = new msal.PublicClientApplication({ auth: { clientId: "04b07795-8ddb-461a-bbee-02f9e1bf7b46" } })
const cache = app.getTokenCache()
cache.deserialize(fs.readFileSync(process.argv[1], "utf8"))
const lines = Object.values(cache.getKVStore()).map(entry => [entry.credentialType, entry.homeAccountId, entry.username,
    entry.clientId, entry.realm, entry.target, entry.expiresOn].join("\\t"))
fs.writeSync(1, lines.join("\\n") + "\\n")
"""
JQ = ('to_entries[] | .key as $section | .value[] | [$section, .home_account_id, .username, .client_id, .realm, '
      '.target, .expires_on] | @tsv')


def build(*floors):
    """The release binary and the floors of these names."""
    wanted = [word for floor in floors for word in ("--example", floor)]
    subprocess.run(["cargo", "build", "--release", "--locked", "--bin", "saltcellar", *wanted], cwd=ROOT, check=True)
    target = os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "release")
    return [os.path.join(target, "saltcellar"), *(os.path.join(target, "examples", floor) for floor in floors)]


def cache(access_tokens):
    os.makedirs(WORK, exist_ok=True)
    path = os.path.join(WORK, f"{access_tokens}.json")
    if not os.path.exists(path):
        script = os.path.join(ROOT, "benches", "generate.py")
        subprocess.run([sys.executable, script, str(access_tokens), path + ".new", "--now", NOW], check=True)
        os.replace(path + ".new", path)
    return path


def peers():
    """Where the libraries of the tests' peers lie."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.environ.get("SALTCELLAR_PEER_CACHE") or os.path.join(home, "saltcellar", "peers")


def python_with_msal():
    """A Python that has msal: the test peers' or this one."""
    for python in (os.path.join(peers(), "python-portalocker", "venv", "bin", "python"), sys.executable):
        if os.path.exists(python) and subprocess.run([python, "-c", "import msal"], capture_output=True).returncode == 0:
            return python
    return None


def node_with_msal():
    """The beginning of a command that lists a cache with MSAL Node, run from the test peers'; `None` without it."""
    modules = os.path.join(peers(), "node", "node_modules")
    if not os.path.isdir(os.path.join(modules, "@azure", "msal-node")) or not shutil.which("node"):
        return None
    return ["env", f"NODE_PATH={modules}", "node", "--max-old-space-size=8192", "-e", NODE]


def timed(command, may_fail=False):
    start = time.perf_counter()
    with open(os.devnull, "w") as quiet:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=quiet, stderr=quiet)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode and not may_fail:
        raise SystemExit(f"{command[0]} ended with {child.returncode}")
    return (time.perf_counter() - start) * 1000, usage.ru_maxrss / 1024


def interleaved(commands, runs, may_fail=False):
    """One warm-up round, then `runs` rounds of every command in turn: {name: (median ms, peak MB)}."""
    found = {name: [] for name in commands}
    for round_ in range(runs + 1):
        for name, command in commands.items():
            figures = timed(command, may_fail)
            if round_:
                found[name].append(figures)
    return {name: tuple(statistics.median(column) for column in zip(*rows)) for name, rows in found.items()}


class Table:
    """Rows of job, program, figures, ratio, goal; remembers what was missed."""

    def __init__(self):
        self.missed = []
        print(f"{'job':<24}{'program':<14}{'median ms':>10}{'peak MB':>9}{'ratio':>8}  goal")

    def show(self, job, figures, base, goals):
        for name, (wall, peak) in figures.items():
            ratio = figures[name][0] / figures[base][0]
            goal, holds = "", True
            if name in goals:
                least, most = goals[name]
                goal = f">= {least}" if least else f"<= {most}"
                holds = ratio >= least if least else ratio <= most
            if not holds:
                self.missed.append(f"{job}: {name} {ratio:.2f}, {goal}")
            print(f"{job:<24}{name:<14}{wall:>10.2f}{peak:>9.1f}{ratio:>8.2f}  {goal}{'' if holds else '  MISSED'}", flush=True)

    def judge(self, job, reached, most, unit):
        """One figure that has nothing beside it."""
        holds = reached <= most
        if not holds:
            self.missed.append(f"{job}: {reached:.2f} {unit}, <= {most}")
        print(f"{job:<24}{'':<14}{'':>10}{'':>9}{reached:>8.2f}  <= {most} {unit}{'' if holds else '  MISSED'}", flush=True)
