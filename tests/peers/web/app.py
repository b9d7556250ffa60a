"""A web app as Microsoft's samples build it: Flask, the cache of each user in session["token_cache"]. Reads orders line by
line and answers each with a line of JSON; nothing leaves this process.

    app.py KIND FOLDER [SERVED]     KIND: filesystem, cookie, redis (on port SERVED of this machine), sqlalchemy (in the
                                    database whose URL is SERVED, else in SQLite in FOLDER)

    login NAME              signs NAME@contoso.com in; the cookie of the new session
    who COOKIE              the accounts that the session's cache has, and the other keys of the session
    visit COOKIE            the app changes something else in the session and so writes it anew; the cookie it sets
    key                     the secret key
"""
import base64
import json
import sys

import msal
from flask import Flask, jsonify, session

kind, folder = sys.argv[1:3]
app = Flask(__name__)
app.secret_key = "test-only key of the app"
if kind == "filesystem":
    from flask_session import Session
    app.config.update(SESSION_TYPE="filesystem", SESSION_FILE_DIR=folder, SESSION_PERMANENT=True)
    Session(app)
elif kind == "redis":
    import redis
    from flask_session import Session
    server = redis.Redis(host="127.0.0.1", port=int(sys.argv[3]))
    app.config.update(SESSION_TYPE="redis", SESSION_REDIS=server, SESSION_PERMANENT=True)
    Session(app)
elif kind == "sqlalchemy":
    from flask_session import Session
    from flask_sqlalchemy import SQLAlchemy
    app.config["SQLALCHEMY_DATABASE_URI"] = sys.argv[3] if len(sys.argv) > 3 else "sqlite:///" + folder + "/app.db"
    app.config.update(SESSION_TYPE="sqlalchemy", SESSION_SQLALCHEMY=SQLAlchemy(app), SESSION_PERMANENT=True)
    Session(app)


def encoded(claims):
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()


def response(name):
    claims = {"oid": name, "tid": "t", "sub": name, "aud": "app", "iss": "https://login.microsoftonline.com/t/v2.0",
              "preferred_username": name + "@contoso.com", "name": name.title() + " ü", "exp": 2000000000, "iat": 1}
    return {"access_token": "at-" + name, "refresh_token": "rt-" + name, "expires_in": 3600, "token_type": "Bearer",
            "scope": "User.Read", "id_token": "e30." + encoded(claims) + ".sig",
            "client_info": encoded({"uid": name, "utid": "t"})}


@app.route("/login/<name>")
def login(name):
    cache = msal.SerializableTokenCache()
    if session.get("token_cache"):
        cache.deserialize(session["token_cache"])
    cache.add({"client_id": "app", "scope": ["User.Read"], "response": response(name),
               "token_endpoint": "https://login.microsoftonline.com/t/oauth2/v2.0/token"})
    session["user"] = {"name": name, "preferred_username": name + "@contoso.com"}
    session["flow"] = {"state": "s", "scope": ["User.Read"], "n": [1, 2.5, None, True]}
    session["token_cache"] = cache.serialize()
    return "ok"


@app.route("/who")
def who():
    cache = msal.SerializableTokenCache()
    if session.get("token_cache"):
        cache.deserialize(session["token_cache"])
    rest = {key: value for key, value in session.items() if key != "token_cache"}
    accounts = sorted(account["username"] for account in cache.find("Account"))
    return jsonify(accounts=accounts, tokens=len(list(cache.find("AccessToken"))), rest=rest)


@app.route("/visit")
def visit():
    session["visits"] = session.get("visits", 0) + 1
    return "ok"


def ask(path, cookie=None):
    client = app.test_client(use_cookies=False)
    answer = client.get(path, headers={"Cookie": "session=" + cookie} if cookie else {})
    assert answer.status_code == 200, (path, answer.status)
    set_cookies = [line.split("=", 1)[1].split(";")[0] for line in answer.headers.getlist("Set-Cookie")]
    return answer, (set_cookies or [cookie])[0]


for line in sys.stdin:
    order, *words = line.split()
    if order == "login":
        told = ask("/login/" + words[0], *words[1:])[1]
    elif order == "who":
        told = ask("/who", words[0])[0].json
    elif order == "visit":
        told = ask("/visit", words[0])[1]
    else:
        told = app.secret_key
    print(json.dumps(told), flush=True)
