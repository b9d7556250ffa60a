"""named.py FILE USERNAME: asks the real MSAL Python for an account by name, as Azure CLI does; prints how many it has, or
the error's type, as one line of JSON."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "python"))
import cast  # noqa: E402
from client import Client  # noqa: E402

row = next(row for row in cast.cast() if row.kind == "user")
try:
    answer = {"accounts": len(Client(sys.argv[1]).app(row).get_accounts(username=sys.argv[2]))}
except Exception as error:
    answer = {"error": type(error).__name__}
print(json.dumps(answer))
