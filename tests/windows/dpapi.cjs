// Microsoft's own DPAPI persistence: `save FILE FROM` seals the text of FROM, `load FILE TO` puts the opened text to TO.
// keytar, which the package imports for other systems, has no build here and is left out.
const Module = require("module");
const load = Module._load;
Module._load = (name, ...rest) => (name === "keytar" ? {} : load(name, ...rest));

const fs = require("fs");
const { DataProtectionScope, FilePersistenceWithDataProtection } = require("@azure/msal-node-extensions");

async function main([how, file, other, scope = "CurrentUser"]) {
  const persistence = await FilePersistenceWithDataProtection.create(file, DataProtectionScope[scope]);
  if (how === "save") await persistence.save(fs.readFileSync(other, "utf8"));
  else fs.writeFileSync(other, await persistence.load());
}

main(process.argv.slice(2)).then(
  () => console.log("done"),
  (error) => {
    console.log(`refused: ${error.message || error}`);
    process.exitCode = 1;
  },
);
