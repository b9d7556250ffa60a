"""A token service inside the process: an http client for MSAL that answers from the cast and never opens a socket."""
import base64
import hashlib
import json
import time
from urllib.parse import urlsplit

REFUSAL = {"error": "temporarily_unavailable", "error_description": "no network here"}
METADATA = [{"preferred_network": "login.microsoftonline.com", "preferred_cache": "login.windows.net",
             "aliases": ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"]}]


class Answer:
    """What MSAL wants of a response."""

    headers = {"Content-Type": "application/json"}

    def __init__(self, body, status=200):
        self.text, self.status_code = json.dumps(body), status

    def raise_for_status(self):
        if self.status_code >= 400:
            raise RuntimeError("http %d" % self.status_code)


class Sts:
    """Give it a row, then ask MSAL for a token; without a row every token request is refused and counted."""

    def __init__(self, clock=time.time):
        self.row, self.refused, self._clock = None, 0, clock
        # With a stopped clock the same requests give the same bytes; else no token comes twice.
        self._serial = time.time_ns() if clock is time.time else 0

    def get(self, url, params=None, headers=None, **_):
        where = urlsplit(url)
        if where.path.endswith("/discovery/instance"):
            return Answer({"tenant_discovery_endpoint": params["authorization_endpoint"], "metadata": METADATA})
        if where.path.endswith("/openid-configuration"):
            return Answer(endpoints(where))
        if where.path.startswith("/metadata/identity/"):
            return self._token()
        return Answer(REFUSAL, 503)

    def post(self, url, params=None, data=None, headers=None, **_):
        return self._token()

    def close(self):
        pass

    def _token(self):
        if self.row is None:
            self.refused += 1
            return Answer(REFUSAL, 503)
        self._serial += 1
        return Answer(response(self.row, int(self._clock()), self._serial))


def endpoints(where):
    authority = "https://" + where.netloc + where.path.split("/.well-known/")[0]
    if authority.endswith("/v2.0"):
        authority = authority[:-5]
    path = "/oauth2" if authority.endswith("/adfs") else "/oauth2/v2.0"
    return {"issuer": authority + "/v2.0", "authorization_endpoint": authority + path + "/authorize",
            "token_endpoint": authority + path + "/token",
            "device_authorization_endpoint": authority + path + "/devicecode"}


def response(row, now, serial):
    """The token endpoint's answer for this row: fabricated, never a real token."""
    life = int(row.expires_in)
    body = {"token_type": "Bearer", "scope": row.scopes, "expires_in": life, "ext_expires_in": life,
            "access_token": _access_token(row, now, life, serial)}
    if row.kind == "managed":
        del body["scope"], body["ext_expires_in"]
        return dict(body, resource=row.scopes)
    if row.refresh_in:
        body["refresh_in"] = int(row.refresh_in)
    if row.kind == "ssh":
        body["token_type"] = "ssh-cert"
    if not row.has_user:
        return body
    if row.kind != "adfs":
        body["client_info"] = _coded({"uid": row.uid, "utid": row.utid})
    if row.family:
        body["foci"] = row.family
    if row.kind not in ("ssh", "agent"):
        body["refresh_token"] = "1.fabricated." + _noise(row, "rt", serial, 600)
        body["id_token"] = _jwt(_identity(row, now), row, "idt", serial)
    return body


def _access_token(row, now, life, serial):
    if row.kind == "ssh":
        return base64.b64encode(b"fabricated certificate " + _noise(row, "at", serial, 700).encode()).decode()
    if row.scenario == "personal":
        return "EwB.fabricated." + _noise(row, "at", serial, 900)
    claims = {"aud": row.scope_list[0].rsplit("/", 1)[0], "iss": row.authority, "iat": now, "nbf": now,
              "exp": now + life, "appid": row.client, "tid": row.utid or row.tenant, "ver": "1.0"}
    if row.has_user:
        claims.update(oid=row.oid, upn=row.username, scp=" ".join(s.rsplit("/", 1)[1] for s in row.scope_list))
    return _jwt(claims, row, "at", serial)


def _identity(row, now):
    claims = {"aud": row.client, "iss": row.authority + "/v2.0", "iat": now, "nbf": now, "exp": now + 3600,
              "sub": row.oid, "name": row.name, "ver": "2.0"}
    if row.kind == "adfs":
        return dict(claims, upn=row.username)
    if row.kind == "b2c":
        return dict(claims, oid=row.oid, emails=["bea@example.com"], tfp="b2c_1_susi")
    return dict(claims, oid=row.oid, tid=row.tenant, preferred_username=row.username)


def _jwt(claims, row, purpose, serial):
    return ".".join((_coded({"typ": "JWT", "alg": "RS256", "kid": "fabricated"}), _coded(claims),
                     _noise(row, purpose, serial, 342)))


def _coded(value):
    text = json.dumps(value, ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def _noise(row, purpose, serial, length):
    seed = "%s %s %s %d" % (purpose, row.username or row.client, row.scopes, serial)
    return base64.urlsafe_b64encode(hashlib.shake_256(seed.encode()).digest(length)).decode()[:length]
