import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "@playwright/test";
import type * as Axe from "axe-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

declare global {
  var axe: typeof Axe | undefined;
}

/**
 * Axe's violations on the current page, in the light theme and, for the rules about colours, which alone can differ, in
 * the dark one; leaves the page in dark mode. The page must have no frames of other origins.
 */
export async function complaints(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => globalThis.axe !== undefined))) await page.evaluate(AXE);
  const found: string[] = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    const violations = await violationsIn(page, {
      resultTypes: ["violations"], // of rules that hold, axe would describe every node
      ...(colorScheme === "dark" && { runOnly: ["color-contrast", "link-in-text-block"] }),
    });
    found.push(
      ...violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${colorScheme}: ${id}: ${target.join(" ")}: ${failureSummary}`),
      ),
    );
  }
  return found;
}

const violationsIn = (page: Page, options: Axe.RunOptions): Promise<Axe.Result[]> =>
  page.evaluate(async (given) => (await axe!.run(document, given)).violations, options);
