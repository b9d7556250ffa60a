"""The system calls of one edit, in order, and how to make the nth of them fail. Everything about strace is here.

strace counts a call's `when=` from the start of the process, for each thread: so one clean trace tells every point.
"""
import re
from collections import Counter
from dataclasses import dataclass

from ground import tool

CALL = re.compile(r"^(\d+)\s+([a-z_0-9]+)\((.*)")
# Nothing can be done about these, or they tell nothing of the system's will to serve us.
NOT_FAULTY = {"execve", "exit", "exit_group", "rt_sigreturn", "sigaltstack", "munmap", "futex", "set_robust_list", "rseq",
              "arch_prctl", "prlimit64", "getpid", "gettid", "geteuid", "getuid", "getegid", "getgid", "sched_yield"}


@dataclass(frozen=True)
class Point:
    """The nth call of one name, and what it was about."""

    name: str
    nth: int
    line: str

    def inject(self, fault, onwards=False):
        """strace's option that makes this call fail so: `error=EIO`, `signal=TERM`; from here on if asked."""
        return "inject=%s:%s:when=%d%s" % (self.name, fault, self.nth, "+" if onwards else "")

    def __str__(self):
        return "%s #%d (%s)" % (self.name, self.nth, self.line[:60])


def strace(point, fault, onwards=False, log="/dev/null"):
    """The beginning of a command line under which POINT fails."""
    # The quick way of following drops signals that are injected without an error (strace 6.1).
    quick = ["--seccomp-bpf"] if fault.startswith("error=") else []
    return [tool("strace"), "-f", *quick, "-o", str(log), "-e", "trace=" + point.name,
            "-e", point.inject(fault, onwards)]


def struck(log):
    """Whether the fault was met: a test that hits nothing shows nothing."""
    text = log.read_text(encoding="utf-8", errors="replace")
    return any(sign in text for sign in ("(INJECTED)", "killed by SIGKILL", "--- SIG"))


def points(ground, cache, seed):
    """Every call of the first thread of a clean edit, from its first temp file to its end; behind the look at other
    processes, which takes more or fewer from run to run, only what it writes.
    """
    trace = cache.parent.parent / (cache.parent.name + ".trace")
    ended = ground.edit(cache, seed, before=[tool("strace"), "-f", "-o", str(trace)])
    if not ended.acknowledged:
        raise RuntimeError("the clean edit failed: " + ended.says())
    counts, found, main, looks = Counter(), [], None, False
    for line in trace.read_text(encoding="utf-8", errors="replace").splitlines():
        call = CALL.match(line)
        if not call:
            continue
        pid, name, rest = call.groups()
        main = main or pid
        if pid != main:
            continue
        counts[name] += 1
        looks |= '"/proc", ' in rest
        if (found or '.tmp", O_' in rest) and (name == "write" or not looks):
            found.append(Point(name, counts[name], rest))
    return [point for point in found if point.name not in NOT_FAULTY]


def while_locked(all_points):
    """Those from the creation of the lock file to its removal."""
    about_lock = [at for at, point in enumerate(all_points) if ".lockfile" in point.line]
    return all_points[about_lock[0]:about_lock[-1] + 1] if about_lock else []
