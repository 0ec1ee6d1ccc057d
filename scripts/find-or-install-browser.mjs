/** A browser for the browser tests: one that is here, else Playwright's, else Debian's. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { findBrowser } from "../tests/e2e/browser.ts";

/**
 * @returns {string} the path of an executable that starts. @throws {Error} when there is none and none could be
 * installed
 */
export function findOrInstallBrowser() {
  const found = findBrowser();
  if (found && starts(found)) return found;
  const isRoot = process.getuid?.() === 0;
  const install = (command, ...args) =>
    spawnSync(command, args, { stdio: "inherit", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } })
      .status === 0;

  console.log("No Chrome, Chromium or Edge is installed: fetching Playwright's Chromium…");
  const fetched = install(process.execPath, "node_modules/playwright/cli.js", "install", "chromium");
  const own = findBrowser();
  // It comes without the system's libraries.
  if (own && !starts(own) && isRoot)
    install(process.execPath, "node_modules/playwright/cli.js", "install-deps", "chromium");
  if (!fetched && isRoot && existsSync("/usr/bin/apt-get")) {
    console.log("Playwright's Chromium can't be fetched: installing Debian's…");
    install("apt-get", "update");
    install("apt-get", "install", "-y", "chromium");
  }
  const installed = findBrowser();
  if (installed && starts(installed)) return installed;
  throw new Error(
    "The browser tests need Chrome, Chromium or Edge: none is installed and none could be installed; set SEMBLANCE_CHROMIUM to the path of one.",
  );
}

/** A browser whose libraries are missing is as good as none. Windows' browsers have no `--version`. */
function starts(path) {
  return process.platform === "win32" || spawnSync(path, ["--version"], { stdio: "ignore" }).status === 0;
}
