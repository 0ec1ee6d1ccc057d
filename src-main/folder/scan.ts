import { realpathSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { PhotoId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { isRaw } from "../images/photo-files";
import { inTransaction, prepared, type Store } from "../store/database";
import {
  addPhoto,
  changeContent,
  type Content,
  deleteDerivedData,
  type FileRow,
  folderOf,
  photoWithHash,
  presentFiles,
  putFailure,
  putFile,
  putMissing,
} from "../store/identity";
import { settingsOf } from "../store/settings";
import { copyVerdicts, transferVerdicts } from "../store/verdicts";
import { pairFiles, putCompanion } from "./companions";
import type { HashRequest, HashResult } from "./file-hash";
import { createHashPool, type HashPool } from "./hash-pool";
import { FILE_COLUMNS, filesInScope, walkScope } from "./scan-scope";
import { folderIdentity, refuseEmptyMountPoint, rememberVolume } from "./volume";
import type { WalkEntry } from "./walk";
import type { ScanScope } from "./watch";

/** What a part of the scan changed. It is in the database by the time it is yielded. */
export interface ScanBatch {
  /** Photo files checked since the scan began. */
  files: number;
  /** Photos that are new, edited, found again, or missing. */
  photos: PhotoId[];
  /** Files that could not be read since the scan began. */
  failed: number;
}

/** Most files sent to a hash thread at once … */
const FILES_PER_MESSAGE = 64;
/** … and messages sent before the first result is awaited, so that both threads stay busy while a batch is stored. */
const MESSAGES_AHEAD = 32;
/** A batch ends after this many files or milliseconds. */
const BATCH_FILES = 1024;
const BATCH_MS = 250;

/** The result of checking one file that the walk found. */
type CheckedFile =
  | { path: string; is: "unchanged" | "gone" }
  | { path: string; is: "content"; content: Content }
  | { path: string; is: "failed" | "closed"; code: string; message: string; size: number; mtimeMs: number }
  /** The hash is null for a film. */
  | { path: string; is: "beside"; size: number; mtimeMs: number; hash: Buffer | null };

interface Edit {
  path: string;
  photo: PhotoId;
  content: Content;
  wasMissing: boolean;
}

interface State {
  files: number;
  failed: number;
  /** File rows by path. Those that the scan finds are removed. */
  unseen: Map<string, FileRow>;
  /**
   * Folders whose files may belong together and must be paired: those of all files in the scope. Null for the whole
   * library.
   */
  folders: Set<string> | null;
  /** Folders that can't be read. Their paths end in `/`. */
  closed: string[];
  /** Known paths with unknown content. What happened to them is decided at the end of the scan. */
  edits: Edit[];
  /** Photos found at an additional path in this scan. */
  spread: Set<PhotoId>;
  /** The last photo id from before the scan. */
  lastOld: PhotoId;
  changed: Set<PhotoId>;
}

/**
 * Scans the folder and updates files and photos. A file whose size and modification time are the same is not read.
 *
 * - New path, known content: the same photo, moved or copied.
 * - Known path, content of another known photo: the file now holds that photo, as when files are renamed over each
 *   other.
 * - Known path, unknown content: the photo was edited. It stays the same photo, and its features are computed again.
 *   This is decided at the end of the scan. If the old content turned up at another path, the old photo moved there
 *   with its verdicts, and this is a new photo. If the old photo has other copies, the edited one becomes a photo of
 *   its own and keeps the verdicts.
 * - Path gone: the file is marked as missing; its photo and verdicts stay.
 * - RAW or film beside a still of the same name: a file of the still's photo (see companions.ts).
 *
 * @param scope limits the scan; without it, the whole folder is scanned
 * @throws Refusal `no-folder` if the folder can't be read, disappeared during the scan, or is the empty mount point of
 *   an offline volume; then nothing is marked as missing
 * @throws the signal's reason if aborted; batches that were yielded stay in the database
 */
export async function* scan(
  store: Store,
  { signal, scope }: { signal?: AbortSignal; scope?: ScanScope } = {},
): AsyncGenerator<ScanBatch, void> {
  const before = markOf(store);
  if (scope === undefined) refuseEmptyMountPoint(store);
  const state = begin(store, scope);
  const skippedFolders = foldersToSkip(store);

  let batch: CheckedFile[] = [];
  let began = performance.now();
  const flush = (): ScanBatch => {
    inTransaction(store, () => batch.forEach((look) => settle(store, state, look)));
    batch = [];
    began = performance.now();
    return handOut(state);
  };

  const looking = createHashPool();
  try {
    for await (const several of checks(store, state, looking, walkScope(store.folder, skippedFolders, scope), signal)) {
      state.files += several.filter(({ is }) => is !== "closed").length;
      batch.push(...several);
      if (batch.length >= BATCH_FILES || performance.now() - began > BATCH_MS) yield flush();
    }
    yield flush();
    signal?.throwIfAborted();
    // When a drive is unplugged, the path is gone or leads to an empty folder. The files are unknown, not missing.
    if (markOf(store) !== before)
      throw new Refusal("no-folder", `the folder ${store.folder} disappeared during the scan`);
    inTransaction(store, () =>
      state.edits.forEach(({ photo }) => {
        if (!state.spread.has(photo)) deleteDerivedData(store, photo);
      }),
    );
    inTransaction(store, () => {
      for (const [path, row] of state.unseen) {
        if (state.closed.some((folder) => path.startsWith(folder)) || (row.missing && row.error_code === null))
          continue;
        putMissing(store, path);
        if (row.photo !== null) state.changed.add(row.photo);
      }
      state.edits.forEach((edit) => settleEdit(store, state, edit));
    });
    await pair(store, state, looking);
    if (scope === undefined) rememberVolume(store);
    yield handOut(state);
  } finally {
    await looking.end();
  }
}

/** Pairs files with the stills beside them, and scans RAW files that lost theirs as photos. */
async function pair(store: Store, state: State, looking: HashPool): Promise<void> {
  const { changed, alone } = pairFiles(store, state.folders);
  changed.forEach((photo) => state.changed.add(photo));
  for (const path of alone) {
    const row = prepared<FileRow>(store, `SELECT ${FILE_COLUMNS} FROM file WHERE path = ?`).get(path)!;
    state.unseen.set(path, row);
    const [look] = await checkFiles(store, state, looking, [{ path, kind: "photo" }]);
    inTransaction(store, () => settle(store, state, look));
  }
}

/** @throws Refusal `no-folder` */
function markOf({ folder }: Store): string {
  try {
    return folderIdentity(folder);
  } catch (error) {
    throw new Refusal("no-folder", `can't read the folder ${folder} (${(error as NodeJS.ErrnoException).code})`);
  }
}

function begin(store: Store, scope?: ScanScope): State {
  if (scope === undefined) {
    // These errors may have been temporary, so try again.
    prepared(
      store,
      "UPDATE photo SET error_code = NULL, error_message = NULL WHERE error_code IN ('unreadable', 'too-slow', 'decoder-died')",
    ).run();
  }
  const rows =
    scope === undefined
      ? prepared<FileRow>(store, `SELECT ${FILE_COLUMNS} FROM file`).all()
      : filesInScope(store, scope);
  return {
    files: 0,
    failed: 0,
    closed: [],
    folders: scope === undefined ? null : new Set(rows.map(({ path }) => folderOf(path))),
    edits: [],
    spread: new Set(),
    changed: new Set(),
    unseen: new Map(rows.map((row) => [row.path, row])),
    lastOld: prepared<{ last: number | null }>(store, "SELECT max(id) AS last FROM photo").get()!.last ?? 0,
  };
}

/** The folders that a scan skips: those that the user excluded, and the program's own data folder. */
export function foldersToSkip(store: Store): Set<string> {
  const skippedFolders = new Set(settingsOf(store).excludedFolders.map((folder) => folder.replace(/\/+$/, "")));
  const own = ownFolder(store);
  if (own !== null) skippedFolders.add(own);
  return skippedFolders;
}

function handOut(state: State): ScanBatch {
  const photos = [...state.changed];
  state.changed.clear();
  return { files: state.files, photos, failed: state.failed };
}

/** Checks the files that the walk finds, group by group, in the order of the walk. */
async function* checks(
  store: Store,
  state: State,
  looking: HashPool,
  all: AsyncGenerator<WalkEntry>,
  signal?: AbortSignal,
): AsyncGenerator<CheckedFile[]> {
  const waiting: Promise<CheckedFile[]>[] = [];
  let group: WalkEntry[] = [];
  let together = 1; // the first groups are small, so that results come early
  const ask = () => {
    const asked = checkFiles(store, state, looking, group);
    asked.catch(() => {}); // rejections are handled when it is awaited; this avoids an unhandled one if the scan ends first
    waiting.push(asked);
    group = [];
    together = Math.min(FILES_PER_MESSAGE, 2 * together);
  };
  try {
    for await (const found of all) {
      signal?.throwIfAborted();
      group.push(found);
      if (group.length >= together) ask();
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
      throw new Refusal("no-folder", `can't read the folder ${store.folder} (${code})`);
    throw error;
  }
}

async function checkFiles(
  store: Store,
  { unseen }: State,
  looking: HashPool,
  group: WalkEntry[],
): Promise<CheckedFile[]> {
  const there = group.filter(({ kind }) => kind === "photo" || kind === "beside");
  const checks = await looking.at(there.map((found) => hashRequest(store, unseen.get(found.path), found)));
  const checkOf = new Map(there.map(({ path }, i) => [path, checks[i]]));
  return group.map((found) => named(found, checkOf.get(found.path)));
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

function named(found: WalkEntry, look: HashResult | undefined): CheckedFile {
  const { path } = found;
  if (found.kind === "closed" || found.kind === "failed")
    return { path, is: found.kind, code: found.code, message: found.message, size: 0, mtimeMs: 0 };
  if (look!.is !== "there") return { path, ...look! };
  const { size, mtimeMs } = look!;
  const hash = look!.hash && Buffer.from(look!.hash);
  return found.kind === "beside"
    ? { path, is: "beside", size, mtimeMs, hash }
    : { path, is: "content", content: { hash: hash!, size, mtimeMs } };
}

function settle(store: Store, state: State, look: CheckedFile): void {
  const { path } = look;
  state.folders?.add(folderOf(path));
  if (look.is === "gone") return; // stays in `unseen`
  const row = state.unseen.get(path);
  state.unseen.delete(path);
  if (look.is === "unchanged") {
    if (!row!.missing) return;
    prepared(store, "UPDATE file SET missing = 0 WHERE path = ?").run(path);
    state.changed.add(row!.photo!);
  } else if (look.is === "beside") {
    // A RAW that was a photo until now, at this path or another, passes its verdicts on.
    const own = (look.hash && photoWithHash(store, look.hash)) ?? (row?.companion === 0 ? row.photo : null);
    putCompanion(store, path, look, own);
  } else if (look.is === "content") {
    settleContent(store, state, path, look.content, row);
  } else if (look.is === "failed" || look.is === "closed") {
    state.failed++;
    if (look.is === "closed") state.closed.push(path);
    putFailure(store, path, look);
    if (row?.photo != null) state.changed.add(row.photo);
  }
}

function settleContent(store: Store, state: State, path: string, content: Content, row: FileRow | undefined): void {
  const known = photoWithHash(store, content.hash);
  const before = row?.photo ?? null;
  if (row?.companion === 1) {
    // Its still is gone. The still's photo never had this content.
    const photo = known ?? addPhoto(store, content);
    attach(store, state, path, photo, content);
    if (before !== null) transferVerdicts(store, before, photo);
    return;
  }
  if (known !== undefined && known === before) {
    putFile(store, path, known, content);
    state.changed.add(known);
  } else if (before !== null && (known === undefined || known > state.lastOld)) {
    state.edits.push({ path, photo: before, content, wasMissing: row!.missing === 1 });
  } else {
    attach(store, state, path, known ?? addPhoto(store, content), content);
    if (known !== undefined) state.spread.add(known);
    if (before !== null) state.changed.add(before);
  }
}

function settleEdit(store: Store, state: State, { path, photo, content, wasMissing }: Edit): void {
  const known = photoWithHash(store, content.hash);
  const moved = state.spread.has(photo);
  const others = presentFiles(store, photo) - (wasMissing ? 0 : 1);
  state.changed.add(photo);
  if (known === undefined && !moved && others === 0) {
    changeContent(store, photo, content);
    putFile(store, path, photo, content);
    return;
  }
  const becomes = known ?? addPhoto(store, content);
  attach(store, state, path, becomes, content);
  if (!moved && !(wasMissing && others > 0)) copyVerdicts(store, photo, becomes);
}

function attach(store: Store, state: State, path: string, photo: PhotoId, content: Content): void {
  putFile(store, path, photo, content);
  state.changed.add(photo);
}

/** The program's data folder relative to the photo folder; null if it is outside. */
function ownFolder(store: Store): string | null {
  const inside = relative(store.folder, realpathSync(store.home));
  return inside === "" || inside.startsWith("..") ? null : inside.split(sep).join("/");
}
