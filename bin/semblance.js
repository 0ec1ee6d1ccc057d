#!/usr/bin/env node
/** Starts the command line in a Node that the native modules support: this one, or the one in the `node` package. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const cli = new URL("../out/main/cli.js", import.meta.url);
const OLDEST = 22;

if (!existsSync(cli)) stop("Semblance is not built yet. Run npm run build.");
else if (Number(process.versions.node.split(".")[0]) >= OLDEST) await import(cli.href);
else startInNewerNode();

function startInNewerNode() {
  const binary = carriedNode();
  if (!binary)
    return stop(
      `Semblance needs Node ${OLDEST} or newer, and this is ${process.version}. Run npm ci, which installs one.`,
    );
  const child = spawn(binary, [fileURLToPath(cli), ...process.argv.slice(2)], { stdio: "inherit" });
  // The child shares the terminal, so Ctrl-C reaches it directly; other signals are forwarded.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => stop(`Can't start ${binary}: ${error.message}`));
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
