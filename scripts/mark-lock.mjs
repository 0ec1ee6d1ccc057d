/**
 * Keeps `npm ci` from running the install scripts of packages, which may download from anywhere: CUDA from NuGet, Node's
 * headers from nodejs.org. npm 10 runs them all; npm 11 can be told not to (`allowScripts`), but both compile packages
 * with a binding.gyp.
 * `npm ci` reads only package-lock.json to decide. Without `hasInstallScript` no script is looked for, and with
 * `gypfile: false` nothing is compiled. What does have to run, install-node.mjs and build-hnsw.mjs do.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Packages with a binding.gyp. Their package.json may set `gypfile: false`, but npm does not copy that. */
const COMPILED = ["@parcel/watcher", "better-sqlite3", "hnswlib-node"];

const file = fileURLToPath(new URL("../package-lock.json", import.meta.url));
const before = readFileSync(file, "utf8");
const lock = JSON.parse(before);
for (const entry of Object.values(lock.packages)) delete entry.hasInstallScript;
for (const name of COMPILED) {
  const entry = lock.packages[`node_modules/${name}`];
  if (entry) entry.gypfile = false;
}
const after = `${JSON.stringify(lock, null, 2)}\n`;
if (after !== before) {
  writeFileSync(file, after);
  console.log("package-lock.json: marked packages whose install scripts npm must not run. Commit it.");
}
