"""Small caches and requests for `peer NAME ask`: what decides a silent lookup, in every combination that dice give.

    cases.py RUNTIME COUNT --seed N --now T     one JSON object a line, the same for the same words

Each case is {"number", "now", "cache": the text of a cache, "request"}. Every secret is unlike every other one of the
run, so that an answer names its entry. Knows no MSAL: entries look like those of any runtime, or nearly so.
"""
import argparse
import base64
import json
import random

from keys import DIALECTS, key_of

PUBLIC = ("login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net")
CHINA = ("login.partner.microsoftonline.cn", "login.chinacloudapi.cn")
GOVERNMENT = ("login.microsoftonline.us", "login.usgovcloudapi.net")
CLOUDS = (PUBLIC, CHINA, GOVERNMENT)
B2C = "contosob2c.b2clogin.com"
ADFS = "adfs.corp.example"

AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
OFFICE = "d3590ed6-52b3-4102-aeff-aad2292ab01c"
OWN_APP = "a99a99a9-0000-4000-8000-000000000a99"
CLIENTS = (AZURE_CLI, OWN_APP, OFFICE)

CONTOSO = "c0de0000-0000-4000-8000-00000000c0de"
FABRIKAM = "fab00000-0000-4000-8000-000000000fab"
TENANTS = (CONTOSO, FABRIKAM, "organizations", "common")
ADA = "ada00000-0000-4000-8000-000000000001." + CONTOSO
BOB = "b0b00000-0000-4000-8000-000000000002." + CONTOSO

ARM = "https://management.core.windows.net//.default"
ARM_ONE_SLASH = "https://management.core.windows.net/.default"
GRAPH = "https://graph.microsoft.com/"
SCOPES = 2 * [[ARM], [ARM_ONE_SLASH], [GRAPH + "User.Read"], [GRAPH + "User.Read", GRAPH + "Mail.Read"],
              [GRAPH + "Mail.Read", GRAPH + "User.Read"], ["User.Read"], ["Mail.Read", "User.Read"],
              [GRAPH + ".default"]] + [["user.read"], ["User.Read", "openid"]]
CLAIMS = '{"access_token":{"nbf":{"essential":true,"value":"1700000000"}}}'
SESSION = {"client_session": "session-of-a-test"}
# What MSAL Python makes of SESSION: a name for the tokens of that session alone.
SESSION_HASH = "kpvbpjxtkygufhueriuwhbh5swyttucrhruynabddjg"

ABSENT = object()


class Clock:
    """Moments as offsets: to the second where a library's clock stands still, else with minutes of room."""

    def __init__(self, now, frozen):
        self.now = now
        self.expiry = ([3000] * 8 + [-7200, -1, 0, 1, 60, 299, 300, 301, 400 * 86400] if frozen
                       else [3000] * 8 + [-7200, -100, 240, 900, 400 * 86400])
        self.refresh = [-1000, -1, 0, 1, 1000] if frozen else [-1000, 1000]
        self.cached = [-1000] * 8 + [0, 1, 3600] if frozen else [-1000] * 8 + [3600]


class Case:
    """One cache and one request, drawn with its own dice."""

    def __init__(self, runtime, number, seed, now):
        self.runtime, self.number = runtime, number
        self.dice = random.Random("%s %d %d" % (runtime, seed, number))
        self.clock = Clock(now, runtime in ("python", "node"))
        # Some caches are all in order, some are a mess.
        self.disorder = self.dice.choice((0.0, 0.03, 0.08, 0.2))
        self.secrets = 0
        self.kind = self.chosen(self.kinds())
        self.request = self.a_request()
        self.sections = {}

    def kinds(self):
        kinds = [("user", 78), ("app", 10), ("b2c", 2), ("adfs", 2)]
        if self.runtime in ("python", "node"):
            kinds.append(("ssh", 4))
        if self.runtime == "python":
            kinds.append(("session", 4))
        return kinds

    # Dice.

    def chosen(self, weighted):
        return self.dice.choices([one for one, _ in weighted], [weight for _, weight in weighted])[0]

    def once_in(self, times):
        return self.dice.random() * times < 1

    def is_off(self):
        return self.dice.random() < self.disorder

    def secret(self, kind):
        self.secrets += 1
        return "%s-%s-%d-%d" % (kind, self.runtime, self.number, self.secrets)

    # The request.

    def a_request(self):
        dice = self.dice
        self.cloud = self.chosen([(PUBLIC, 90), (CHINA, 5), (GOVERNMENT, 5)])
        host = self.cloud[0] if not self.once_in(6) else dice.choice(self.cloud)
        tenant, account = self.chosen([(CONTOSO, 6), (FABRIKAM, 2), ("organizations", 1), ("common", 1)]), ADA
        path = tenant
        if self.kind == "b2c":
            host, tenant, account = B2C, "contosob2c.onmicrosoft.com", "bea-b2c_1_susi." + CONTOSO
            path = tenant + "/b2c_1_susi"
        elif self.kind == "adfs":
            host, path, tenant, account = ADFS, "adfs", "adfs", "Zm9v+/bar="
        elif self.kind == "app":
            tenant = path = dice.choice((CONTOSO, FABRIKAM))
        if self.kind in ("b2c", "adfs"):
            self.cloud = (host,)
        self.host, self.tenant, self.account = host, tenant, account if self.kind != "app" else None
        return {"client": dice.choice(CLIENTS[:2] if self.kind != "app" else CLIENTS[1:2]), "account": self.account,
                "authority": "https://%s/%s" % (host, path), "scopes": list(dice.choice(SCOPES)),
                "claims": (CLAIMS if not self.once_in(4) else "{}") if self.once_in(16) else None,
                "force_refresh": self.runtime != "go" and self.once_in(20),
                "app_only": self.kind == "app",
                "token_type": "ssh-cert" if self.kind == "ssh" else None,
                "key_id": "key-1" if self.kind == "ssh" else None,
                "data": dict(SESSION) if self.kind == "session" else {}}

    # The cache.

    def fill(self):
        for section, make, how_many in (
                ("AccessToken", self.access_token, [(0, 10), (1, 40), (2, 28), (3, 12), (4, 6), (8, 4)]),
                ("RefreshToken", self.refresh_token, [(0, 20), (1, 25), (2, 20), (3, 20), (4, 15)]),
                ("IdToken", self.id_token, [(0, 40), (1, 40), (2, 20)]),
                ("Account", self.account_entry, [(0, 4), (1, 70), (2, 26)]),
                ("AppMetadata", self.app_metadata, [(0, 25), (1, 60), (2, 15)])):
            for _ in range(self.chosen(how_many)):
                self.add(section, *make())

    def add(self, section, dialect, entry):
        key = key_of(dialect, section, entry)
        if self.is_off() and self.once_in(3):
            key = self.dice.choice((key.upper(), key + "-", key.rstrip("-"), "entry-%d" % self.secrets))
        self.drop_fields(section, entry)
        entry = {name: value for name, value in entry.items() if value is not ABSENT}
        self.sections.setdefault(section, []).append((key, entry))

    def drop_fields(self, section, entry):
        """Takes a field away or empties it: last, for its key is of when it was whole."""
        if not (self.is_off() and self.once_in(3)):
            return
        name = self.dice.choice(sorted(entry))
        # An account that an app remembers is of some cloud and tenant.
        is_place = section == "Account" and name in ("environment", "realm")
        entry[name] = self.dice.choice((ABSENT, ABSENT, None) if is_place else (ABSENT, ABSENT, None, ""))

    def dialect(self):
        if not self.once_in(4) and not self.is_off():
            return self.runtime
        return self.dice.choice(DIALECTS)

    def environment(self, alias_once_in=3):
        if self.is_off():
            return self.dice.choice(self.dice.choice(CLOUDS) + ("login.microsoftonline.de", self.host.title()))
        return self.host if not self.once_in(alias_once_in) else self.dice.choice(self.cloud)

    def realm(self):
        if self.is_off():
            return self.dice.choice(TENANTS + (self.tenant.upper(),))
        return self.tenant if not self.once_in(6) else self.dice.choice(TENANTS)

    def home(self):
        if self.is_off():
            return self.dice.choice((BOB, None, "", ABSENT, ADA.upper(), ADA))
        return self.account if self.account else self.dice.choice((None, "", ABSENT))

    def client(self):
        client = self.request["client"]
        if self.is_off():
            return self.dice.choice(CLIENTS + (client.upper(),))
        return client

    def moment(self, offsets, text=True):
        moment = self.clock.now + self.dice.choice(offsets)
        if self.is_off() and self.once_in(2):
            return self.dice.choice((moment, moment, str(moment) + ".5", "soon", "", None, ABSENT))
        return str(moment) if text else moment

    def target(self):
        scopes = list(self.request["scopes"])
        how = self.chosen([("same", 6), ("more", 3), ("sorted", 3), ("less", 1), ("case", 1), ("other", 1)])
        if how == "more":
            scopes += self.dice.sample(("openid", "profile", GRAPH + "Files.Read", "email"), self.dice.randint(1, 3))
        if how == "less":
            scopes = scopes[1:] or [GRAPH + "Files.Read"]
        if how == "case":
            scopes = [scope.upper() if self.once_in(2) else scope.lower() for scope in scopes]
        if how == "other":
            scopes = list(self.dice.choice(SCOPES))
        if self.once_in(4):
            self.dice.shuffle(scopes)
        return " ".join(sorted(scopes) if how == "sorted" or self.once_in(2) else scopes)

    def access_token(self):
        entry = {"home_account_id": self.home(), "environment": self.environment(), "realm": self.realm(),
                 "credential_type": "AccessToken", "client_id": self.client(), "secret": self.secret("at"),
                 "target": self.target(), "cached_at": self.moment(self.clock.cached),
                 "expires_on": self.moment(self.clock.expiry), "extended_expires_on": self.moment([9000])}
        if self.once_in(6):
            entry["refresh_on"] = self.moment(self.clock.refresh)
        kind = self.dice.choice(("Bearer", "Bearer", "bearer", ABSENT))
        if (self.kind == "ssh" and not self.once_in(4)) or self.is_off():
            kind = self.dice.choice(("ssh-cert", "ssh-cert", "pop"))
            name = {"go": "keyid", "dotnet": "kid"}.get(self.runtime, "key_id")
            entry[name] = "key-1" if not self.once_in(3) else self.dice.choice(("key-2", ABSENT))
            if (self.runtime == "node" and not self.once_in(4)) or self.is_off():
                entry["credential_type"] = "AccessToken_With_AuthScheme"
        entry["token_type"] = kind
        if (self.kind == "session" and not self.once_in(4)) or self.is_off():
            entry["ext_cache_key"] = SESSION_HASH if not self.once_in(4) else "another"
        if self.is_off() and self.once_in(4):
            entry["credential_type"] = self.dice.choice(("ATExt", "accesstoken", "AccessToken_With_AuthScheme"))
        return self.dialect(), entry

    def refresh_token(self):
        is_family = self.once_in(3)
        entry = {"home_account_id": self.home() if self.account else ADA, "environment": self.environment(),
                 "credential_type": "RefreshToken", "secret": self.secret("rt"),
                 "client_id": self.dice.choice(CLIENTS) if is_family or self.once_in(4) else self.client()}
        if is_family:
            entry["family_id"] = "1" if not self.is_off() else self.dice.choice(("2", "", None))
        if self.once_in(2):
            entry["last_modification_time"] = self.moment([-5000, -400, -300, -200])
        if self.once_in(2):
            entry["target"] = self.target()
        return self.dialect(), entry

    def id_token(self):
        tenant = self.realm()
        claims = {"tid": tenant, "oid": (self.account or ADA).split(".")[0], "preferred_username": "ada@contoso.com",
                  "sub": "s", "iss": "https://%s/%s/v2.0" % (self.host, tenant), "aud": self.request["client"]}
        secret = "%s.%s.%s" % (coded({"typ": "JWT", "alg": "RS256"}), coded(claims), self.secret("idt"))
        entry = {"home_account_id": self.home() if self.account else ADA, "environment": self.environment(),
                 "realm": tenant, "credential_type": "IdToken", "client_id": self.client(),
                 "secret": secret if not self.is_off() else self.secret("idt")}
        return self.dialect(), entry

    def account_entry(self):
        home = self.home() if self.account else ADA
        # Mostly of the tenant that is asked for, which alone counts for Node; else of the home tenant.
        realm = CONTOSO if self.once_in(6) and self.kind not in ("b2c", "adfs") else self.realm()
        entry = {"home_account_id": home, "environment": self.environment(alias_once_in=8), "realm": realm,
                 "local_account_id": (self.account or ADA).split(".")[0], "username": "ada@contoso.com",
                 "authority_type": "ADFS" if self.kind == "adfs" else "MSSTS"}
        return self.dialect(), entry

    def app_metadata(self):
        family = self.dice.choice((ABSENT, "1", "1") if not self.is_off() else ("", None, "2"))
        entry = {"client_id": self.client(), "environment": self.environment(), "family_id": family}
        return self.dialect(), entry

    def know_the_account(self):
        """What an app would remember of the account: as its first entry has it, else as the authority has it."""
        sections = {name: dict(entries) for name, entries in self.sections.items()}
        ids = [entry.get("home_account_id") for entries in sections.values() for entry in entries.values()]
        if self.account and self.account not in ids:
            spelt = (one for one in ids if isinstance(one, str) and one.lower() == self.account.lower())
            self.request["account"] = next(spelt, self.account)
        account = self.request["account"]
        first = next((entry for entry in sections.get("Account", {}).values()
                      if account and entry.get("home_account_id") == account), {})
        self.request["account_environment"] = first.get("environment") or self.host
        is_shared = self.tenant in ("common", "organizations")
        self.request["account_tenant"] = (first.get("realm") or self.tenant) if is_shared else self.tenant

    def line(self):
        self.fill()
        self.write_some_twice()
        self.know_the_account()
        text = "{%s}" % ",".join("%s:%s" % (json.dumps(name), self.members(entries))
                                 for name, entries in self.sections.items())
        return {"number": self.number, "now": self.clock.now, "cache": text, "request": self.request}

    def write_some_twice(self):
        for entries in self.sections.values():
            if self.is_off() and self.once_in(4):
                key, entry = self.dice.choice(entries)
                entries.append((key, dict(entry, secret=self.secret("twice"))))

    def members(self, entries):
        """An object by hand: a dict could not hold one key twice."""
        return "{%s}" % ",".join("%s:%s" % (json.dumps(key), json.dumps(entry)) for key, entry in entries)


def coded(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("runtime", choices=("python", "node", "java", "go"))
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--now", type=int, required=True)
    words = parser.parse_args()
    for number in range(words.count):
        print(json.dumps(Case(words.runtime, number, words.seed, words.now).line()))
