/// <reference lib="dom" />
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { complaints } from "./complaints";
import { argumentsOf, test } from "./real-library";

test.afterEach(({ troubles }) => expect(troubles).toEqual([]));

const clean = async (page: Page) => expect(await complaints(page)).toEqual([]);

/** A sidecar as digiKam writes it. */
const sidecar = (keywords: string[]) => `<x:xmpmeta xmlns:x="adobe:ns:meta/">
  <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description rdf:about="" xmlns:lr="http://ns.adobe.com/lightroom/1.0/">
      <lr:hierarchicalSubject><rdf:Bag>${keywords.map((keyword) => `<rdf:li>${keyword}</rdf:li>`).join("")}</rdf:Bag></lr:hierarchicalSubject>
    </rdf:Description>
  </rdf:RDF>
</x:xmpmeta>`;
const REX = "People|&lt;b&gt;Rex&lt;/b&gt;";
const SIDECARS = {
  "2024/Garden/IMG_0001.jpg": ["crane", REX],
  "2024/Garden/IMG_0006.jpg": ["crane", "places|harbour"],
  "2024/Garden/IMG_0011.jpg": ["crane", "places|harbour", "orchard"],
  "2024/Garden/IMG_0016.jpg": ["places|harbour", REX],
  "Scans/IMG_0005.jpg": ["animals|dogs|Bella", "orchard"],
};

test("imports labels with the keyboard alone: previews, changes one, skips one, imports and undoes", async ({
  page,
  openWindow,
  library,
  calls,
}) => {
  for (const [path, keywords] of Object.entries(SIDECARS))
    writeFileSync(join(library.folder, `${path}.xmp`), sidecar(keywords));
  writeFileSync(join(library.folder, "2024/Garden/IMG_0021.jpg.xmp"), "<x:xmpmeta");
  const [orchard] = await library.api.suggestLabels({ text: "orchard", limit: 1 });
  const { photo } = await library.photoNamed("IMG_0005.jpg");
  await library.api.annotate({ photos: [photo], label: orchard.label, verdict: "reject" });
  await page.emulateMedia({ reducedMotion: "reduce" });
  await openWindow();
  await page.keyboard.press("o");
  await expect(page.getByRole("dialog", { name: "Import labels" })).toBeVisible();
  await expect(page.getByRole("radio", { name: /^XMP sidecars/ })).toBeFocused();
  await clean(page);
  await page.keyboard.press("Enter");

  await expect(page.getByRole("dialog", { name: "Import from XMP sidecars" })).toBeVisible();
  await expect(page.getByRole("list", { name: "What the import changes" })).toBeFocused();
  const rows = page.getByRole("list", { name: "Keywords and their labels" }).getByRole("listitem");
  await expect(rows).toHaveCount(5);
  await expect(rows.first()).toContainText("Could also be crane, a kind of lifting device.");
  await expect(page.getByText("<b>Rex</b>").first()).toBeVisible(); // as text: a label is not HTML
  await expect(page.getByRole("button", { name: "Import 10 verdicts" })).toBeVisible();
  await clean(page);

  await rows
    .first()
    .getByRole("button", { name: /choose a label for crane/ })
    .press("Enter");
  await page.keyboard.type("seagull");
  // The list shows completions of the whole word, not of its first letters, once a key moves in it.
  await expect.poll(() => argumentsOf(calls, "suggestLabels").at(-1)).toMatchObject({ text: "seagull" });
  // A list that is replaced after the key was pressed highlights nothing: then a person presses it again.
  await expect(async () => {
    await page.keyboard.press("ArrowDown");
    await expect(page.getByRole("option", { name: /^seagull/ })).toHaveAttribute("data-highlighted", { timeout: 500 });
  }).toPass();
  await page.keyboard.press("Enter");
  await expect(rows.first().getByRole("button", { name: /^seagull: choose/ })).toBeFocused();
  await page.getByRole("checkbox", { name: "Import places › harbour" }).press("Space");
  await expect(page.getByRole("button", { name: "Import 7 verdicts" })).toBeVisible();
  await page.getByText("1 line or file couldn’t be read").press("Enter");
  await expect(page.getByText("2024/Garden/IMG_0021.jpg.xmp", { exact: true })).toBeVisible();
  await page.getByText("1 conflict: your verdict stays").press("Enter");
  await expect(page.getByText("“orchard” stays rejected")).toBeVisible();
  await clean(page);

  await page.getByRole("button", { name: "Import 7 verdicts" }).press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByText(/^Imported 7 verdicts on \d photos from XMP sidecars$/)).toBeVisible();
  const own = async (name: string) => {
    const { labels, rejected } = await library.photoNamed(name);
    return [labels.flatMap((each) => (each.source === "added" ? [each.name] : [])), rejected.map((each) => each.name)];
  };
  expect(await own("IMG_0001.jpg")).toEqual([expect.arrayContaining(["seagull", "<b>Rex</b>"]), []]);
  expect(await own("IMG_0005.jpg")).toEqual([["Bella"], ["orchard"]]);
  await page.keyboard.press("z");
  await expect(page.getByText(/^Undone: Import/)).toBeVisible();
  expect(await own("IMG_0001.jpg")).toEqual([[], []]);
  expect((await library.api.library())!.verdicts).toBe(1);
});

test("folders and files can be sources, and an unreadable one is reported beside its field", async ({
  page,
  openWindow,
  library,
  calls,
}) => {
  const file = join(library.out, "labels.csv");
  const { photo } = await library.photoNamed("IMG_0005.jpg");
  const csv = { format: "csv", text: "name", escapeFormulas: true, file, overwrite: true } as const;
  await library.api.annotate({ photos: [photo], label: "own:Bella", verdict: "accept" });
  const { labels } = await library.api.countExport({ photos: null, labels: "shown", threshold: 0 });
  await library.api.exportLabels({ ...csv, photos: null, labels: "shown", threshold: 0 });
  await openWindow();
  await page.getByRole("button", { name: "Harbour", exact: true }).press("Enter");
  await page.getByRole("menuitem", { name: /^Import labels/ }).press("Enter");
  await page.getByRole("radio", { name: /^Folder names/ }).press("Space");
  await page.getByRole("textbox", { name: "Ignored folder names" }).fill("DCIM, Misc ,");
  await page.getByRole("combobox", { name: "Folder to use as label" }).press("Enter");
  await expect(page.getByRole("option", { name: /^The top folder/ })).toBeVisible();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("combobox", { name: "Folder to use as label" })).toHaveText(/top folder/);
  await clean(page);
  await page.getByRole("button", { name: "Read labels" }).press("Enter");
  await expect(page.getByRole("list", { name: /^Keywords/ }).getByRole("listitem")).toHaveCount(4); // folders named after years are no labels
  await page.getByRole("button", { name: "Back" }).press("Enter");

  await page.getByRole("radio", { name: /^CSV/ }).press("Space");
  await expect(page.getByRole("button", { name: "Read labels" })).toBeDisabled();
  const nowhere = join(library.out, "nowhere.csv");
  await page.getByRole("textbox", { name: "File" }).fill(nowhere);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("alert")).toContainText(nowhere);
  await clean(page);
  await page.getByRole("textbox", { name: "File" }).fill(file);
  await page.getByRole("button", { name: "Read labels" }).press("Enter");
  await expect(page.getByText(`Skips ${labels - 1} predictions that nobody reviewed.`)).toBeVisible();
  await page.getByRole("searchbox", { name: "Find a keyword" }).fill("bella");
  await expect(page.getByRole("list", { name: /^Keywords/ }).getByRole("listitem")).toHaveCount(1);
  expect(argumentsOf(calls, "planImport")).toEqual([
    { source: { from: "folders", level: "top", without: ["DCIM", "Misc"] } },
    { source: { from: "csv", file: nowhere } },
    { source: { from: "csv", file } },
  ]);
});
