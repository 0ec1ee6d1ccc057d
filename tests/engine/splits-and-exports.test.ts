/** What the window can ask the engine about near-duplicates, splits and exports, on real photos. */
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { refusal } from "../fixtures/contract-backends";
import {
  api,
  backend,
  browse,
  details,
  info,
  lastReportOf,
  openRealBackend,
  photo,
  readable,
  REX,
  undoAll,
} from "../fixtures/real-backend";

openRealBackend();

const SHARES = { train: 2, validation: 1, test: 1, seed: 7 };

describe("duplicates and splits", () => {
  afterEach(() => undoAll());

  test("a split is refused before duplicates were searched for, and that search is reported as a job", async () => {
    expect(await api.duplicates()).toEqual({ groups: null, stale: true });
    expect(await api.splitState()).toEqual({ split: null, groups: null, stale: true });
    expect(await refusal(api.planSplit(SHARES))).toBe("no-groups");
    expect(await refusal(api.makeSplit(SHARES))).toBe("no-groups");
    expect(await refusal(api.countSpread({ photo: null }))).toBe("no-groups");
    await backend.forget();
    const { job } = await api.findDuplicates();
    await backend.rest();
    expect(lastReportOf(job)).toMatchObject({
      kind: "duplicates",
      state: "done",
    });
    const { groups, stale } = await api.duplicates();
    expect(stale).toBe(false);
    expect(groups!.length).toBeGreaterThan(1);
    for (const { photos, best } of groups!) expect(photos[0]).toBe(best);
    expect(await api.splitState()).toEqual({ split: null, groups: groups!.length, stale: false });
  });

  test("a photo's verdicts are copied to its group in one step", async () => {
    const { groups } = await api.duplicates();
    const [first, second] = groups![0].photos;
    await api.annotate({ photos: [first], label: REX, verdict: "accept" });
    const expected = { verdicts: 1, photos: 1, groups: 1, disputed: 0 };
    expect(await api.countSpread({ photo: first })).toEqual(expected);
    expect(await api.spreadVerdicts({ photo: first })).toEqual(expected);
    expect((await details(second)).labels[0]).toMatchObject({ label: REX, score: 1 });
    await api.undo();
    expect((await details(second)).labels.map(({ label }) => label)).not.toContain(REX);
    expect((await details(first)).labels[0]).toMatchObject({ label: REX });
  });

  test("a split is planned without changes, made and removed, each in one step", async () => {
    const plan = await api.planSplit(SHARES);
    const { groups } = await api.duplicates();
    expect(plan).toMatchObject({
      groups: groups!.length,
      grouped: groups!.reduce((sum, { photos }) => sum + photos.length, 0),
      moved: 0,
    });
    expect((await api.splitState()).split).toBeNull();
    expect(await api.makeSplit(SHARES)).toEqual(plan);
    expect((await api.splitState()).split).toMatchObject({
      ...SHARES,
      photos: plan.photos,
      waiting: 0,
      leaking: 0,
    });
    expect((await info()).undo).toBe(`Split ${readable.length} photos into train, validation and test`);
    expect((await browse({ words: "split:train" })).photos).toHaveLength(plan.photos.train);
    await api.removeSplit();
    expect((await info()).undo).toBe("Remove split");
    expect((await api.splitState()).split).toBeNull();
    await api.undo();
    expect((await api.splitState()).split).toMatchObject(SHARES);
    await api.undo();
    expect((await api.splitState()).split).toBeNull();
  });
});

describe("exports", () => {
  afterEach(() => undoAll());

  const choice = { photos: null, labels: "shown", threshold: 0 } as const;
  const csv = (file: string, overwrite = false) => ({
    format: "csv" as const,
    file: join(backend.out, file),
    overwrite,
    text: "name" as const,
    escapeFormulas: true,
  });

  test("report how much they have written, and replace a file only on request", async () => {
    const shown = readable.flatMap(({ labels }) => labels).length;
    const counted = await api.countExport({ ...choice, threshold: (await api.settings()).threshold });
    expect(counted.labels).toBe(shown);
    const written = await api.exportLabels({
      ...choice,
      threshold: (await api.settings()).threshold,
      ...csv("labels.csv"),
    });
    expect(written).toEqual({ file: join(backend.out, "labels.csv"), rows: shown, notes: [], refused: [] });
    expect(await refusal(api.exportLabels({ ...choice, ...csv("labels.csv") }))).toBe("file-exists");
    expect(await api.exportLabels({ ...choice, threshold: 1, ...csv("labels.csv", true) })).toMatchObject({
      rows: 0,
    });
  });

  test("contain the chosen photos and all accepted labels, whatever the threshold", async () => {
    await api.annotate({ photos: [photo.photo], label: REX, verdict: "accept" });
    await api.annotate({ photos: [photo.photo], label: photo.labels[0].label, verdict: "reject" });
    const one = { photos: [photo.photo], threshold: 1 };
    expect(await api.countExport({ ...one, labels: "shown" })).toEqual({ files: 1, labels: 1 });
    expect(await api.countExport({ ...one, labels: "accepted" })).toEqual({ files: 1, labels: 1 });
    expect(await api.countExport({ ...one, labels: "verdicts" })).toEqual({ files: 1, labels: 1 });
  });

  test("do not write class folders among the photos", async () => {
    const folder = join((await info()).folder, "labels");
    expect(await refusal(api.exportLabels({ ...choice, format: "folders", folder, as: "copies" }))).toBe(
      "inside-library",
    );
  });

  test("copy a library to an existing file only if it may be overwritten", async () => {
    const file = join(backend.out, "copy.semblance");
    expect(await api.copyLibrary({ file, overwrite: false })).toEqual({ file, verdicts: 0 });
    expect(await refusal(api.copyLibrary({ file, overwrite: false }))).toBe("file-exists");
    expect(await api.copyLibrary({ file, overwrite: true })).toEqual({ file, verdicts: 0 });
  });
});
