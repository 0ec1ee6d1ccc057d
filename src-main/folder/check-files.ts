import { join } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { isRaw } from "../images/photo-files";
import type { Store } from "../store/database";
import type { Content, FileRow } from "../store/identity";
import type { HashRequest, HashResult } from "./file-hash";
import type { HashPool } from "./hash-pool";
import type { WalkEntry } from "./walk";

/** Most files sent to a hash thread at once … */
const FILES_PER_MESSAGE = 64;
/** … and messages sent before the first result is awaited, so that both threads stay busy while a batch is stored. */
const MESSAGES_AHEAD = 32;
/** The result of checking one file that the walk found. */
export type CheckedFile =
  | { path: string; is: "unchanged" | "gone" }
  | { path: string; is: "content"; content: Content }
  | { path: string; is: "failed" | "closed"; code: string; message: string; size: number; mtimeMs: number }
  /** The hash is null for a film. */
  | { path: string; is: "beside"; size: number; mtimeMs: number; hash: Buffer | null };

/**
 * Checks the files that the walk finds, group by group, in the order of the walk.
 * @param rows file rows by path; rows may be removed once their file has been checked
 * @throws Refusal `no-folder` if the folder can't be read
 * @throws the signal's reason if aborted
 */
export async function* checkWalk(
  store: Store,
  rows: ReadonlyMap<string, FileRow>,
  hashPool: HashPool,
  walked: AsyncGenerator<WalkEntry>,
  signal?: AbortSignal,
): AsyncGenerator<CheckedFile[]> {
  const waiting: Promise<CheckedFile[]>[] = [];
  let group: WalkEntry[] = [];
  let groupSize = 1; // the first groups are small, so that results come early
  const ask = () => {
    const asked = checkFiles(store, rows, hashPool, group);
    // It is awaited in its turn; if the scan ends before that, a rejection must not count as unhandled.
    asked.catch(() => {});
    waiting.push(asked);
    group = [];
    groupSize = Math.min(FILES_PER_MESSAGE, 2 * groupSize);
  };
  try {
    for await (const found of walked) {
      signal?.throwIfAborted();
      group.push(found);
      if (group.length >= groupSize) ask();
      if (waiting.length >= MESSAGES_AHEAD) yield await waiting.shift()!;
    }
    if (group.length > 0) ask();
    while (waiting.length > 0) {
      signal?.throwIfAborted();
      yield await waiting.shift()!;
    }
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException;
    if (syscall === "scandir" || syscall === "opendir")
      throw new Refusal("no-folder", `Can’t read the folder ${store.folder} (${code}).`);
    throw error;
  }
}

export async function checkFiles(
  store: Store,
  rows: ReadonlyMap<string, FileRow>,
  hashPool: HashPool,
  group: WalkEntry[],
): Promise<CheckedFile[]> {
  const files = group.filter(({ kind }) => kind === "photo" || kind === "beside");
  const results = await hashPool.at(files.map((found) => hashRequest(store, rows.get(found.path), found)));
  const resultOf = new Map(files.map(({ path }, i) => [path, results[i]]));
  return group.map((found) => checkedFile(found, resultOf.get(found.path)));
}

function hashRequest({ folder }: Store, row: FileRow | undefined, { path, kind }: WalkEntry): HashRequest {
  const companion = kind === "beside";
  const settled = row?.photo != null && row.companion === (companion ? 1 : 0) && row.error_code === null;
  return {
    file: join(folder, path),
    known: settled ? { size: row.size, mtimeMs: row.mtime_ms } : null,
    hashed: !companion || isRaw(path),
  };
}

function checkedFile(found: WalkEntry, result: HashResult | undefined): CheckedFile {
  const { path } = found;
  if (found.kind === "closed" || found.kind === "failed")
    return { path, is: found.kind, code: found.code, message: found.message, size: 0, mtimeMs: 0 };
  if (result!.is !== "there") return { path, ...result! };
  const { size, mtimeMs } = result!;
  const hash = result!.hash && Buffer.from(result!.hash);
  return found.kind === "beside"
    ? { path, is: "beside", size, mtimeMs, hash }
    : { path, is: "content", content: { hash: hash!, size, mtimeMs } };
}
