"""An AZURE_CONFIG_DIR in which the real `az` answers without a network. Run by Azure CLI's own Python:

  az_home.py FOLDER CACHE plain|encrypted

CACHE becomes the token cache where `az` itself keeps it: a file, or, with core.encrypt_token_cache, what
azure/cli/core/auth/persistence.py makes of it on this system (Linux: an item of the Secret Service). One subscription
for each account of the cast's Azure CLI rows; MSAL's HTTP cache holds the answers that it would ask for.
"""
import json
import os
import pickle
import sys

from azure.cli.core.auth.persistence import build_persistence
from msal.throttled_http_client import ThrottledHttpClient

import cast
from sts import Sts

AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"


def subscription(row):
    return {"id": row.username.split("@")[0], "name": row.username, "state": "Enabled", "isDefault": False,
            "user": {"name": row.username, "type": "user"}, "tenantId": row.tenant, "homeTenantId": row.utid,
            "environmentName": "AzureCloud", "managedByTenants": []}


def main(folder, cache, how):
    os.makedirs(folder, exist_ok=True)
    encrypted = how == "encrypted"
    with open(cache, encoding="utf-8") as text:
        build_persistence(os.path.join(folder, "msal_token_cache"), encrypted).save(text.read())
    rows = {row.username: row for row in cast.scenario("work") if row.client == AZURE_CLI}
    with open(os.path.join(folder, "azureProfile.json"), "w", encoding="utf-8") as out:
        json.dump({"installationId": "0", "subscriptions": [subscription(row) for row in rows.values()]}, out)
    asked = {}
    client = ThrottledHttpClient(Sts(), http_cache=asked)
    for tenant in {row.tenant for row in rows.values()} | {"common", "organizations"}:
        client.get("https://%s/%s/v2.0/.well-known/openid-configuration" % (cast.PUBLIC, tenant))
    # A sign-out asks which hosts are one cloud (msal/application.py, _get_instance_metadata).
    client.get("https://%s/common/discovery/instance" % cast.PUBLIC, params={
        "api-version": "1.1", "authorization_endpoint": "https://%s/common/oauth2/authorize" % cast.PUBLIC})
    with open(os.path.join(folder, "msal_http_cache.bin"), "wb") as out:
        pickle.dump(asked, out)
    with open(os.path.join(folder, "config"), "w", encoding="utf-8") as out:
        out.write("[core]\ncollect_telemetry=no\nfirst_run=no\nencrypt_token_cache=%s\n" % str(encrypted).lower())


main(*sys.argv[1:])
