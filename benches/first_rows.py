"""From exec to the first row on a terminal: each program gets a pseudo terminal of its own, in turn.

The clock stops when the wanted text has arrived. Questions that a program may ask its terminal are answered at once,
as a terminal would, so that nobody is measured waiting for a time-out.
"""
import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import termios
import time

ROWS, COLUMNS = 40, 140
LIMIT_SECONDS = 20
ANSWERS = [(b"\x1b[6n", b"\x1b[1;1R"), (b"\x1b[c", b"\x1b[?62c"), (b"\x1b[?u", b"\x1b[?0u"),
           (b"\x1b]11;?", b"\x1b]11;rgb:0000/0000/0000\x1b\\"), (b"\x1b]10;?", b"\x1b]10;rgb:ffff/ffff/ffff\x1b\\")]
# Moves and colours between the letters of the wanted text do not matter.
SEQUENCE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])")


def start(command):
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    begun = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        for number in range(3):
            os.dup2(slave, number)
        os.closerange(3, 64)
        os.execve(command[0], command, dict(os.environ, TERM="xterm-256color"))
    os.close(slave)
    return pid, master, begun


def once(command, wanted):
    """Milliseconds until `wanted` is on the screen, and the peak memory in MB."""
    pid, master, begun = start(command)
    seen, at = b"", None
    while at is None and time.perf_counter() - begun < LIMIT_SECONDS:
        if not select.select([master], [], [], 0.5)[0]:
            continue
        try:
            part = os.read(master, 1 << 16)
        except OSError:
            break
        now = time.perf_counter()
        seen += part
        for question, answer in ANSWERS:
            if question in part:
                os.write(master, answer)
        if wanted in SEQUENCE.sub(b"", seen):
            at = now
    usage = finish(pid, master)
    if at is None:
        raise SystemExit(f"{command[0]} never showed {wanted!r}")
    return (at - begun) * 1000, usage.ru_maxrss / 1024


def finish(pid, master):
    """Ends the program by its own key, else by force; its screen is read away so that it never blocks."""
    os.write(master, b"q")
    end = time.perf_counter() + 3
    while time.perf_counter() < end:
        ended, _, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            os.close(master)
            return usage
        if select.select([master], [], [], 0.01)[0]:
            try:
                os.read(master, 1 << 16)
            except OSError:
                pass
    os.kill(pid, signal.SIGKILL)
    _, _, usage = os.wait4(pid, 0)
    os.close(master)
    return usage


def interleaved(commands, runs):
    """{name: (median ms, peak MB)} of {name: (command, wanted text)}, each in turn, one round to warm up."""
    found = {name: [] for name in commands}
    for round_ in range(runs + 1):
        for name, (command, wanted) in commands.items():
            figures = once(command, wanted)
            if round_:
                found[name].append(figures)
    return {name: tuple(statistics.median(column) for column in zip(*rows)) for name, rows in found.items()}
