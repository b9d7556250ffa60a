"""The sessions of a Django site with the cache of one user in each, as Microsoft's `identity` keeps it. Reads orders line by
line and answers each with a line of JSON.

    site.py BACKEND FOLDER          BACKEND: file, db (SQLite in FOLDER/db.sqlite3), signed_cookies

    login TEXT              a new session with TEXT as its cache; its key (the whole cookie of signed_cookies)
    who KEY                 what the session of that key holds
    visit KEY               changes something else in the session and saves it; its key
    raw KEY                 what db keeps of that session; put KEY TEXT: keeps TEXT instead; its key
    key                     the SECRET_KEY
"""
import importlib
import json
import sys

import django
from django.conf import settings

backend, folder = sys.argv[1:3]
settings.configure(
    SECRET_KEY="test-only SECRET_KEY of the site",
    SESSION_ENGINE="django.contrib.sessions.backends." + backend,
    SESSION_FILE_PATH=folder,
    INSTALLED_APPS=["django.contrib.sessions"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder + "/db.sqlite3"}},
    USE_TZ=True,
)
django.setup()
if backend == "db":
    from django.core.management import call_command
    call_command("migrate", verbosity=0)
Store = importlib.import_module(settings.SESSION_ENGINE).SessionStore

for line in sys.stdin:
    order, *words = line.rstrip("\n").split(" ", 1)
    if order == "login":
        session = Store()
        session["_token_cache"] = words[0]
        session["_logged_in_user"] = {"name": "Zoë"}
        session.save()
        told = session.session_key
    elif order == "who":
        told = dict(Store(words[0]).items())
    elif order == "visit":
        session = Store(words[0])
        session["visits"] = session.get("visits", 0) + 1
        session.save()
        told = session.session_key
    elif order == "raw":
        told = Store.get_model_class().objects.get(session_key=words[0]).session_data
    elif order == "put":
        told, text = words[0].split(" ")
        Store.get_model_class().objects.filter(session_key=told).update(session_data=text)
    else:
        told = settings.SECRET_KEY
    print(json.dumps(told), flush=True)
