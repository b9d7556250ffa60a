"""The cast: which token requests make up a scenario. Knows no MSAL."""
import os

COLUMNS = ("scenario kind username name uid utid oid tenant client host family scopes "
           "expires_in refresh_in").split()
FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cast.tsv")
OWN_APP = "a99a99a9-0000-4000-8000-000000000a99"
CONTOSO = "c0de0000-0000-4000-8000-00000000c0de"
PUBLIC = "login.microsoftonline.com"


class Row(dict):
    """One token request, its columns as attributes."""

    __getattr__ = dict.__getitem__

    @property
    def authority(self):
        return "https://%s/%s" % (self.host, self.tenant)

    @property
    def scope_list(self):
        return self.scopes.split()

    @property
    def has_user(self):
        return self.kind in ("user", "b2c", "adfs", "ssh", "agent")


def row(**columns):
    return Row({name: "" for name in COLUMNS}, **columns)


def cast():
    rows = []
    with open(FILE, encoding="utf-8") as text:
        for line in text:
            cells = line.rstrip("\n").split("\t")
            if line.startswith("#") or cells[0] == COLUMNS[0]:
                continue
            rows.append(Row(zip(COLUMNS, ("" if cell == "-" else cell for cell in cells))))
    return rows


def scenario(name):
    """Rows in the order they must be asked for: a search purges what has expired, so that comes last."""
    rows = cast()
    if name == "all":
        expired_app = [r for r in rows if r.scenario == "expired" and r.kind == "app"]
        expired_user = [r for r in rows if r.scenario == "expired" and r.kind != "app"]
        return [r for r in rows if r.scenario != "expired"] + expired_app + expired_user
    wanted = [r for r in rows if r.scenario == name]
    if not wanted:
        raise SystemExit("no such scenario: " + name)
    return [needed for r in wanted for needed in _signed_in_first(r, rows)] + wanted


def _signed_in_first(wanted, rows):
    # An SSH certificate or an agent's token is got with a refresh token: somebody must have signed in.
    if wanted.kind not in ("ssh", "agent"):
        return []
    return [next(r for r in rows if (r.kind, r.username, r.client) == ("user", wanted.username, wanted.client))]


def writer(name, number):
    """Request NUMBER of the test writer NAME: a token of its own resource."""
    return row(kind="user", username="writer.%s@contoso.com" % name, name="Writer %s ñ" % name,
               uid=_writer_uid(name), utid=CONTOSO, oid=_writer_uid(name), tenant=CONTOSO, client=OWN_APP, host=PUBLIC,
               scopes="https://%s-%d.example.net/.default" % (name, number), expires_in="3599")


def _writer_uid(name):
    return "00000000-0000-4000-8000-" + name.encode().hex().rjust(12, "0")[-12:]
