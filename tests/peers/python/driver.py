"""MSAL Python as a test peer: the commands of ../peer. Prints one line of JSON at the end."""
import argparse
import json
import os
import random
import sys
import threading
import time
from collections import Counter

import cast
from ask import ask_all
from client import Client, freeze, home_account_id


def make(args):
    clock = freeze(args.now) if args.now else time.time
    if args.scenario == "bulk":
        return _bulk(args, clock)
    client = Client(args.file, clock)
    rows = cast.scenario(args.scenario)
    for row in rows:
        client.obtain(row)
    return _counts(client, rows)


def _bulk(args, clock):
    """Fills the memory, then saves once: entry by entry would write the file five times for each token."""
    client, rows = Client(args.file, clock, in_memory=True), []
    dice = random.Random(args.number)
    while sum(map(len, client.cache._cache.values())) < args.number:
        row = cast.writer("b%d" % (len(rows) // 3), len(rows))
        row["expires_in"] = str(dice.choice((3599, 86399, 3599, -7200)))
        rows.append(row)
        client.obtain(row)
    with client.lock():
        client.persistence.save(client.cache.serialize())
    return _counts(client, rows)


def _counts(client, rows):
    text = client.persistence.load()
    sections = {name: len(entries) for name, entries in json.loads(text).items()}
    return {"file": client.file, "bytes": len(text.encode()), "requests": len(rows), "sections": sections}


def read(args):
    if args.now:
        freeze(args.now)
    return seen(Client(args.file))


def seen(client):
    """What the library makes of the file: its accounts, and where each token of the cast comes from."""
    accounts = client.accounts()
    known = {account["home_account_id"] for account in accounts}
    silent = []
    for row in cast.cast():
        if row.has_user and home_account_id(row) not in known:
            continue
        silent.append({"username": row.username, "client_id": row.client, "realm": row.tenant, "kind": row.kind,
                       "scopes": row.scope_list, "from": client.silent(row)})
    return {"accounts": [{k: a.get(k) for k in ("username", "home_account_id", "environment", "realm")}
                         for a in accounts], "silent": silent}


def hold(args):
    with Client(args.file).lock():
        print("LOCKED", flush=True)
        began = time.monotonic()
        time.sleep(args.seconds)
        held = time.monotonic() - began
    return {"held": round(held, 2)}


def wait(args):
    began = time.monotonic()
    threading.Thread(target=_give_up, args=(args.seconds, began), daemon=True).start()
    try:
        with Client(args.file).lock():
            waited = time.monotonic() - began
        return {"outcome": "acquired", "seconds": round(waited, 2), "error": None}
    except Exception as error:
        return {"outcome": "error", "seconds": round(time.monotonic() - began, 2), "error": type(error).__name__}


def _give_up(seconds, began):
    time.sleep(seconds)
    print(json.dumps({"outcome": "error", "seconds": round(time.monotonic() - began, 2), "error": "StillWaiting"}),
          flush=True)
    os._exit(0)


def write(args):
    return _write(args, lambda done: done < args.number)


def loop(args):
    end = time.monotonic() + args.seconds
    return _write(args, lambda done: time.monotonic() < end)


def _write(args, more):
    client, acked, errors, slowest, number = Client(args.file), [], Counter(), 0.0, 0
    while more(number):
        row, began = cast.writer(args.id, number), time.monotonic()
        number += 1
        try:
            client.obtain(row)
            acked.append(row.scopes)
        except Exception as error:
            errors[_kind(error)] += 1
        slowest = max(slowest, time.monotonic() - began)
        if args.search:
            _search(client, row, errors)
        time.sleep(random.uniform(0.0, 0.05))
    return {"id": args.id, "asked": number, "acked": acked, "errors": errors, "slowest": round(slowest, 2)}


def _search(client, row, errors):
    try:
        client.silent(row)
    except Exception as error:
        errors["search:" + _kind(error)] += 1


def _kind(error):
    # portalocker calls its LockError otherwise.
    return "LockError" if type(error).__name__ in ("LockException", "AlreadyLocked") else type(error).__name__


def rotate(args):
    client = Client(args.file)
    for row in cast.cast():
        if row.kind == "user" and row.username == args.username and client.account(row):
            return {"username": row.username, "client_id": row.client, "rotated": client.rotate(row)}
    raise SystemExit("no such account: " + args.username)


def stay(args):
    client = Client(args.file)
    client.accounts()
    print("LOADED", flush=True)
    touched = 0
    for line in sys.stdin:
        order = line.strip()
        if order == "quit":
            break
        if order == "touch":
            client.obtain(cast.writer("stay", touched))
            touched += 1
            print("DONE", flush=True)
        elif order == "read":
            print(json.dumps(seen(client)), flush=True)
    return {"touched": touched}


def ask(args):
    return ask_all(args.file)


def _arguments():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)

    def command(run, *words):
        sub = commands.add_parser(run.__name__)
        sub.set_defaults(run=run)
        sub.add_argument("file")
        for word, kind in words:
            sub.add_argument(word, type=kind)
        return sub

    maker = command(make)
    maker.add_argument("scenario", nargs="?", default="work")
    maker.add_argument("number", nargs="?", type=int, default=100)
    maker.add_argument("--now", type=int)
    command(read).add_argument("--now", type=int)
    command(hold, ("seconds", float))
    command(wait).add_argument("seconds", nargs="?", type=float, default=600)
    for writer in (command(write, ("number", int), ("id", str)), command(loop, ("seconds", float), ("id", str))):
        writer.add_argument("--search", action="store_true")
    command(rotate, ("username", str))
    command(stay)
    command(ask)
    return parser.parse_args()


if __name__ == "__main__":
    arguments = _arguments()
    report = arguments.run(arguments)
    if report is not None:
        print(json.dumps(report))
