/**
 * Keeps `npm ci` from compiling better-sqlite3, @parcel/watcher and hnswlib-node by itself.
 *
 * Without `gypfile: false` npm compiles whatever has a binding.gyp, against headers from nodejs.org: a failure where
 * there is no such network. The first two bring prebuilt addons; better-sqlite3 says `gypfile: false` in its
 * package.json, but npm
 * leaves that out of package-lock.json, and `npm ci` asks only the lock. hnswlib-node is built by build-hnsw.mjs.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const file = fileURLToPath(new URL("../package-lock.json", import.meta.url));
const lock = JSON.parse(readFileSync(file, "utf8"));
const unmarked = ["@parcel/watcher", "better-sqlite3", "hnswlib-node"]
  .map((name) => lock.packages[`node_modules/${name}`])
  .filter((entry) => entry && entry.gypfile !== false);
for (const entry of unmarked) entry.gypfile = false;
if (unmarked.length > 0) {
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log("package-lock.json: marked what npm must not compile (gypfile: false); commit it");
}
