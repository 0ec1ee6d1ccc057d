import Database from "better-sqlite3";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { jsonLines, PROGRAM, semblance, stateOf } from "../fixtures/command-line";
import { paint, temporaryFolder } from "../fixtures/photo-folder";

const PHOTOS = 240;

interface Feature { id: number; photo: number; feature: string }

/** Rows that are on disk. The program may be writing: what it has not committed is not seen. */
function stored<Row>(home: string, sql: string): Row[] {
  const [library] = existsSync(join(home, "libraries")) ? readdirSync(join(home, "libraries")) : [];
  const file = library === undefined ? "" : join(home, "libraries", library, "cache.db");
  if (!existsSync(file)) return [];
  let cache: Database.Database | null = null;
  try {
    cache = new Database(file, { readonly: true, timeout: 1000 });
    return cache.prepare<[], Row>(sql).all();
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === "SQLITE_ERROR" || code === "SQLITE_CANTOPEN") return []; // its tables are not made yet
    throw error;
  } finally {
    cache?.close();
  }
}

const storedFeatures = (home: string) => stored<Feature>(home, "SELECT id, photo, hex(feature) AS feature FROM feature ORDER BY id");
const countFeatures = (home: string) => stored<{ n: number }>(home, "SELECT count(*) AS n FROM feature")[0]?.n ?? 0;

/** Starts to label and kills the program, as a power cut would, once more features than `beyond` are stored. */
async function labelUntilKilled(home: string, folder: string, beyond: number): Promise<void> {
  const child = spawn(process.execPath, [PROGRAM, "tag", folder], { env: { ...process.env, SEMBLANCE_HOME: home }, stdio: "ignore" });
  onTestFinished(() => void child.kill("SIGKILL"));
  const exit = once(child, "exit");
  while (child.exitCode === null && countFeatures(home) <= beyond) await new Promise((resolve) => setTimeout(resolve, 10));
  child.kill("SIGKILL");
  expect((await exit)[1]).toBe("SIGKILL");
}

test("killed twice in the middle of it, labelling loses nothing, does no finished photo again, and ends with all labelled", async () => {
  const [home, folder] = [temporaryFolder(), temporaryFolder()];
  for (let i = 0; i < PHOTOS; i++) await paint(join(folder, `${i % 6}/${i}.jpg`), i, 64, 64);
  const before = stateOf(folder);

  let kept: Feature[] = [];
  for (let round = 0; round < 2; round++) {
    await labelUntilKilled(home, folder, kept.length);
    const now = storedFeatures(home);
    expect(now.length).toBeGreaterThan(kept.length);
    expect(now.length).toBeLessThan(PHOTOS);
    expect(now.slice(0, kept.length)).toEqual(kept); // the same rows, to the bit
    kept = now;
  }

  const { code, stdout, stderr } = await semblance(home, ["tag", folder]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const all = storedFeatures(home);
  expect(all.slice(0, kept.length)).toEqual(kept);
  expect(new Set(all.map(({ photo }) => photo)).size).toBe(PHOTOS);
  expect(all).toHaveLength(PHOTOS);

  // What a run without any interruption says of the same photos.
  const lines = jsonLines<{ path: string; labels: { label: string; score: number }[] }>(stdout);
  const whole = jsonLines<typeof lines[number]>((await semblance(temporaryFolder(), ["tag", folder])).stdout);
  expect(lines.map(({ path, labels }) => [path, labels.map(({ label }) => label).sort()])).toEqual(whole.map(({ path, labels }) => [path, labels.map(({ label }) => label).sort()]));
  expect(stateOf(folder)).toEqual(before);
});
