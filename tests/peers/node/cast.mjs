// The cast: which token requests make up a scenario, as ../cast.tsv has them. Knows no MSAL.
import { readFileSync } from "node:fs";

const FILE = new URL("../cast.tsv", import.meta.url);
const OWN_APP = "a99a99a9-0000-4000-8000-000000000a99";
const CONTOSO = "c0de0000-0000-4000-8000-00000000c0de";
const KINDS = new Set(["user", "app"]);

export function cast() {
  const lines = readFileSync(FILE, "utf8").split("\n").filter((line) => line && !line.startsWith("#"));
  const columns = lines.shift().split("\t");
  return lines
    .map((line) => Object.fromEntries(line.split("\t").map((cell, i) => [columns[i], cell === "-" ? "" : cell])))
    .map(complete)
    .filter((row) => KINDS.has(row.kind));
}

export function scenario(name) {
  const rows = cast().filter((row) => name === "all" || row.scenario === name);
  if (rows.length === 0) throw new Error(`no such scenario for this peer: ${name}`);
  return rows;
}

// Request NUMBER of the test writer ID: a token of its own resource.
export function writer(id, number) {
  const uid = "00000000-0000-4000-8000-" + Buffer.from(id).toString("hex").padStart(12, "0").slice(-12);
  return complete({
    scenario: "", kind: "user", username: `writer.${id}@contoso.com`, name: `Writer ${id} ñ`, uid, oid: uid,
    utid: CONTOSO, tenant: CONTOSO, client: OWN_APP, host: "login.microsoftonline.com", family: "",
    scopes: `https://${id}-${number}.example.net/.default`, expires_in: "3599", refresh_in: "",
  });
}

function complete(row) {
  return { ...row, authority: `https://${row.host}/${row.tenant}`, scopeList: row.scopes.split(" ") };
}
