#!/usr/bin/env node
/**
 * Starts the command line in a Node that its native modules run in: this one, or the one that the `node` package
 * carries.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const cli = new URL("../out/main/cli.js", import.meta.url);
const OLDEST = 22;

if (!existsSync(cli)) stop("Semblance is not built yet: run npm run build.");
else if (Number(process.versions.node.split(".")[0]) >= OLDEST) await import(cli.href);
else startInNewerNode();

function startInNewerNode() {
  const binary = carriedNode();
  if (!binary)
    return stop(
      `Semblance needs Node ${OLDEST} or newer, this is ${process.version}, and the node package is not installed: run npm ci.`,
    );
  const child = spawn(binary, [fileURLToPath(cli), ...process.argv.slice(2)], { stdio: "inherit" });
  // Ctrl-C reaches the child by itself, as it shares the terminal; other signals are passed on. It decides what to do.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => stop(`${binary} does not start: ${error.message}`));
  child.once("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function carriedNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve("node/package.json"));
    const binary = join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
    return existsSync(binary) ? binary : null;
  } catch (error) {
    if (error.code === "MODULE_NOT_FOUND") return null;
    throw error;
  }
}

function stop(sentence) {
  console.error(sentence);
  process.exitCode = 2;
}
