import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { closeStore, openStore } from "../../src-main/store/database";
import { libraryDirectory } from "../../src-main/store/home";
import { annotate } from "../../src-main/store/verdicts";
import { semblance } from "../fixtures/command-line";
import { addMockPhotos, temporaryFolder } from "../fixtures/photo-folder";

// guarantee: corrupt-library
test.each([
  ["empty", (file: string) => writeFileSync(file, "")],
  ["missing", (file: string) => rmSync(file)],
])("a library whose file is %s is refused with a way out, and restored from its backup", async (state, lose) => {
  const place = { home: temporaryFolder(), folder: temporaryFolder() };
  const store = openStore(place);
  annotate(store, { photos: addMockPhotos(store, 3), label: "own:Rex", verdict: "accept", name: "Rex" });
  closeStore(store);
  const file = join(libraryDirectory(place.home, place.folder), "library.db");
  lose(file);

  const refused = await semblance(place.home, ["copy", place.folder, "--to", join(place.home, "a.semblance")]);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`${file} is damaged (it is ${state}). Run semblance restore`);
  expect(existsSync(join(place.home, "a.semblance"))).toBe(false);
  const listed = await semblance(place.home, ["restore", place.folder]);
  expect(listed.stdout).toMatch(/^--copy 1 {2}\S+ {2}3 photos, 3 verdicts\n$/);
  const restored = await semblance(place.home, ["restore", place.folder, "--copy", "1"]);
  expect(restored).toMatchObject({ code: 0, stderr: "" });
  expect(restored.stdout).toContain(`${place.folder} has 3 verdicts again`);
  expect(restored.stdout.includes("The damaged library was moved to")).toBe(state === "empty");
  expect(
    (await semblance(place.home, ["copy", place.folder, "--to", join(temporaryFolder(), "a.semblance")])).stdout,
  ).toContain("with 3 verdicts");
});
