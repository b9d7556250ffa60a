"""The sessions of a Django site with the cache of one user in each, as Microsoft's `identity` keeps it. Reads orders line by
line and answers each with a line of JSON.

    site.py BACKEND FOLDER [PORT [DATABASE]]
                            BACKEND: file, signed_cookies, db (SQLite in FOLDER/db.sqlite3), postgres (DATABASE on PORT of
                            this machine); cache-file, cache-db, cache-redis (on PORT): Django's cache

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

backend, folder, *served = sys.argv[1:]
database = {"ENGINE": "django.db.backends.sqlite3", "NAME": folder + "/db.sqlite3"}
if backend == "postgres":
    database = {"ENGINE": "django.db.backends.postgresql", "NAME": served[1], "USER": "postgres",
                "HOST": "127.0.0.1", "PORT": served[0]}
caches = {
    "cache-file": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": folder},
    "cache-db": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "site_cache"},
    "cache-redis": {"BACKEND": "django.core.cache.backends.redis.RedisCache",
                    "LOCATION": "redis://127.0.0.1:" + (served or [""])[0]},
}
engine = "cache" if backend in caches else "db" if backend == "postgres" else backend
settings.configure(
    SECRET_KEY="test-only SECRET_KEY of the site",
    SESSION_ENGINE="django.contrib.sessions.backends." + engine,
    SESSION_FILE_PATH=folder,
    INSTALLED_APPS=["django.contrib.sessions"],
    CACHES={"default": caches.get(backend, {"BACKEND": "django.core.cache.backends.dummy.DummyCache"})},
    DATABASES={"default": database},
    USE_TZ=True,
)
django.setup()
if engine == "db" or backend == "cache-db":
    from django.core.management import call_command
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
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
