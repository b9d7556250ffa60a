// MSAL Node as a test peer: the commands of ../peer. Prints one line of JSON at the end.
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { askAll } from "./ask.mjs";
import { cast, scenario, writer } from "./cast.mjs";
import { Client } from "./client.mjs";
import { serve } from "./web.mjs";

const [command, file, ...words] = process.argv.slice(2).filter((word) => !word.startsWith("--"));

const commands = {
  async serve([_folder, database]) {
    await serve(Number(file), database);
    process.exit(0);
  },

  async make([name = "work"]) {
    const client = await Client.open(file), rows = scenario(name);
    for (const row of rows) await client.obtain(row);
    const text = await client.persistence.load();
    const sections = Object.entries(JSON.parse(text));
    return {
      file, bytes: Buffer.byteLength(text), requests: rows.length,
      sections: Object.fromEntries(sections.map(([section, entries]) => [section, Object.keys(entries).length])),
    };
  },

  async read() {
    return seen(await Client.open(file));
  },

  async hold([seconds]) {
    const { lock } = await Client.open(file);
    await lock.lock();
    console.log("LOCKED");
    await pause(seconds * 1000);
    await lock.unlock();
    return { held: Number(seconds) };
  },

  async wait([limit = "600"]) {
    const { lock } = await Client.open(file);
    const began = performance.now();
    const report = (outcome, error) => ({ outcome, seconds: since(began), error });
    setTimeout(() => finish(report("error", "StillWaiting")), limit * 1000).unref();
    try {
      await lock.lock();
      const acquired = report("acquired", null);
      await lock.unlock();
      return acquired;
    } catch (error) {
      return report("error", error.name);
    }
  },

  async write([number, id]) {
    return writeWhile(id, (done) => done < Number(number));
  },

  async loop([seconds, id]) {
    const end = performance.now() + seconds * 1000;
    return writeWhile(id, () => performance.now() < end);
  },

  async rotate([username]) {
    const client = await Client.open(file);
    for (const row of cast().filter((row) => row.kind === "user" && row.username === username)) {
      if (await client.rotate(row)) return { username, client_id: row.client, rotated: true };
    }
    throw new Error(`no account with a refresh token: ${username}`);
  },

  async stay() {
    const client = await Client.open(file);
    await client.accounts();
    console.log("LOADED");
    let touched = 0;
    for await (const line of createInterface({ input: process.stdin })) {
      const order = line.trim();
      if (order === "quit") break;
      if (order === "touch") {
        await client.obtain(writer("stay", touched++));
        console.log("DONE");
      } else if (order === "read") console.log(JSON.stringify(await seen(client)));
    }
    return { touched };
  },

  async ask() {
    await askAll(file);
  },
};

// What the library makes of the file: its accounts, and where each token of the cast comes from.
async function seen(client) {
  const accounts = await client.accounts();
  const known = new Set(accounts.map((account) => account.homeAccountId));
  const silent = [];
  for (const row of cast().filter((row) => row.kind === "app" || known.has(`${row.uid}.${row.utid}`))) {
    silent.push({
      username: row.username, client_id: row.client, realm: row.tenant, kind: row.kind, scopes: row.scopeList,
      from: await client.silent(row),
    });
  }
  const told = accounts.map((a) => ({ username: a.username, home_account_id: a.homeAccountId, environment: a.environment, realm: a.tenantId }));
  return { accounts: told, silent };
}

async function writeWhile(id, more) {
  const client = await Client.open(file), acked = [], errors = {};
  let slowest = 0, asked = 0;
  while (more(asked)) {
    const row = writer(id, asked++), began = performance.now();
    try {
      await client.obtain(row);
      acked.push(row.scopes);
    } catch (error) {
      errors[error.name] = (errors[error.name] || 0) + 1;
    }
    slowest = Math.max(slowest, since(began));
    await pause(Math.random() * 50);
  }
  return { id, asked, acked, errors, slowest };
}

function since(began) {
  return Math.round((performance.now() - began) / 10) / 100;
}

function finish(report) {
  process.stdout.write(JSON.stringify(report) + "\n", () => process.exit(0));
}

const report = await commands[command](words);
if (report) finish(report);
