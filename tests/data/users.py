"""Puts caches of users into a table as Microsoft.Extensions.Caching makes it: DATABASE, then KEY=FILE=EXPIRES each."""

import datetime
import sqlite3
import sys

database = sqlite3.connect(sys.argv[1])
database.execute("create table if not exists cache (Id text primary key, Value blob, ExpiresAtTime text)")
for row in sys.argv[2:]:
    key, path, expires = row.split("=")
    when = None
    if expires:
        when = datetime.datetime.fromtimestamp(int(expires), datetime.timezone.utc).strftime("%Y-%m-%d %H:%M:%S+00:00")
    with open(path, "rb") as value:
        database.execute("insert or replace into cache values (?, ?, ?)", (key, value.read(), when))
database.commit()
