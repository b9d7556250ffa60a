#!/usr/bin/env python3
"""reader.py FILE --at T: what a cache holds, read independently of saltcellar and of MSAL.

Plain json of the standard library, duplicates kept. Judges nothing but an access token's state at time T.
"""
import argparse
import hashlib
import json
import re
import time

SOON = 900


class Members(list):
    """A JSON object as its (name, value) pairs, in order, duplicates and all."""

    def get(self, name):
        # The last one wins, as in every MSAL's parser.
        return next((value for key, value in reversed(self) if key == name), None)


def load(file):
    with open(file, "rb") as raw:
        text = raw.read().decode("utf-8-sig")
    return json.loads(text, object_pairs_hook=Members, strict=False) if text.strip() else Members()


def seconds(value):
    """Unix seconds from a number or a string of digits, else None."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]+\s*", value):
        return int(value)
    return None


def state(section, expires_on, at):
    if section != "AccessToken" or expires_on is None:
        return "none"
    if expires_on <= at:
        return "expired"
    return "expiring" if expires_on - at <= SOON else "live"


def fingerprint(secret):
    if not isinstance(secret, str):
        return None
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def entry(section, key, fields, at):
    expires_on = seconds(fields.get("expires_on"))
    told = {"section": section, "key": key, "fingerprint": fingerprint(fields.get("secret"))}
    for name in ("home_account_id", "environment", "client_id", "realm", "target"):
        told[name] = fields.get(name)
    return dict(told, cached_at=seconds(fields.get("cached_at")), expires_on=expires_on,
                state=state(section, expires_on, at))


def account(fields):
    names = ("home_account_id", "username", "environment", "realm", "local_account_id", "authority_type", "name")
    return {name: fields.get(name) for name in names}


def describe(root, at):
    sections, entries, accounts = {}, [], []
    for section, members in root:
        if not isinstance(members, Members):
            continue
        sections[section] = sections.get(section, 0) + len(members)
        whole = [(key, fields) for key, fields in members if isinstance(fields, Members)]
        entries += [entry(section, key, fields, at) for key, fields in whole]
        if section == "Account":
            accounts += [account(fields) for _, fields in whole]
    return {"sections": sections, "entries": entries, "accounts": accounts}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("--at", type=int, default=None)
    asked = parser.parse_args()
    print(json.dumps(describe(load(asked.file), int(time.time()) if asked.at is None else asked.at)))
