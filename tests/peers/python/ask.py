"""What MSAL answers to cases of ../cases.py, in memory, at the moment of each case. The network refuses everything."""
import json
from urllib.parse import parse_qs, urlsplit

import msal

from client import freeze
from sts import Answer, endpoints

REFUSAL = {"error": "invalid_grant", "suberror": "client_mismatch", "error_description": "refused"}
# What the real discovery endpoint tells of every cloud.
CLOUDS = [{"preferred_network": names[0], "preferred_cache": names[-1], "aliases": names} for names in (
    ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"],
    ["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
    ["login.microsoftonline.de"],
    ["login.microsoftonline.us", "login.usgovcloudapi.net"],
    ["login-us.microsoftonline.com"])]


class Refusing:
    """A network that knows where the endpoints are, and notes every token that is asked for."""

    def __init__(self):
        self.asked = []

    def get(self, url, params=None, **_):
        where = urlsplit(url)
        if where.path.endswith("/discovery/instance"):
            return Answer({"tenant_discovery_endpoint": params["authorization_endpoint"], "metadata": CLOUDS})
        return Answer(endpoints(where))

    def post(self, url, data=None, **_):
        form = data if isinstance(data, dict) else {name: values[0] for name, values in parse_qs(data or "").items()}
        self.asked.append(form.get("refresh_token"))
        return Answer(REFUSAL, 400)

    def close(self):
        pass


def answer(case):
    """One answer: what comes first, the token that is handed out, the refresh tokens tried, what was thrown away."""
    freeze(case["now"])
    network, cache = Refusing(), msal.SerializableTokenCache()
    told = {"number": case["number"], "outcome": None, "secret": None, "error": None}
    before = []
    try:
        cache.deserialize(case["cache"])
        before = entries(cache)
        result = ask(case["request"], network, cache)
        told["secret"] = (result or {}).get("access_token")
        told["outcome"] = "cache" if told["secret"] else "interaction"
    except Exception as error:
        told["outcome"], told["error"] = "error", "%s: %s" % (type(error).__name__, str(error)[:50])
    if network.asked:
        told["outcome"] = "refresh"
    told["refresh_tokens"] = [secret for secret in network.asked if secret]
    left = entries(cache)
    told["gone"] = [place for place in before if place not in left]
    return told


def ask(request, network, cache):
    kind = msal.ConfidentialClientApplication if request["app_only"] else msal.PublicClientApplication
    app = kind(request["client"], authority=request["authority"], http_client=network, token_cache=cache,
               **({"client_credential": "not a secret"} if request["app_only"] else {}))
    if request["app_only"]:
        force = {"force_refresh": True} if request["force_refresh"] else {}
        return app.acquire_token_for_client(request["scopes"], claims_challenge=request["claims"], **force)
    account = {"home_account_id": request["account"], "environment": request["account_environment"], "username": "ada"}
    return app.acquire_token_silent(
        request["scopes"], account, force_refresh=request["force_refresh"], claims_challenge=request["claims"],
        data=data(request))


def data(request):
    """What goes along on the wire; an SSH certificate also needs its key, whatever it is."""
    bound = {name: request[name] for name in ("token_type", "key_id") if request[name]}
    return dict(request["data"], **bound, **({"req_cnf": '{"kty":"RSA"}'} if bound else {}))


def entries(cache):
    return [[section, key] for section, members in cache._cache.items() for key in members]


def ask_all(file):
    with open(file, encoding="utf-8") as cases:
        for case in cases:
            print(json.dumps(answer(json.loads(case))))
    return None
