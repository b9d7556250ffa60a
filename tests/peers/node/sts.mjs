// A token service inside the process: a network client for MSAL that answers from the cast and opens no socket.
import { createHash } from "node:crypto";

const REFUSAL = { error: "temporarily_unavailable", error_description: "no network here" };
const METADATA = [{
  preferred_network: "login.microsoftonline.com", preferred_cache: "login.windows.net",
  aliases: ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"],
}];

// Give it a row, then ask MSAL for a token; without a row every token request is refused and counted.
export class Sts {
  row = null;
  refused = 0;
  #serial = Date.now() * 1000;

  async sendGetRequestAsync(url) {
    const where = new URL(url);
    if (where.pathname.endsWith("/discovery/instance")) {
      return answer({ tenant_discovery_endpoint: `https://${where.host}/common/v2.0/.well-known/openid-configuration`, metadata: METADATA });
    }
    if (where.pathname.endsWith("/openid-configuration")) return answer(endpoints(where));
    return answer(REFUSAL, 503);
  }

  async sendPostRequestAsync() {
    if (!this.row) {
      this.refused += 1;
      return answer(REFUSAL, 503);
    }
    this.#serial += 1;
    return answer(tokens(this.row, Math.floor(Date.now() / 1000), this.#serial));
  }
}

export function answer(body, status = 200) {
  return { status, body, headers: { "content-type": "application/json" } };
}

export function endpoints(where) {
  const authority = `https://${where.host}${where.pathname.split("/v2.0/.well-known/")[0]}`;
  const path = `${authority}/oauth2/v2.0`;
  return { issuer: `${authority}/v2.0`, authorization_endpoint: `${path}/authorize`, token_endpoint: `${path}/token`, jwks_uri: `${path}/keys` };
}

function tokens(row, now, serial) {
  const life = Number(row.expires_in);
  const claims = { aud: row.scopeList[0], iat: now, exp: now + life, appid: row.client, tid: row.tenant, oid: row.oid, ver: "1.0" };
  const body = { token_type: "Bearer", scope: row.scopes, expires_in: life, ext_expires_in: life, access_token: jwt(claims, row, "at", serial) };
  if (row.refresh_in) body.refresh_in = Number(row.refresh_in);
  if (row.kind === "app") return body;
  const identity = {
    aud: row.client, iss: `${row.authority}/v2.0`, iat: now, exp: now + 3600, sub: row.oid, oid: row.oid,
    tid: row.tenant, name: row.name, preferred_username: row.username, ver: "2.0",
  };
  if (row.family) body.foci = row.family;
  return {
    ...body, client_info: coded({ uid: row.uid, utid: row.utid }), id_token: jwt(identity, row, "idt", serial),
    refresh_token: `1.fabricated.${noise(row, "rt", serial, 600)}`,
  };
}

function jwt(claims, row, purpose, serial) {
  return [coded({ typ: "JWT", alg: "RS256", kid: "fabricated" }), coded(claims), noise(row, purpose, serial, 342)].join(".");
}

function coded(value) {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function noise(row, purpose, serial, length) {
  const seed = `${purpose} ${row.username || row.client} ${row.scopes} ${serial}`;
  return createHash("shake256", { outputLength: length }).update(seed).digest("base64url").slice(0, length);
}
