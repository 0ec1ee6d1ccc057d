/**
 * Installs Node's binary, as the `node` package's own script does, from the npm registry: npm runs no install scripts
 * here (mark-lock.mjs). Links it too, so that `node` in npm's scripts is this one.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const modules = fileURLToPath(new URL("../node_modules", import.meta.url));
const windows = process.platform === "win32";
const folder = join(modules, "node");
const binary = join(folder, "bin", windows ? "node.exe" : "node");

if (existsSync(folder)) {
  if (!existsSync(binary)) install();
  if (existsSync(binary)) link();
  else {
    console.error(`${binary} is missing: npm could not install it. Check the connection to the registry, then npm ci.`);
    process.exitCode = 1;
  }
}

function install() {
  // With the outer npm's prefix, the binary's package would be installed in this project instead.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_config_(local_)?prefix$/i.test(name)),
  );
  spawnSync(process.execPath, ["installArchSpecificPackage.js"], { cwd: folder, env, stdio: "inherit" });
}

function link() {
  const bins = join(modules, ".bin");
  const command = join(bins, "node");
  mkdirSync(bins, { recursive: true });
  if (windows) return writeFileSync(`${command}.cmd`, '@"%~dp0..\\node\\bin\\node.exe" %*\r\n');
  rmSync(command, { force: true });
  symlinkSync(join("..", "node", "bin", "node"), command);
}
