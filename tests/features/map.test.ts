import { join } from "node:path";
import { expect, test } from "vitest";
import { openEngine } from "../fixtures/open-engine";
import { paint, temporaryFolder } from "../fixtures/photo-folder";

test("maps a folder, stores the map, places new photos near their neighbours and finds similar photos", async () => {
  const folder = temporaryFolder();
  for (let i = 0; i < 24; i++) await paint(join(folder, `${i}.png`), i);
  const engine = await openEngine();
  await engine.api.openLibrary({ folder });
  await engine.idle();
  expect(await engine.api.embeddingMap()).toBeNull();
  const { job } = await engine.api.makeEmbeddingMap();
  await expect(engine.api.makeEmbeddingMap()).rejects.toMatchObject({ code: "busy" });
  // The first map stands long before it is finished, and is never shown as finished.
  const ended = engine.ended(job);
  let isOver = false;
  void ended.then(() => (isOver = true));
  const standing: boolean[] = [];
  while (!isOver) {
    const soFar = await engine.api.embeddingMap();
    if (soFar) standing.push(soFar.isProvisional && soFar.photos.length === 24);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(standing[0]).toBe(true);
  await expect(ended).resolves.toMatchObject({ state: "done", message: "24 photos", done: 24, total: 24 });
  for (const { job: of, total } of engine.of("job")) if (of === job) expect([0, 24]).toContain(total); // photos, not steps
  const map = (await engine.api.embeddingMap())!;
  expect(map.photos).toHaveLength(24);
  expect(map).toMatchObject({ placed: 0, isProvisional: false });
  for (const row of [map.x, map.y]) expect(row.every((value) => value >= -1 && value <= 1)).toBe(true);
  expect(map.disagreement.every((value) => value >= 0 && value <= 1)).toBe(true);
  map.best.forEach((best) => expect(best).toBeLessThan(map.labels.length));

  await paint(join(folder, "new.png"), 5, 99, 64);
  await engine.ended((await engine.api.rescan()).job);
  await engine.idle();
  const grown = (await engine.api.embeddingMap())!;
  expect(grown).toMatchObject({ placed: 1, madeAt: map.madeAt });
  expect(grown.photos).toHaveLength(25);
  await engine.api.closeLibrary();
  await engine.api.openLibrary({ folder });
  await engine.idle();
  const kept = (await engine.api.embeddingMap())!;
  expect([kept.photos, kept.x, kept.y]).toEqual([grown.photos, grown.x, grown.y]);

  const added = grown.photos.at(-1)!;
  const { photos, scores } = await engine.api.browse({
    similar: { like: [added], unlike: [] },
    sort: "relevance",
    descending: true,
    group: "none",
  });
  expect(photos).toHaveLength(24);
  const twin = (await engine.api.photo({ photo: photos[0] })).paths[0];
  expect(twin).toBe("5.png"); // the same waves, drawn slightly wider
  expect(scores).toEqual(scores!.toSorted((a, b) => b - a));
});
