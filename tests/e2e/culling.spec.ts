import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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

  for (const query of ["rating:>=3", "flag:reject"]) {
    await page.getByRole("combobox", { name: /^Search photos/ }).fill(query);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { level: 1, name: `“${query}”` })).toBeVisible();
    await expect(tiles).toHaveCount(2);
  }
  expect(await library.photoNamed(first)).toMatchObject({ flag: "pick", rating: 4, colour: "red" });
});

test("a rating that another program changed is reviewed: the newer one is in use, the other can be brought back", async ({
  page,
  openWindow,
  library,
}) => {
  await openWindow();
  const tiles = page.getByRole("gridcell").and(page.locator("[data-photo]"));
  await tiles.nth(0).click();
  await page.keyboard.press("Control+2");
  await expect(tiles.nth(0)).toHaveAccessibleName(/2 stars/);
  const { paths, photo } = await library.api.photo({
    photo: Number(await tiles.nth(0).getAttribute("data-photo")),
  });
  const sidecar = join(library.folder, `${paths[0]}.xmp`);
  writeFileSync(
    sidecar,
    `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="5" xmp:Label="Red"/></rdf:RDF></x:xmpmeta>`,
  );
  utimesSync(sidecar, new Date(Date.now() + 60_000), new Date(Date.now() + 60_000));
  await library.api.rescan();

  await expect(
    page.getByText("Another program changed a flag, rating or colour label that you had set."),
  ).toBeVisible();
  await expect(tiles.nth(0)).toHaveAccessibleName(/5 stars, Red label/);
  await page.getByRole("button", { name: "Review", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Changed by another program" });
  await expect(dialog.getByRole("button", { name: /^Use 5 stars for/ })).toHaveAttribute("aria-pressed", "true");
  await dialog.getByRole("button", { name: /^Use 2 stars for/ }).click();
  await expect(page.getByText("Brought back what you had set")).toBeVisible();
  await expect(dialog.getByRole("button", { name: /^Use 2 stars for/ })).toHaveAttribute("aria-pressed", "true");
  expect((await library.api.photo({ photo })).rating).toBe(2);
  await page.getByText("Brought back what you had set").locator("..").getByRole("button", { name: "Undo" }).click();
  await expect(dialog.getByRole("button", { name: /^Use 5 stars for/ })).toHaveAttribute("aria-pressed", "true");
  await dialog.getByRole("button", { name: "Clear the list" }).click();
  await expect(page.getByText(/Another program changed/)).toBeHidden();
  await page.getByText("Cleared the list").locator("..").getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText(/Another program changed/)).toBeVisible();
  expect((await library.api.photo({ photo })).rating).toBe(5);
});
