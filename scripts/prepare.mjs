/** npm's `prepare`: after `npm ci` the program is built and ready to run. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const run = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }).status ?? 1;

run("scripts/mark-lock.mjs");
run("scripts/build-hnsw.mjs");

const bundler = "node_modules/electron-vite/bin/electron-vite.js";
if (existsSync(new URL(`../${bundler}`, import.meta.url))) {
  process.exitCode = run(bundler, "build", "--logLevel", "warn");
} else {
  console.log("Not built: the development dependencies were left out.");
}
