/// <reference lib="dom" />
import type { Page } from "@playwright/test";

type Role = "button" | "combobox" | "grid" | "menuitem" | "spinbutton" | "switch" | "textbox";

/** More Tab stops than any view or dialog has. */
const MAX_TABS = 80;

/**
 * Presses Tab, or another key, until the element has the focus.
 * @throws when it is not among the first 80 stops
 */
export async function tabTo(page: Page, role: Role, name: string | RegExp, key = "Tab"): Promise<void> {
  const wanted = page.getByRole(role, { name, exact: typeof name === "string" }).first();
  for (let i = 0; i < MAX_TABS; i++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} does not reach ${name}`);
}
