import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { LaunchOptions } from "@playwright/test";
import { programFolder } from "../../src-main/base/program-folder";

/**
 * How the tests start their browser; where only the program is installed, why there is none. Loaded when it is wanted:
 * no part of the program.
 */
export async function findBrowser(): Promise<LaunchOptions | { skipped: string }> {
  const launcher = join(programFolder(), "tests", "e2e", "browser.ts");
  if (!existsSync(launcher)) return { skipped: "no tests folder, which knows where the browser is" };
  const { launchOptions } = (await import(/* @vite-ignore */ pathToFileURL(launcher).href)) as {
    launchOptions(): LaunchOptions;
  };
  return launchOptions();
}
