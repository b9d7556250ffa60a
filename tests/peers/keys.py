"""The key that each runtime would give an entry. Knows no MSAL."""

DIALECTS = ("python", "node", "node-5", "java", "go", "dotnet")


def key_of(dialect, section, entry):
    def part(name):
        return entry.get(name) if isinstance(entry.get(name), str) else ""

    owner = [part("home_account_id"), part("environment")]
    if section == "Account":
        home_tenant = part("home_account_id").partition(".")[2]
        return joined(owner + [home_tenant if dialect.startswith("node") else part("realm")])
    if section == "AppMetadata":
        key = "appmetadata-%s-%s" % (part("environment"), part("client_id"))
        return key if dialect == "python" else key.lower()
    who = part("client_id")
    if section == "RefreshToken":
        member = who if dialect == "python" else part("family_id") or who
        tail = {"python": ["", part("target")], "node": ["", "", ""], "node-5": ["", "", "", ""], "go": []}
        return joined(owner + ["refreshtoken", member] + tail.get(dialect, ["", ""]))
    if section == "IdToken":
        tail = {"node": ["", ""], "node-5": ["", "", ""], "go": []}
        return joined(owner + ["idtoken", who, part("realm")] + tail.get(dialect, [""]))
    return joined(owner + access_token(dialect, entry, part))


def access_token(dialect, entry, part):
    kind, scheme, extension = part("credential_type"), part("token_type"), part("ext_cache_key")
    is_bearer = scheme.lower() in ("", "bearer")
    if dialect == "python":
        kind = "atext" if extension else "accesstoken"
    elif dialect in ("go", "dotnet") and extension:
        kind = "atext"
    elif dialect == "dotnet" and not is_bearer and scheme != "ssh-cert":
        kind = "accesstoken_with_authscheme"
    parts = [kind, part("client_id"), part("realm"), part("target")]
    if dialect == "node":
        parts.append("" if is_bearer else scheme)
    elif dialect == "node-5":
        parts += ["", "" if is_bearer else scheme]
    elif dialect in ("go", "dotnet") and not is_bearer:
        parts.append(scheme)
    if extension and dialect in ("python", "go", "dotnet"):
        parts.append(extension)
    return parts


def joined(parts):
    return "-".join(parts).lower()
