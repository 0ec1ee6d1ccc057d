/** npm's `prepare`: builds the program, so that it can run after `npm ci`. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const run = (...args) => spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;

run("scripts/mark-lock.mjs");
if (run("scripts/install-node.mjs") !== 0) process.exit(1); // npm shows why
run("scripts/build-hnsw.mjs");
linkCommand();

const bundler = "node_modules/electron-vite/bin/electron-vite.js";
if (existsSync(bundler)) process.exitCode = run(bundler, "build", "--logLevel", "warn");
else console.log("Not built: the development dependencies are not installed.");

/** Links `semblance`. npm links only the commands of dependencies, so `npx semblance` would download another copy. */
function linkCommand() {
  const bins = join("node_modules", ".bin");
  const link = join(bins, "semblance");
  mkdirSync(bins, { recursive: true });
  rmSync(link, { force: true });
  chmodSync(join("bin", "semblance.js"), 0o755);
  if (process.platform === "win32") writeFileSync(`${link}.cmd`, '@node "%~dp0..\\..\\bin\\semblance.js" %*\r\n');
  else symlinkSync(join("..", "..", "bin", "semblance.js"), link);
}
