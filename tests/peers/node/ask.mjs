// What MSAL Node answers to cases of ../cases.py, in memory, at the moment of each case. The network refuses everything.
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { msal } from "./client.mjs";
import { answer, endpoints } from "./sts.mjs";

const REFUSAL = { error: "invalid_grant", suberror: "client_mismatch", error_description: "refused" };
// What the real discovery endpoint tells of every cloud.
const CLOUDS = [
  ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"],
  ["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
  ["login.microsoftonline.de"],
  ["login.microsoftonline.us", "login.usgovcloudapi.net"],
  ["login-us.microsoftonline.com"],
].map((aliases) => ({ preferred_network: aliases[0], preferred_cache: aliases.at(-1), aliases }));
const NOTHING_TO_TRY = new Set(["no_tokens_found", "no_account_in_silent_request"]);

// A network that knows where the endpoints are, and notes every token that is asked for.
class Refusing {
  asked = [];

  async sendGetRequestAsync(url) {
    const where = new URL(url);
    if (where.pathname.endsWith("/discovery/instance")) {
      return answer({ tenant_discovery_endpoint: `https://${where.host}/common/v2.0/.well-known/openid-configuration`, metadata: CLOUDS });
    }
    return answer(endpoints(where));
  }

  async sendPostRequestAsync(_url, options) {
    this.asked.push(new URLSearchParams(options.body).get("refresh_token"));
    return answer(REFUSAL, 400);
  }
}

// Stops the clock of this process, for the library and all else.
const RealDate = Date;
function freeze(now) {
  globalThis.Date = class extends RealDate {
    constructor(...parts) {
      super(...(parts.length > 0 ? parts : [now * 1000]));
    }
    static now() {
      return now * 1000;
    }
  };
}

// One answer: what comes first, the token that is handed out, the refresh tokens tried, what was thrown away.
async function answered({ number, now, cache, request }) {
  freeze(now);
  const network = new Refusing();
  const told = { number, outcome: null, secret: null, error: null, gone: [] };
  let app = null, before = [];
  try {
    app = client(request, network);
    app.getTokenCache().deserialize(cache);
    before = entries(app, cache);
    told.secret = (await ask(app, request))?.accessToken || null;
    told.outcome = told.secret ? "cache" : "interaction";
  } catch (error) {
    const name = error.errorCode || error.name;
    told.outcome = NOTHING_TO_TRY.has(name) ? "interaction" : "error";
    told.error = error.errorCode ? name : `${name}: ${error.message}`.slice(0, 70);
  }
  if (network.asked.length > 0) told.outcome = "refresh";
  // A secret that is not there is sent as text, too.
  told.refresh_tokens = network.asked.filter((token) => token && token !== "null" && token !== "undefined");
  if (before.length > 0) {
    const left = new Set(entries(app, cache).map(String));
    told.gone = before.filter((place) => !left.has(String(place)));
  }
  return told;
}

function client(request, networkClient) {
  const where = new URL(request.authority);
  const isOwn = where.pathname === "/adfs" || where.pathname.includes("/b2c_");
  const Kind = request.app_only ? msal.ConfidentialClientApplication : msal.PublicClientApplication;
  const auth = {
    clientId: request.client, authority: request.authority, knownAuthorities: isOwn ? [where.host] : [],
    ...(request.app_only ? { clientSecret: "not a secret" } : {}),
  };
  return new Kind({ auth, system: { networkClient } });
}

async function ask(app, request) {
  const { scopes } = request, claims = request.claims || undefined;
  if (request.app_only) return app.acquireTokenByClientCredential({ scopes, claims, skipCache: request.force_refresh });
  const account = {
    homeAccountId: request.account, environment: request.account_environment, tenantId: request.account_tenant,
    username: "ada", localAccountId: request.account.split(".")[0],
  };
  const bound = request.token_type
    ? { authenticationScheme: request.token_type, sshKid: request.key_id, sshJwk: '{"kty":"RSA"}' }
    : {};
  return app.acquireTokenSilent({ account, scopes, claims, forceRefresh: request.force_refresh, ...bound });
}

// The entries of the cache that the library knows.
function entries(app, cache) {
  const known = app.getTokenCache().getKVStore();
  return Object.entries(JSON.parse(cache)).flatMap(([section, members]) =>
    Object.keys(members).filter((key) => key in known).map((key) => [section, key]));
}

// Answers each line of `file` by a line.
export async function askAll(file) {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    console.log(JSON.stringify(await answered(JSON.parse(line))));
  }
}
