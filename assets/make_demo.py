#!/usr/bin/env python3
"""Writes assets/demo.json: the invented cache of `saltcellar --demo`, laid out as MSAL Python lays it out.

Deterministic, standard library only. No token here was ever issued: every signature is the
base64url of "not-a-real-signature" and every id is made up. Times stand around NOW, which is
`DEMO_NOW` in src/cache/demo.rs.

    python3 assets/make_demo.py
"""
import base64
import hashlib
import json
import os

NOW = 1795348800  # 2026-11-22T12:00:00Z
MINUTE, HOUR, DAY = 60, 3600, 86400

HOST = "login.microsoftonline.com"
CONTOSO = "c0270500-7e1a-4c3e-9b1d-5a17ce11a001"
FABRIKAM = "fab21ca0-7e1a-4c3e-9b1d-5a17ce11a002"
AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
POWERSHELL = "1950a258-227b-4e31-a9cf-717495945fc2"
VS_CODE = "aebc6443-996d-45c2-90f0-388ff96faa56"
TEAMS = "1fec8e78-bce4-4aaf-ab1b-5451cc387264"
PORTAL = "c0270500-a991-4a1e-8000-5a17ce11a003"  # Contoso Portal, an app of Contoso's own
DEPLOY = "de910900-a991-4a1e-8000-5a17ce11a004"  # a service principal
ADA = {"oid": "ada10000-5a17-4ce1-8a00-000000000001", "home": CONTOSO, "username": "ada@contoso.com", "name": "Ada Lovelace"}
BOB = {"oid": "b0b20000-5a17-4ce1-8a00-000000000002", "home": FABRIKAM, "username": "bob@fabrikam.com", "name": "Bob Nu\u00f1ez"}
GONE = {"oid": "90e30000-5a17-4ce1-8a00-000000000003", "home": CONTOSO, "username": "carol@contoso.com", "name": "Carol"}
ADA_AT_FABRIKAM = "ada10000-6e57-4ce1-8a00-000000000001"

GRAPH = "https://graph.microsoft.com/"
ARM = "https://management.core.windows.net/"
VAULT = "https://vault.azure.net/"
OUTLOOK = "https://outlook.office.com/"

cache = {"AccessToken": {}, "Account": {}, "IdToken": {}, "RefreshToken": {}, "AppMetadata": {}}


def b64u(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def invented(seed, size):
    """`size` bytes that are the same in every run."""
    blocks = (hashlib.sha256(f"{seed}/{i}".encode()).digest() for i in range(size // 32 + 1))
    return b"".join(blocks)[:size]


def jwt(claims):
    header = {"typ": "JWT", "alg": "RS256", "kid": "not-a-real-key"}
    parts = [json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode() for part in (header, claims)]
    return ".".join(b64u(part) for part in parts + [b"not-a-real-signature"])


def home_id(user):
    return f"{user['oid']}.{user['home']}" if user else None


def user_claims(user, tenant):
    oid = ADA_AT_FABRIKAM if user is ADA and tenant == FABRIKAM else user["oid"]
    claims = {"name": user["name"], "oid": oid, "sub": b64u(invented(oid, 32)), "tid": tenant}
    if tenant != user["home"]:
        claims["idp"] = f"https://sts.windows.net/{user['home']}/"
    return claims


def access_token(user, client, tenant, resource, scopes, cached, expires, extra=None):
    target = " ".join(sorted(resource + scope for scope in scopes))
    claims = {"aud": resource.rstrip("/"), "iss": f"https://sts.windows.net/{tenant}/", "iat": NOW + cached - 300,
              "nbf": NOW + cached - 300, "exp": NOW + expires, "appid": client, "ver": "1.0"}
    if user:
        claims.update(acct=0 if tenant == user["home"] else 1, acr="1", amr=["pwd", "mfa"], appidacr="0", idtyp="user",
                      ipaddr="203.0.113.7", scp=" ".join(scopes), upn=user["username"], unique_name=user["username"],
                      xms_cc=["cp1"], **user_claims(user, tenant))
    else:
        claims.update(appidacr="2", idtyp="app", oid="5e121ce0-5a17-4ce1-8a00-000000000005", tid=tenant)
    claims.update({"uti": b64u(invented(target + str(expires), 16)), **(extra or {})})
    store_access_token(user, client, tenant, target, jwt(claims), cached, expires)


def store_access_token(user, client, tenant, target, secret, cached, expires, **more):
    key = "-".join([home_id(user) or "", HOST, "accesstoken", client, tenant, target]).lower()
    cache["AccessToken"][key] = {
        "credential_type": "AccessToken", "secret": secret, "home_account_id": home_id(user), "environment": HOST,
        "client_id": client, "target": target, "realm": tenant, "token_type": "Bearer", "cached_at": str(NOW + cached),
        "expires_on": str(NOW + expires), "extended_expires_on": str(NOW + expires + HOUR), **more}


def account(user, tenant, **more):
    key = "-".join([home_id(user), HOST, tenant]).lower()
    cache["Account"][key] = {
        "home_account_id": home_id(user), "environment": HOST, "realm": tenant,
        "local_account_id": user_claims(user, tenant)["oid"], "username": user["username"],
        "authority_type": "MSSTS", "account_source": "authorization_code", **more}


def id_token(user, client, tenant, issued):
    key = "-".join([home_id(user), HOST, "idtoken", client, tenant, ""]).lower()
    claims = {"aud": client, "iss": f"https://{HOST}/{tenant}/v2.0", "iat": NOW + issued, "nbf": NOW + issued,
              "exp": NOW + issued + 65 * MINUTE, "preferred_username": user["username"], "ver": "2.0",
              **user_claims(user, tenant)}
    cache["IdToken"][key] = {
        "credential_type": "IdToken", "secret": jwt(claims), "home_account_id": home_id(user), "environment": HOST,
        "realm": tenant, "client_id": client}


def refresh_token(user, client, target, changed, **more):
    key = "-".join([home_id(user), HOST, "refreshtoken", client, "", target]).lower()
    cache["RefreshToken"][key] = {
        "credential_type": "RefreshToken", "secret": "1.AX0A-not-a-real-refresh-token." + b64u(invented(key, 600)),
        "home_account_id": home_id(user), "environment": HOST, "client_id": client, "target": target,
        "last_modification_time": str(NOW + changed), **more}


def metadata(client, **more):
    cache["AppMetadata"][f"appmetadata-{HOST}-{client}"] = {"client_id": client, "environment": HOST, **more}


def fill():
    graph = ["Directory.Read.All", "Files.Read", "Group.Read.All", "Mail.Read", "User.Read", "User.ReadBasic.All"]
    access_token(ADA, AZURE_CLI, CONTOSO, GRAPH, graph, -13 * MINUTE, 52 * MINUTE,
                 {"wids": ["62e90394-69f5-4237-9190-012177145e10", "b79fbf4d-3ef9-4689-8143-76b194e85509"]})
    access_token(ADA, AZURE_CLI, CONTOSO, ARM, ["/.default"], -71 * MINUTE, 4 * MINUTE, {"groups": ["6e00a9e5-5a17-4ce1-8a00-000000000006"]})
    access_token(ADA, AZURE_CLI, CONTOSO, VAULT, ["user_impersonation", ".default"], -3 * DAY - 7068, -3 * DAY - 3168)
    access_token(ADA, PORTAL, CONTOSO, OUTLOOK, ["Calendars.Read", "Mail.Read", "Mail.Send"], -18 * MINUTE, 62 * MINUTE,
                 {"app_displayname": "Contoso Portal"})
    access_token(ADA, AZURE_CLI, FABRIKAM, GRAPH, ["Group.Read.All", "User.Read", "User.ReadBasic.All"], -28 * MINUTE, 37 * MINUTE)
    certificate = b"\x00\x00\x00\x1cssh-rsa-cert-v01@openssh.com" + invented("ssh", 700)
    store_access_token(ADA, AZURE_CLI, CONTOSO, "https://pas.windows.net/CheckMyAccess/Linux/.default",
                       base64.b64encode(certificate).decode(), -5 * MINUTE, 55 * MINUTE, token_type="ssh-cert", key_id="demo-key")
    access_token(BOB, PORTAL, FABRIKAM, GRAPH, ["User.Read"], -3 * HOUR, -2 * HOUR, {"app_displayname": "Contoso Portal"})
    access_token(None, DEPLOY, CONTOSO, ARM, [".default"], -19 * MINUTE, 41 * MINUTE)
    access_token(GONE, VS_CODE, CONTOSO, ARM, ["user_impersonation"], -9 * DAY - HOUR, -9 * DAY)

    account(ADA, CONTOSO)
    account(ADA, FABRIKAM, x_invited_by="bob@fabrikam.com")
    account(BOB, FABRIKAM, name=BOB["name"])

    id_token(ADA, AZURE_CLI, CONTOSO, -3 * DAY - 7068)
    id_token(ADA, AZURE_CLI, FABRIKAM, -28 * MINUTE)
    id_token(ADA, PORTAL, CONTOSO, -54 * MINUTE)
    id_token(BOB, PORTAL, FABRIKAM, -3 * HOUR)

    refresh_token(ADA, AZURE_CLI, ARM + "/.default", -13 * MINUTE, family_id="1")
    refresh_token(ADA, PORTAL, " ".join(OUTLOOK + s for s in ("Calendars.Read", "Mail.Read", "Mail.Send")), -18 * MINUTE)

    for client in (AZURE_CLI, POWERSHELL, VS_CODE, TEAMS):
        metadata(client, family_id="1")
    metadata(PORTAL)
    metadata(DEPLOY)
    cache["FutureSection"] = {"demo-entry": {"note": "sections and fields that MSAL does not know are kept", "version": 2}}


if __name__ == "__main__":
    fill()
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "demo.json")
    with open(path, "w", encoding="ascii", newline="\n") as out:
        json.dump(cache, out, indent=4)
