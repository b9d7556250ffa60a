// MSAL over one cache file: sign in, ask silently, refresh, by the library's own clients and cache plugin.
import { createRequire } from "node:module";
import { join } from "node:path";
import { cast } from "./cast.mjs";
import { Redis } from "./redis.mjs";
import { Sts } from "./sts.mjs";

const require = createRequire(join(process.env.SALTCELLAR_PEER_HOME, "package.json"));
export const msal = require("@azure/msal-node");
const extensions = require("@azure/msal-node-extensions");

// A key of a Redis, where REDIS_KEY says PORT/KEY: as a web app keeps the cache of one user, with no lock.
function distributed() {
  const [, port, key] = /^([0-9]+)\/(.*)$/.exec(process.env.REDIS_KEY);
  const client = new Redis(port);
  const plugin = () => new msal.DistributedCachePlugin(client, { getKey: async () => key, extractKey: async () => key });
  return { plugin, persistence: { load: () => client.get(key) } };
}

// A file; or, where KEYRING_ITEM says SERVICE/ACCOUNT, the keyring with FILE as its signal.
function persistence(file) {
  const [service, account] = (process.env.KEYRING_ITEM ?? "").split("/");
  return service ? extensions.LibSecretPersistence.create(file, service, account) : extensions.FilePersistence.create(file);
}

export class Client {
  sts = new Sts();
  #apps = new Map();

  static async open(file) {
    const client = new Client();
    if (process.env.REDIS_KEY) return Object.assign(client, distributed());
    client.persistence = await persistence(file);
    client.lockedPlugin = new extensions.PersistenceCachePlugin(client.persistence);
    return client;
  }

  get lock() {
    return this.lockedPlugin.crossPlatformLock;
  }

  plugin() {
    return new extensions.PersistenceCachePlugin(this.persistence);
  }

  // One plugin and one app for each client: the memory that an app keeps is the point of `stay`.
  #app(row) {
    const confidential = row.kind === "app";
    const key = `${row.client} ${confidential ? row.authority : ""}`;
    if (!this.#apps.has(key)) {
      const Kind = confidential ? msal.ConfidentialClientApplication : msal.PublicClientApplication;
      const auth = { clientId: row.client, authority: row.authority, ...(confidential ? { clientSecret: "not a secret" } : {}) };
      const cachePlugin = this.plugin();
      this.#apps.set(key, new Kind({ auth, cache: { cachePlugin }, system: { networkClient: this.sts } }));
    }
    return this.#apps.get(key);
  }

  // Gets ROW's tokens from the fake network into the cache.
  async obtain(row) {
    return this.#answered(row, (app) => row.kind === "app"
      ? app.acquireTokenByClientCredential({ scopes: row.scopeList, authority: row.authority, skipCache: true })
      : app.acquireTokenByCode({ code: "code", scopes: row.scopeList, redirectUri: "http://localhost", authority: row.authority }));
  }

  // Refreshes ROW as a running app would: new access, refresh and id token. False when Node finds no refresh token:
  // it gives a family's one only to the client that wrote it last.
  async rotate(row) {
    const account = await this.account(row);
    if (!account) return false;
    try {
      const request = { account, scopes: row.scopeList, authority: row.authority, forceRefresh: true };
      return !(await this.#answered(row, (app) => app.acquireTokenSilent(request))).fromCache;
    } catch (error) {
      if (error.errorCode === "no_tokens_found") return false;
      throw error;
    }
  }

  async #answered(row, ask) {
    this.sts.row = row;
    try {
      return await ask(this.#app(row));
    } finally {
      this.sts.row = null;
    }
  }

  // The account as seen from ROW's tenant: Node looks for access tokens of the account's tenant, not the authority's.
  async account(row) {
    const all = await this.#app(row).getTokenCache().getAllAccounts();
    const found = all.find((account) => account.homeAccountId === `${row.uid}.${row.utid}`);
    return found && { ...found, tenantId: row.tenant };
  }

  // Where ROW's token comes from when the network refuses.
  async silent(row) {
    const before = this.sts.refused;
    try {
      const request = { scopes: row.scopeList, authority: row.authority };
      const result = row.kind === "app"
        ? await this.#app(row).acquireTokenByClientCredential(request)
        : await this.#app(row).acquireTokenSilent({ ...request, account: await this.account(row) });
      return result?.fromCache ? "cache" : "none";
    } catch (error) {
      if (this.sts.refused > before) return "refresh";
      return error.errorCode === "no_tokens_found" ? "none" : `error:${error.errorCode || error.name}`;
    }
  }

  // Every account that any client of the cast is told of, once.
  async accounts() {
    const found = new Map();
    for (const row of cast().filter((row) => row.kind === "user")) {
      for (const account of await this.#app(row).getTokenCache().getAllAccounts()) {
        found.set(`${account.homeAccountId} ${account.environment}`, account);
      }
    }
    return [...found.values()];
  }
}
