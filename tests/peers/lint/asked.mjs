// asked.mjs FILE: has the real msal-node refresh each user's tokens, and tells with which refresh token it asks the
// service: one line of JSON, "username client" to the first 12 digits of the SHA-256 of the token. Changes no file: every
// request is refused.
import { createHash } from "node:crypto";
import { cast } from "../node/cast.mjs";
import { Client } from "../node/client.mjs";

const client = await Client.open(process.argv[2]), asked = {};
const refuse = client.sts.sendPostRequestAsync.bind(client.sts);
let now = null;
client.sts.sendPostRequestAsync = async (url, options) => {
  const token = new URLSearchParams(options.body).get("refresh_token");
  if (now && token) asked[now] = createHash("sha256").update(token).digest("hex").slice(0, 12);
  client.sts.row = null;
  return refuse(url, options);
};
for (const row of cast().filter((row) => row.kind === "user")) {
  now = `${row.username} ${row.client}`;
  await client.rotate(row).catch(() => {});
}
console.log(JSON.stringify(asked));
