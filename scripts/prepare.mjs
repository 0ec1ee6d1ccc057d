/** npm's `prepare`: builds the program, so that it can run after `npm ci`. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const run = (...args) => spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;

run("scripts/mark-lock.mjs");
if (run("scripts/install-node.mjs") !== 0) process.exit(1); // npm shows why
run("scripts/build-hnsw.mjs");
run("scripts/link-command.mjs");

const bundler = "node_modules/electron-vite/bin/electron-vite.js";
if (existsSync(bundler)) process.exitCode = run(bundler, "build", "--logLevel", "warn");
else console.log("Not built: the development dependencies are not installed.");
