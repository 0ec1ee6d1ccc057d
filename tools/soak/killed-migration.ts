import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import Database from "better-sqlite3";
import { libraryDirectory } from "../../src-main/store/home";
import { LIBRARY_STEPS, migrate, schemaOf } from "../../src-main/store/migrate";
import { startDoomed } from "./doomed-engine";

const PHOTOS = 4000;
/** Milliseconds; opening an older library takes about as long. */
const MILLISECONDS = 500;
/** The first schema version with verdicts. */
const VERDICTS = 2;

/**
 * Kills the engine while it migrates an older library.
 * @returns what is wrong with the result
 */
export async function killWhileMigrating(root: string, draw: () => number): Promise<string[]> {
  const [home, folder] = [join(root, "home"), join(root, "photos")];
  mkdirSync(folder, { recursive: true });
  const directory = libraryDirectory(home, folder);
  const schema = VERDICTS + Math.floor(draw() * (LIBRARY_STEPS.length - VERDICTS));
  makeOlder(directory, schema, PHOTOS);
  const faults: string[] = [];
  const engine = await startDoomed(home);
  const opened = engine.call("openLibrary", { folder }).then(
    () => null,
    (error: unknown) => error,
  );
  await pause(MILLISECONDS * draw());
  await engine.kill();
  await opened;
  faults.push(...faultsOf(join(directory, "library.db"), schema));
  const backups = readdirSync(directory).includes("backups")
    ? readdirSync(join(directory, "backups")).filter((name) => name.endsWith(".db"))
    : [];
  for (const backup of backups) faults.push(...faultsOf(join(directory, "backups", backup), schema));
  const next = await startDoomed(home);
  const { verdicts } = await next.call("openLibrary", { folder });
  await next.kill();
  if (verdicts !== PHOTOS)
    faults.push(`${verdicts} of ${PHOTOS} verdicts survived the migration from schema ${schema}`);
  return faults;
}

/** A library of an older schema, with one verdict on each photo. */
export function makeOlder(directory: string, schema: number, photos: number): void {
  mkdirSync(directory, { recursive: true });
  const old = new Database(join(directory, "library.db"));
  old.pragma("journal_mode = WAL");
  migrate(old, LIBRARY_STEPS.slice(0, schema));
  old.transaction(() => {
    old.prepare("INSERT INTO label (key) VALUES ('own:Rex')").run();
    old.prepare("INSERT INTO action (at, source, description, state) VALUES (1, 'person', 'Accept', 'done')").run();
    const photo = old.prepare(
      "INSERT INTO photo (hash, bytes, dated, added_at) VALUES (?, 1, '2020-01-01T00:00:00', 1)",
    );
    const event = old.prepare(
      `INSERT INTO verdict_event (at, action, kind, photo, label, verdict, added, previous, previous_added)
        VALUES (1, 1, 'judge', ?, 1, 'accept', 1, 'clear', 0)`,
    );
    const stand = old.prepare(
      "INSERT INTO standing (photo, label, verdict, added, event) VALUES (?, 1, 'accept', 1, ?)",
    );
    for (let n = 1; n <= photos; n++) {
      const hash = Buffer.alloc(32);
      hash.writeUInt32LE(n);
      photo.run(hash);
      event.run(n);
      stand.run(n, n);
    }
  })();
  old.close();
}

/** Opened in place: SQLite recovers a killed transaction from its log, as in the engine. */
function faultsOf(file: string, schema: number): string[] {
  const db = new Database(file);
  try {
    const whole = db.pragma("integrity_check", { simple: true }) as string;
    const verdicts = db.prepare("SELECT count(*) FROM standing").pluck().get();
    const now = schemaOf(db);
    return [
      ...(whole === "ok" ? [] : [`${file} is damaged: ${whole}`]),
      ...(verdicts === PHOTOS ? [] : [`${file} has ${String(verdicts)} of ${PHOTOS} verdicts`]),
      ...(now >= schema ? [] : [`${file} has schema ${now}, was ${schema}`]),
    ];
  } finally {
    db.close();
  }
}
