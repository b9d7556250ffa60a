"""Caches for the fire: made in MSAL Python's own layout, and audited afterwards. Knows no process and no MSAL.

A cache holds SEEDS: live access tokens, each of a resource of its own, so that `prune --resource` takes exactly one.
"""
import base64
import hashlib
import json
import os
import re
import time

HOST = "login.microsoftonline.com"
KEY_HOST = "login.windows.net"
CLIENT = "f12ef12e-0000-4000-8000-00000000f12e"
TENANT = "7e4a4700-0000-4000-8000-000000007e4a"
HOME = "5a175a17-0000-4000-8000-000000005a17." + TENANT
TOKEN_BYTES = 1500


def resource(seed):
    """What `prune --resource` is given to take seed number SEED."""
    return "https://seed%d.example" % seed


def seeds_in(text):
    """The numbers of the seeds that a cache's text holds, parsed or torn."""
    return {int(number) for number in re.findall(r'"target": ?"https://seed(\d+)\.example/', text)}


def make(path, seeds, token_bytes=TOKEN_BYTES):
    """Writes a cache with SEEDS seeds, one account and its refresh token, as MSAL Python would."""
    now = int(time.time())
    cache = {"AccessToken": {}, "Account": {}, "IdToken": {}, "RefreshToken": {}, "AppMetadata": {}}
    for number in range(seeds):
        token = _access_token(number, now, token_bytes)
        key = "%s-%s-accesstoken-%s-%s-%s" % (HOME, KEY_HOST, CLIENT, TENANT, token["target"])
        cache["AccessToken"][key.lower()] = token
    cache["Account"]["%s-%s-%s" % (HOME, KEY_HOST, TENANT)] = {
        "home_account_id": HOME, "environment": KEY_HOST, "realm": TENANT, "local_account_id": HOME.split(".")[0],
        "username": "pat@fire.example", "authority_type": "MSSTS", "account_source": "authorization_code"}
    cache["RefreshToken"]["%s-%s-refreshtoken-%s--" % (HOME, KEY_HOST, CLIENT)] = {
        "credential_type": "RefreshToken", "secret": _noise("refresh", 900), "home_account_id": HOME,
        "environment": KEY_HOST, "client_id": CLIENT, "target": "openid", "last_modification_time": str(now)}
    cache["AppMetadata"]["appmetadata-%s-%s" % (KEY_HOST, CLIENT)] = {"client_id": CLIENT, "environment": KEY_HOST}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(cache, file, indent=4)


def _access_token(number, now, size):
    return {"credential_type": "AccessToken", "secret": _noise("seed%d" % number, size), "home_account_id": HOME,
            "environment": KEY_HOST, "client_id": CLIENT, "target": resource(number) + "/.default", "realm": TENANT,
            "token_type": "Bearer", "cached_at": str(now), "expires_on": str(now + 86400),
            "extended_expires_on": str(now + 86400)}


def _noise(what, size):
    return base64.urlsafe_b64encode(hashlib.shake_256(what.encode()).digest(size)).decode()[:size]


def digest(path):
    """The hash of the file's bytes; None if there is no file."""
    try:
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except FileNotFoundError:
        return None


def stands(path, seed):
    """Whether a seed stands in a file that others may be writing at this moment: read until it is whole."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        with open(path, encoding="utf-8") as file:
            text = file.read()
        if text.rstrip().endswith("}") and _parses(text):
            break
        time.sleep(0.005)
    return seed in seeds_in(text)


def state(path, old, seeds):
    """What stands at PATH after an edit that takes seed 0 of SEEDS, where the bytes OLD stood: old or new; no file, empty
    or corrupt are what must never be.
    """
    try:
        with open(path, "rb") as file:
            text = file.read()
    except FileNotFoundError:
        return "no file"
    if text == old:
        return "old"
    if not text:
        return "empty"
    try:
        kept, seen = len(json.loads(text)["AccessToken"]), seeds_in(text.decode())
    except (ValueError, KeyError, TypeError):
        return "corrupt"
    return "new" if kept == seeds - 1 and seen == set(range(1, seeds)) else "corrupt"


def _parses(text):
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


class Audit:
    """A cache at rest, after everybody has ended: what stands in it."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.text = file.read()
        self.corrupt = None
        try:
            targets = [entry["target"] for entry in json.loads(self.text)["AccessToken"].values()]
        except (ValueError, KeyError, TypeError) as error:
            self.corrupt, targets = repr(error), []
        self.targets = set(targets)
        self.seeds = seeds_in(self.text)

    def came_back(self, removed):
        """Seeds that were removed and acknowledged, and stand there all the same."""
        return sorted(set(removed) & self.seeds)

    def missing_seeds(self, untouched):
        """Seeds that nobody removed, and that are gone."""
        return sorted(set(untouched) - self.seeds)

    def missing(self, targets):
        """What peers acknowledged to have added, and is gone."""
        return sorted(set(targets) - self.targets)
