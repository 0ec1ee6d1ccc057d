import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LaunchOptions } from "@playwright/test";
import { programFolder } from "../../src-main/base/program-folder";

/**
 * The tests' browser, or why there is none in an installation without tests. Loaded on demand, because it is not part
 * of the program.
 */
export async function findBrowser(): Promise<LaunchOptions | { skipped: string }> {
  const launcher = join(programFolder(), "tests", "e2e", "browser.ts");
  if (!existsSync(launcher)) return { skipped: "no tests folder, which locates the browser" };
  const { launchOptions } = (await import(/* @vite-ignore */ pathToFileURL(launcher).href)) as {
    launchOptions(): LaunchOptions;
  };
  return launchOptions();
}
