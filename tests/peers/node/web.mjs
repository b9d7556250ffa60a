// A web app as Microsoft's samples for Express build it: the cache of each user as text in req.session.tokenCache, the
// sessions in PostgreSQL by connect-pg-simple. Takes orders by line and answers each with a line of JSON:
//   login NAME [COOKIE], who COOKIE, visit COOKIE     as web/app.py, whose `tokens` are here those served from the cache
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { cast } from "./cast.mjs";
import { msal } from "./client.mjs";
import { Sts } from "./sts.mjs";

const sts = new Sts();

function clientOf(session, row) {
  const cachePlugin = {
    beforeCacheAccess: async ({ tokenCache }) => session.tokenCache && tokenCache.deserialize(session.tokenCache),
    afterCacheAccess: async ({ cacheHasChanged, tokenCache }) => {
      if (cacheHasChanged) session.tokenCache = tokenCache.serialize();
    },
  };
  const auth = { clientId: row.client, authority: row.authority, clientSecret: "not a secret" };
  return new msal.ConfidentialClientApplication({ auth, cache: { cachePlugin }, system: { networkClient: sts } });
}

// The first of the cast, under another name.
function rowOf(name) {
  const oid = "00000000-0000-4000-8000-" + Buffer.from(name).toString("hex").padStart(12, "0").slice(-12);
  return { ...cast().find((row) => row.kind === "user"), username: `${name}@contoso.com`, name, uid: oid, oid };
}

async function signIn(session, name) {
  sts.row = rowOf(name);
  const request = { code: "code", scopes: sts.row.scopeList, redirectUri: "http://localhost", authority: sts.row.authority };
  await clientOf(session, sts.row).acquireTokenByCode(request);
  sts.row = null;
  Object.assign(session, { user: { name }, flow: { state: "s \u2028 \u00fc", n: [1, 2.5, null, true] } });
}

async function seen(session) {
  const { cookie, tokenCache, ...rest } = session;
  const found = { accounts: [], tokens: 0, rest: JSON.parse(JSON.stringify(rest)) };
  const row = rowOf(rest.user?.name ?? "ada"), client = clientOf(session, row);
  for (const account of await client.getTokenCache().getAllAccounts()) {
    found.accounts.push(account.username);
    const asked = { account: { ...account, tenantId: row.tenant }, scopes: row.scopeList, authority: row.authority };
    const answer = await client.acquireTokenSilent(asked).catch(() => null);
    found.tokens += answer?.fromCache ? 1 : 0;
  }
  return found;
}

function appOver(pool) {
  const require = createRequire(join(process.env.SALTCELLAR_PEER_HOME, "package.json"));
  const [express, session] = [require("express"), require("express-session")];
  const Store = require("connect-pg-simple")(session);
  const store = new Store({ pool, createTableIfMissing: true, pruneSessionInterval: false });
  const secret = "test-only key of the app", cookie = { maxAge: 3600_000 };
  const app = express();
  app.use(session({ store, secret, cookie, name: "session", resave: false, saveUninitialized: false }));
  app.get("/login/:name", async (req, res) => res.json(await signIn(req.session, req.params.name) ?? "ok"));
  app.get("/who", async (req, res) => res.json(await seen(req.session)));
  app.get("/visit", (req, res) => res.json(req.session.visits = (req.session.visits ?? 0) + 1));
  return app;
}

export async function serve(port, database) {
  const require = createRequire(join(process.env.SALTCELLAR_PEER_HOME, "package.json"));
  const pool = new (require("pg").Pool)({ host: "127.0.0.1", port, user: "postgres", database });
  const server = appOver(pool).listen(0, "127.0.0.1");
  await new Promise((ready) => server.on("listening", ready));
  const ask = async (path, cookie) => {
    const headers = cookie ? { cookie: `session=${cookie}` } : {};
    const answer = await fetch(`http://127.0.0.1:${server.address().port}${path}`, { headers });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    const set = answer.headers.getSetCookie().map((line) => line.split(";")[0].slice("session=".length));
    return { told: await answer.json(), cookie: set[0] ?? cookie };
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const [order, ...words] = line.split(" ");
    const answer = order === "login" ? await ask(`/login/${words[0]}`, words[1]) : await ask(`/${order}`, words[0]);
    console.log(JSON.stringify(order === "who" ? answer.told : answer.cookie));
  }
}
