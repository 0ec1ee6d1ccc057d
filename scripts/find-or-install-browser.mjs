/** A browser for the browser tests: an installed one, else Playwright's, else Debian's. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { findBrowser } from "../tests/e2e/browser.ts";

/**
 * @returns {string} the path of an executable that starts
 * @throws {Error} if there is none and none can be installed
 */
export function findOrInstallBrowser() {
  const found = findBrowser();
  if (found && starts(found)) return found;
  const isRoot = process.getuid?.() === 0;
  const install = (command, ...args) =>
    spawnSync(command, args, { stdio: "inherit", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } })
      .status === 0;

  console.log("Chrome, Chromium and Edge are not installed. Downloading Playwright's Chromium…");
  const fetched = install(process.execPath, "node_modules/playwright/cli.js", "install", "chromium");
  const own = findBrowser();
  // Its download does not include the system libraries that it needs.
  if (own && !starts(own) && isRoot)
    install(process.execPath, "node_modules/playwright/cli.js", "install-deps", "chromium");
  if (!fetched && isRoot && existsSync("/usr/bin/apt-get")) {
    console.log("Can't download Playwright's Chromium. Installing Debian's…");
    install("apt-get", "update");
    install("apt-get", "install", "-y", "chromium");
  }
  const installed = findBrowser();
  if (installed && starts(installed)) return installed;
  throw new Error(
    "The browser tests need Chrome, Chromium or Edge, and none can be installed. Set SEMBLANCE_CHROMIUM to the path of one.",
  );
}

/** A browser without its system libraries does not start. On Windows browsers have no `--version`. */
function starts(path) {
  return process.platform === "win32" || spawnSync(path, ["--version"], { stdio: "ignore" }).status === 0;
}
