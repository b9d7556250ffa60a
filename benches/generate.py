#!/usr/bin/env python3
"""Writes a token cache of any size in MSAL Python's layout: invented accounts, five access tokens each.

    generate.py ACCESS_TOKENS OUT [--now SECONDS] [--seed N]

The same arguments give the same bytes. Half of the access tokens are expired at --now. Tokens are JWT-shaped and
about as long as real ones (2 KB), since their length is what reading a cache costs. Entries are written one by one,
so that a cache of a gigabyte needs no memory.
"""
import argparse
import base64
import json
import random

ENVIRONMENT = "login.microsoftonline.com"
RESOURCES = [
    ("https://graph.microsoft.com", ["/.default", "/User.Read", "/Mail.Read"]),
    ("https://management.core.windows.net/", ["/user_impersonation", "/.default"]),
    ("https://vault.azure.net", ["/.default"]),
    ("https://storage.azure.com", ["/user_impersonation"]),
    ("https://database.windows.net/", ["/.default"]),
]
AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Invented:
    """Everything about one account, from its number alone, so that sections can be written one after another."""

    def __init__(self, number, seed, now):
        self.random = random.Random(f"{seed}/{number}")
        self.now = now
        self.object_id, self.tenant, own_client = (self.guid() for _ in range(3))
        self.home = f"{self.object_id}.{self.tenant}"
        self.client = AZURE_CLI if number % 3 == 0 else own_client
        self.username = f"person{number}@example{number % 97}.invalid"

    def guid(self):
        digits = f"{self.random.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], "4" + digits[13:16], "a" + digits[17:20], digits[20:]))

    def token(self, audience, expires):
        claims = {"aud": audience, "iss": f"https://sts.windows.net/{self.tenant}/", "exp": expires, "tid": self.tenant,
                  "oid": self.object_id, "upn": self.username, "pad": base64url(self.random.randbytes(700))}
        parts = [base64url(json.dumps({"typ": "JWT", "alg": "RS256"}).encode()), base64url(json.dumps(claims).encode())]
        return ".".join(parts + [base64url(self.random.randbytes(256))])

    def access_token(self, number):
        resource, scopes = RESOURCES[number % len(RESOURCES)]
        target = " ".join(resource + scope for scope in scopes)
        left = self.random.randint(-8_000_000, -60) if self.random.random() < 0.5 else self.random.randint(600, 86_000)
        expires = self.now + left
        key = f"{self.home}-{ENVIRONMENT}-accesstoken-{self.client}-{self.tenant}-{target}".lower()
        return key, {"credential_type": "AccessToken", "secret": self.token(resource, expires), "home_account_id": self.home,
                     "environment": ENVIRONMENT, "client_id": self.client, "target": target, "realm": self.tenant,
                     "token_type": "Bearer", "cached_at": str(expires - 4000), "expires_on": str(expires),
                     "extended_expires_on": str(expires + 3600)}

    def account(self):
        return f"{self.home}-{ENVIRONMENT}-{self.tenant}", {
            "home_account_id": self.home, "environment": ENVIRONMENT, "realm": self.tenant,
            "local_account_id": self.object_id, "username": self.username, "authority_type": "MSSTS",
            "account_source": "authorization_code"}

    def id_token(self):
        key = f"{self.home}-{ENVIRONMENT}-idtoken-{self.client}-{self.tenant}-"
        return key, {"credential_type": "IdToken", "secret": self.token(self.client, self.now), "home_account_id": self.home,
                     "environment": ENVIRONMENT, "realm": self.tenant, "client_id": self.client}

    def refresh_token(self):
        resource, scopes = RESOURCES[0]
        entry = {"credential_type": "RefreshToken", "secret": "1.A" + base64url(self.random.randbytes(900)),
                 "home_account_id": self.home, "environment": ENVIRONMENT, "client_id": self.client,
                 "target": resource + scopes[0], "last_modification_time": str(self.now - 5000)}
        if self.client == AZURE_CLI:
            entry["family_id"] = "1"
        return f"{self.home}-{ENVIRONMENT}-refreshtoken-{self.client}--{entry['target']}".lower(), entry


def entries(options, section):
    """The entries of one section, in order."""
    people = (options.access_tokens + 4) // 5
    for number in range(people):
        person = Invented(number, options.seed, options.now)
        if section == "AccessToken":
            wanted = min(5, options.access_tokens - 5 * number)
            yield from (person.access_token(one) for one in range(wanted))
        else:
            yield {"Account": person.account, "IdToken": person.id_token, "RefreshToken": person.refresh_token}[section]()


def write(options, out):
    out.write("{\n")
    for section in ("AccessToken", "Account", "IdToken", "RefreshToken"):
        out.write(f'    "{section}": {{')
        for place, (key, entry) in enumerate(entries(options, section)):
            body = json.dumps({key: entry}, indent=4)[2:-2].replace("\n", "\n    ")
            out.write((",\n" if place else "\n") + "    " + body)
        out.write("\n    },\n")
    metadata = {"client_id": AZURE_CLI, "environment": ENVIRONMENT, "family_id": "1"}
    body = json.dumps({f"appmetadata-{ENVIRONMENT}-{AZURE_CLI}": metadata}, indent=4)[2:-2].replace("\n", "\n    ")
    out.write(f'    "AppMetadata": {{\n    {body}\n    }}\n}}')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("access_tokens", type=int)
    parser.add_argument("out")
    parser.add_argument("--now", type=int, default=1_795_348_800)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with open(options.out, "w", encoding="ascii") as out:
        write(options, out)


if __name__ == "__main__":
    main()
