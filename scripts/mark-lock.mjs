/**
 * Keeps `npm ci` from compiling better-sqlite3, @parcel/watcher and hnswlib-node.
 * Without `gypfile: false` npm compiles every package with a binding.gyp, against headers from nodejs.org, which fails
 * without access to it. The first two have prebuilt addons; better-sqlite3 sets `gypfile: false` in its package.json,
 * but npm does not copy that to package-lock.json, the only file that `npm ci` reads. build-hnsw.mjs builds
 * hnswlib-node.
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
  console.log("package-lock.json: marked packages that npm must not compile (gypfile: false). Commit it.");
}
