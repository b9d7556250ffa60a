"""MSAL over one cache file: sign in, ask silently, refresh, by the library's own clients."""
import importlib
import json
import os
import sys
import time

import msal
import msal_extensions
from msal_extensions.token_cache import CrossPlatLock

import cast
from sts import Sts


class FrozenTime:
    """The time module with `time()` standing still."""

    def __init__(self, now):
        self._now = now

    def time(self):
        return self._now

    def __getattr__(self, name):
        return getattr(time, name)


def freeze(now):
    """Stops msal's clock, not msal-extensions': that one is compared with file times."""
    frozen = FrozenTime(now)
    importlib.import_module("msal.managed_identity")
    for name, module in list(sys.modules.items()):
        if name.startswith("msal.") and getattr(module, "time", None) is time:
            module.time = frozen
    return frozen.time


def persistence(file):
    """A file; or, where KEYRING_ITEM gives the arguments of an item, the keyring with FILE as its signal."""
    item = os.environ.get("KEYRING_ITEM")
    if item is None:
        return msal_extensions.FilePersistence(file)
    return msal_extensions.LibsecretPersistence(file, **json.loads(item))


class Client:
    """The real library on FILE, with a fake network."""

    def __init__(self, file, clock=time.time, in_memory=False):
        self.file = file
        self.sts = Sts(clock)
        self.persistence = persistence(file)
        self.cache = (msal.SerializableTokenCache() if in_memory
                      else msal_extensions.PersistedTokenCache(self.persistence))
        self._apps = {}

    def app(self, row, confidential=False):
        key = (row.client, row.authority, confidential)
        if key not in self._apps:
            kind = msal.ConfidentialClientApplication if confidential else msal.PublicClientApplication
            self._apps[key] = kind(row.client, authority=row.authority, http_client=self.sts, token_cache=self.cache,
                                   **({"client_credential": "not a secret"} if confidential else {}))
        return self._apps[key]

    def obtain(self, row):
        """Gets ROW's tokens from the fake network into the cache."""
        self.sts.row = row
        try:
            result = self._ask(row)
        finally:
            self.sts.row = None
        if "access_token" not in result:
            raise RuntimeError("no token: %s" % result)

    def _ask(self, row):
        if row.kind == "managed":
            return self._managed().acquire_token_for_client(resource=row.scopes)
        if row.kind in ("app", "fmi"):
            path = {"fmi_path": "SaltCellar/Test"} if row.kind == "fmi" else {}
            return self.app(row, confidential=True).acquire_token_for_client(row.scope_list, **path)
        if row.kind in ("ssh", "agent"):
            return self._silent(row)
        return self.app(row).acquire_token_by_authorization_code(
            "code", row.scope_list, redirect_uri="http://localhost")

    def _managed(self):
        return msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=self.sts,
                                          token_cache=self.cache)

    def _silent(self, row, **how):
        return self.app(row).acquire_token_silent_with_error(
            row.scope_list, self.account(row), data=_data(row), **how)

    def account(self, row):
        found = [a for a in self.app(row).get_accounts() if a["home_account_id"] == home_account_id(row)]
        return found[0] if found else None

    def silent(self, row):
        """Where ROW's token comes from when the network refuses."""
        before = self.sts.refused
        try:
            result = self._silent(row) if row.has_user else self._ask(row)
        except msal.exceptions.MsalServiceError:
            # What was refused a moment ago msal refuses again by itself: ThrottledHttpClient.
            return "refresh"
        except Exception as error:
            return "refresh" if self.sts.refused > before else "error:" + type(error).__name__
        if result and result.get("token_source") == "cache" and "access_token" in result:
            return "cache"
        return "refresh" if self.sts.refused > before else "none"

    def rotate(self, row):
        """Refreshes ROW as a running app would: new access, refresh and id token."""
        self.sts.row = row
        try:
            return "access_token" in (self._silent(row, force_refresh=True) or {})
        finally:
            self.sts.row = None

    def accounts(self):
        """Every account that any client of the cast is told of, once."""
        found = {}
        for row in cast.cast():
            if not row.has_user:
                continue
            for account in self.app(row).get_accounts():
                found.setdefault((account["home_account_id"], account["environment"]), account)
        return list(found.values())

    def lock(self):
        return CrossPlatLock(self.file + ".lockfile")


def _data(row):
    if row.kind == "ssh":
        return {"token_type": "ssh-cert", "key_id": "fabricated-key-1", "req_cnf": '{"kty":"RSA"}'}
    if row.kind == "agent":
        return {"client_session": "session-of-a-test"}
    return {}


def home_account_id(row):
    return "%s.%s" % (row.uid, row.utid) if row.utid else row.uid
