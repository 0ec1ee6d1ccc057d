import { expect } from "@playwright/test";
import { test } from "./real-library";

// guarantee: keyboard
test("a person flags, rates and colours photos by key and by mouse, finds them, and undoes it", async ({
  page,
  openWindow,
  library,
}) => {
  await openWindow();
  const tile = (name: string) => page.getByRole("gridcell", { name: new RegExp(`^${name}`) });
  const toast = (said: string) => expect(page.getByText(said, { exact: true })).toBeVisible();
  const tiles = page.getByRole("gridcell").and(page.locator("[data-photo]"));
  const nameAt = async (n: number) => ((await tiles.nth(n).getAttribute("aria-label")) ?? "").split(",")[0]!;
  const [first, second, third] = [await nameAt(0), await nameAt(1), await nameAt(2)];

  await tiles.nth(0).click();
  await page.keyboard.press("p");
  await toast("Picked");
  await expect(tile(first)).toHaveAccessibleName(/picked/);
  await page.keyboard.press("Control+4");
  await toast("Rated 4 stars");
  await expect(page.getByRole("button", { name: "No stars" })).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("Control+6");
  await toast("Labelled red");
  await expect(tile(first)).toHaveAccessibleName(/picked, 4 stars, Red label/);

  // two photos at once are one step
  await tiles.nth(1).click();
  await tiles.nth(2).click({ modifiers: ["ControlOrMeta"] });
  await page.keyboard.press("Shift+X");
  await toast("Rejected 2 photos");
  await expect(tile(second)).toHaveAccessibleName(/rejected/);
  await page.getByRole("button", { name: "Blue", exact: true }).click();
  await toast("Labelled 2 photos blue");
  await page.keyboard.press("z");
  await page.keyboard.press("z");
  await expect(tile(second)).not.toHaveAccessibleName(/rejected|Blue/);
  await page.keyboard.press("y");
  await expect(tile(third)).toHaveAccessibleName(/rejected/);

  // the next photo follows while that is switched on
  await tiles.nth(3).click();
  await page.keyboard.press("Enter");
  await page.evaluate(() => {
    document.activeElement?.dispatchEvent(
      new KeyboardEvent("keydown", { key: "P", modifierCapsLock: true, bubbles: true, cancelable: true }),
    );
  });
  await expect(page.getByText("5 of 43", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "3 stars", exact: true }).click();
  await toast("Rated 3 stars");
  await page.keyboard.press("Escape");

  await page.keyboard.press("/");
  await page.keyboard.type("rating:>=3");
  await page.keyboard.press("Enter");
  await expect(tiles).toHaveCount(2);
  await page.getByRole("button", { name: "Clear search" }).click();
  await page.keyboard.press("/");
  await page.keyboard.type("flag:reject");
  await page.keyboard.press("Enter");
  await expect(tiles).toHaveCount(2);
  expect(await library.photoNamed(first)).toMatchObject({ flag: "pick", rating: 4, colour: "red" });
});
