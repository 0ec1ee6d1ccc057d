import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { closeStore, openStore } from "../../src-main/store/database";
import { libraryDirectory } from "../../src-main/store/home";
import { backupsOf, restoreLibrary } from "../../src-main/store/restore";
import { makeOlder } from "./killed-migration";
import {
  linesOf,
  makeCopy,
  makeDamaged,
  makeLibrary,
  type Place,
  readVerdicts,
  verdictsOf,
  writeCopy,
} from "./small-libraries";

/** What the next commands find after an operation was killed. */
export interface Findings {
  /** Verdicts that were acknowledged before the kill, and how many of them are nowhere. */
  acknowledged: number;
  lost: number;
  /** Libraries that the next command doesn't find by itself. */
  unfound: number;
  faults: string[];
}

interface Operation {
  prepare(place: Place): void;
  /** @param printed the lines that the operation printed before it was killed */
  find(place: Place, printed: readonly string[]): Findings;
}

export type OperationName =
  | "annotate"
  | "open-copy"
  | "open-copy --replace"
  | "restore"
  | "restore --empty"
  | "migrate"
  | "relocate"
  | "copy"
  | "export";

/** Verdicts in a library made by an older version. */
const OLDER_VERDICTS = 20;
const OLDER_SCHEMA = 2;

/** What each operation starts from, and what must be true whenever it is killed. */
export const OPERATIONS: Record<OperationName, Operation> = {
  annotate: {
    prepare: (place) => makeLibrary(place, ["own:Rex"]),
    find(place, printed) {
      const given = printed.filter((line) => line !== "done");
      return compare(opened(place), [...linesOf("own:Rex"), ...given]);
    },
  },
  "open-copy": {
    prepare: (place) => makeCopy(place, ["own:copied"]),
    find(place, printed) {
      const found = opened(place);
      // Not acknowledged, the folder may also have a new library.
      const findings = compare(found, isDone(printed) || (found?.length ?? 0) > 0 ? linesOf("own:copied") : []);
      return { ...findings, faults: same(copied(place.file), linesOf("own:copied")) ? [] : ["the copy changed"] };
    },
  },
  "open-copy --replace": {
    prepare(place) {
      makeCopy(place, ["own:copied"]);
      makeLibrary(place, ["own:Rex", "own:garden"]);
    },
    find(place, printed) {
      const earlier = [...linesOf("own:Rex"), ...linesOf("own:garden")];
      const found = opened(place);
      if (!isDone(printed) && same(found, earlier)) return compare(found, earlier);
      const aside = asideLibraries(place);
      const [kept] = aside.map((directory) => readVerdicts(join(directory, "library.db")));
      const [inPlace, before] = [compare(found, linesOf("own:copied")), compare(kept ?? null, earlier)];
      return {
        acknowledged: inPlace.acknowledged + before.acknowledged,
        lost: inPlace.lost + before.lost,
        unfound: inPlace.unfound + before.unfound,
        faults: aside.length === 1 ? [] : [`${aside.length} libraries are set aside`],
      };
    },
  },
  restore: { prepare: makeDamaged, find: (place, printed) => findRestored(place, printed, false) },
  "restore --empty": { prepare: makeDamaged, find: (place, printed) => findRestored(place, printed, true) },
  migrate: {
    prepare({ home, folder }) {
      mkdirSync(folder, { recursive: true });
      makeOlder(libraryDirectory(home, folder), OLDER_SCHEMA, OLDER_VERDICTS);
    },
    find(place) {
      const found = opened(place);
      return {
        acknowledged: OLDER_VERDICTS,
        lost: OLDER_VERDICTS - (found?.length ?? 0),
        unfound: found ? 0 : 1,
        faults: [],
      };
    },
  },
  relocate: {
    prepare(place) {
      const before = `${place.folder} before`;
      makeLibrary({ ...place, folder: before }, ["own:Rex"]);
      rmSync(place.folder, { recursive: true, force: true });
      renameSync(before, place.folder);
    },
    find: (place) => compare(opened(place), linesOf("own:Rex")),
  },
  copy: {
    prepare(place) {
      makeLibrary(place, ["own:Rex"]);
      writeCopy(place);
      makeLibrary(place, ["own:garden"]);
    },
    find(place, printed) {
      const now = [...linesOf("own:Rex"), ...linesOf("own:garden")];
      const findings = compare(opened(place), now);
      const file = copied(place.file);
      const whole = same(file, now) || (!isDone(printed) && same(file, linesOf("own:Rex")));
      return { ...findings, faults: [...(whole ? [] : [`${place.file} is not whole`]), ...partialFiles(place)] };
    },
  },
  export: {
    prepare(place) {
      makeLibrary(place, ["own:Rex"]);
      mkdirSync(dirname(place.file), { recursive: true });
      writeFileSync(place.file, "an earlier export\r\nend\r\n");
    },
    find(place, printed) {
      const findings = compare(opened(place), linesOf("own:Rex"));
      const text = existsSync(place.file) ? readFileSync(place.file, "utf8") : "";
      const whole =
        text.endsWith("end\r\n") && (text.startsWith("1,own:Rex\r\n") || (!isDone(printed) && text.startsWith("an ")));
      return { ...findings, faults: [...(whole ? [] : [`${place.file} is not whole`]), ...partialFiles(place)] };
    },
  },
};

/** A restored library has all verdicts; one that is still damaged says so, and is restored now. */
function findRestored(place: Place, printed: readonly string[], empty: boolean): Findings {
  let found = opened(place);
  if (found === null && !isDone(printed)) {
    const [backup] = backupsOf(place.home, place.folder);
    restoreLibrary({ ...place, copy: empty ? null : backup.copy });
    found = opened(place);
  }
  return compare(found, [...linesOf("own:Rex"), ...linesOf("own:garden")]);
}

/** What the next command finds in the folder; null if it refuses the library as damaged. */
function opened(place: Place): string[] | null {
  try {
    const store = openStore(place);
    try {
      return verdictsOf(store.db);
    } finally {
      closeStore(store);
    }
  } catch (error) {
    if ((error as { code?: string }).code === "library-damaged") return null;
    throw error;
  }
}

const copied = (file: string): string[] => (existsSync(file) ? readVerdicts(file) : []);

const isDone = (printed: readonly string[]): boolean => printed.includes("done");
const same = (found: readonly string[] | null, wanted: readonly string[]): boolean =>
  found !== null && found.length === wanted.length && wanted.every((line) => found.includes(line));

function compare(found: readonly string[] | null, wanted: readonly string[]): Findings {
  const lost = wanted.filter((line) => !found?.includes(line)).length;
  return { acknowledged: wanted.length, lost, unfound: found === null ? 1 : 0, faults: [] };
}

const asideLibraries = ({ home }: Place): string[] =>
  readdirSync(join(home, "libraries"))
    .filter((name) => name.includes(".aside-"))
    .map((name) => join(home, "libraries", name));

const partialFiles = ({ file }: Place): string[] =>
  readdirSync(dirname(file))
    .filter((name) => name !== basename(file))
    .map((name) => `${name} was left beside the file`);
