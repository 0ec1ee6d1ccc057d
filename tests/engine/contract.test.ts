import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { dispatch } from "../../src-main/engine/dispatch";
import { ARGUMENTS, isHostCall } from "../../src-shared/arguments";
import type { CallName, LabelId } from "../../src-shared/contract";
import { stateOf } from "../fixtures/command-line";
import { malformed, nearlyValid, type Offered } from "../fixtures/malformed-arguments";
import { openEngine } from "../fixtures/open-engine";
import { paint, temporaryFolder } from "../fixtures/photo-folder";

const SEED = 20_13;
/** Argument lists per call. */
const [MALFORMED, NEARLY_VALID] = [25, 5];
const LABELS: LabelId[] = ["wn:02086723", "own:Rex", "own:<b>bold</b>"];

// guarantee: originals-untouched
// guarantee: every-call-checked
test("answers any arguments with a value or a refusal, and leaves originals, the database and earlier verdicts unchanged", async () => {
  const here = process.cwd();
  const [root, home] = [temporaryFolder(), temporaryFolder()];
  const [folder, other, away] = ["photos", "other", "away"].map((name) => join(root, name));
  for (const made of [other, away]) mkdirSync(made);
  for (let i = 0; i < 6; i++) await paint(join(folder, i % 2 ? "sub" : "", `${i}.jpg`), i, 48, 32);
  process.chdir(away); // relative paths are written there
  onTestFinished(() => process.chdir(here));
  const faults = vi.spyOn(console, "error").mockImplementation(() => {});
  onTestFinished(() => faults.mockRestore());

  const engine = await openEngine(home);
  const { api } = engine;
  await api.openLibrary({ folder });
  await engine.idle();
  const { photos } = await api.browse({ sort: "name", descending: false, group: "none" });
  for (const [i, label] of LABELS.entries())
    await api.annotate({ photos: photos.slice(i), label, verdict: i === 1 ? "reject" : "accept" });
  writeFileSync(join(away, "set.txt"), "dog\ncat\n");
  const copy = join(away, "copy.semblance");
  await api.copyLibrary({ file: copy, overwrite: false });
  const verdictsIn = (file: string) => {
    const db = new Database(file, { readonly: true });
    try {
      expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
      return db.prepare<[], { id: number }>("SELECT * FROM verdict_event ORDER BY id").all();
    } finally {
      db.close();
    }
  };
  const [originals, before] = [stateOf(folder), verdictsIn(copy)];
  expect(before).toHaveLength(6 + 5 + 4);

  const offered: Offered = {
    paths: [
      folder,
      other,
      copy,
      join(folder, "0.jpg"),
      join(folder, "none", "labels.csv"),
      join(away, "labels.csv"),
      join(away, "set.txt"),
      join(away, "again.semblance"),
      "relative.csv",
      "everyday",
      "all-nouns",
    ],
    labels: [...LABELS, "own:never used", "wn:99999999"],
    words: ["dog", "label:dog confidence:>0.5 -is:reviewed", '"', "(a OR", "A", "Z", "red", "<i>set</i>"],
  };
  const answered = async (name: CallName, args: unknown) => {
    const reply = await dispatch(engine.api as never, { name, args });
    const where = `${name} of ${fc.stringify(args).slice(0, 300)}`;
    if (reply.ok) return true;
    expect(reply.error, where).toEqual({ code: expect.any(String) as string, message: expect.any(String) as string });
    expect(reply.error.code, `${where}: ${reply.error.message}`).not.toBe("internal");
    expect(reply.error.message.length, where).toBeLessThan(20_000);
    return false;
  };

  const names = (Object.keys(ARGUMENTS) as CallName[]).filter(
    // Deleting the samples deletes originals, which are the program's own copies.
    (name) => !isHostCall({ name }) && name !== "deleteSamples",
  );
  let [received, refused] = [0, 0];
  for (const name of names) {
    const valid = nearlyValid(ARGUMENTS[name], offered);
    const takesNone = ARGUMENTS[name].safeParse([]).success; // these include long jobs
    await fc.assert(
      fc.asyncProperty(
        malformed(valid).filter((args) => !takesNone || !ARGUMENTS[name].safeParse(args).success),
        async (args) => {
          if (await answered(name, args)) received++;
          else refused++;
        },
      ),
      { seed: SEED, numRuns: MALFORMED, endOnFailure: true },
    );
    await fc.assert(
      fc.asyncProperty(valid, async (args) => {
        if (await answered(name, args)) received++;
        else refused++;
        if ((await api.library())?.folder === folder) return;
        await api.openLibrary({ folder });
      }),
      { seed: SEED, numRuns: takesNone ? 1 : NEARLY_VALID, endOnFailure: true },
    );
    await engine.idle();
  }
  // Both values and refusals must have occurred, or the test checked nothing.
  expect(received).toBeGreaterThan(names.length);
  expect(refused).toBeGreaterThan((names.length * MALFORMED) / 2);

  expect(stateOf(folder)).toEqual(originals);
  expect(readdirSync(root).sort()).toEqual(["away", "other", "photos"]);
  await engine.close();
  const kept = readdirSync(join(home, "libraries"))
    .filter((name) => /^[0-9a-f]+-photos\b/.test(name))
    .map((name) => join(home, "libraries", name, "library.db"));
  expect(kept.length).toBeGreaterThan(0);
  // The folder's library may have been replaced, but every replacement starts with all earlier verdicts.
  for (const file of kept) expect(verdictsIn(file).slice(0, before.length)).toEqual(before);
});
