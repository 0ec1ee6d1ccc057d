import { existsSync } from "node:fs";
import { chromium, type LaunchOptions } from "@playwright/test";

/** Install locations of Chrome, Chromium and Edge on Linux, macOS and Windows. */
const INSTALLED = [
  "/usr/bin/google-chrome-stable",
  "/usr/bin/google-chrome",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/snap/bin/chromium",
  "/usr/bin/microsoft-edge",
  "/opt/google/chrome/chrome",
  "/opt/microsoft/msedge/msedge",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
  ...[process.env.PROGRAMFILES, process.env["PROGRAMFILES(X86)"], process.env.LOCALAPPDATA]
    .filter(Boolean)
    .flatMap((programs) => [
      `${programs}\\Google\\Chrome\\Application\\chrome.exe`,
      `${programs}\\Microsoft\\Edge\\Application\\msedge.exe`,
    ]),
];

/** The browser for tests: `SEMBLANCE_CHROMIUM`, else an installed one, else Playwright's own; null without any. */
export function findBrowser(): string | null {
  const asked = process.env.SEMBLANCE_CHROMIUM;
  if (asked) return asked;
  return [...INSTALLED, chromium.executablePath()].find((path) => existsSync(path)) ?? null;
}

/** No sandbox (containers lack one), a process for all pages of an origin, and no background traffic. */
export function launchOptions(): LaunchOptions {
  return {
    executablePath: findBrowser() ?? undefined,
    args: [
      "--no-sandbox",
      "--process-per-site",
      "--disable-features=SpareRendererForSitePerProcess", // a process that no test would use
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  };
}
