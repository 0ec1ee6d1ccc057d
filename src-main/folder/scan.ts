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

/** What a stretch of the scan changed; it is in the database when it is handed out. */
export interface ScanBatch {
  /** Photo files looked at since the scan began. */
  files: number;
  /** Photos that are new, edited, back again, or gone. */
  photos: PhotoId[];
  /** Files that could not be read since the scan began. */
  failed: number;
}

/** Files that a thread is asked about together at most … */
const FILES_PER_MESSAGE = 64;
/** … and how often so before its answer is awaited: both threads have enough to do while a batch is stored. */
const MESSAGES_AHEAD = 32;
/** A batch ends with so many files, or after so many milliseconds. */
const BATCH_FILES = 1024;
const BATCH_MS = 250;

/** What looking at one found file came to. */
type CheckedFile =
  | { path: string; is: "unchanged" | "gone" }
  | { path: string; is: "content"; content: Content }
  | { path: string; is: "failed" | "closed"; code: string; message: string; size: number; mtimeMs: number }
  /** Without a hash where it is a film. */
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
  /** File rows by path; what the scan meets is taken out. */
  unseen: Map<string, FileRow>;
  /**
   * Folders of the files that the scan met or missed, where it looks through some alone: in those files may belong
   * together.
   */
  folders: Set<string> | null;
  /** Folders that could not be read, ending in `/`. */
  closed: string[];
  /** Known paths with unknown contents, decided at the end of the scan. */
  edits: Edit[];
  /** Photos that were found at a further path in this scan. */
  spread: Set<PhotoId>;
  /** Photos up to this id were there before the scan. */
  lastOld: PhotoId;
  changed: Set<PhotoId>;
}

/**
 * Looks through the folder and brings files and photos up to date. Files whose size and time are as they were are not
 * read again.
 *
 * - A new path with a known content is the same photo, moved or copied.
 * - A known path with a known content holds that content's photo: files were renamed over each other.
 * - A known path with an unknown content was edited: the same photo, its features made again. That is decided once
 *   everything was looked at: if the old content turned up at another path in this scan, then it moved there with its
 *   verdicts and this is a new photo; if it had other copies all along, the edited copy becomes a photo of its own that
 *   keeps the verdicts.
 * - A path that is gone is marked so; its photo and verdicts stay.
 * - A RAW or a film beside a still of the same name is a file of that photo, see companions.
 *
 * @param places looks through these alone; else through the whole folder
 * @throws Refusal `no-folder` when the folder itself can't be read, went away meanwhile, or is the empty place of a
 *   drive that is away; then nothing is marked as gone
 * @throws the signal's reason when it is aborted; what was handed out stays
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
    // A drive that was pulled out leaves nothing, or an empty folder: what lies on it is unknown, not gone.
    if (markOf(store) !== before)
      throw new Refusal("no-folder", `the folder ${store.folder} went away while it was looked through`);
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

/** Files that belong to a still beside them, and RAW files that lost theirs: those are looked at as photos. */
async function pair(store: Store, state: State, looking: HashPool): Promise<void> {
  const { changed, alone } = pairFiles(store, state.folders);
  changed.forEach((photo) => state.changed.add(photo));
  for (const path of alone) {
    const row = prepared<FileRow>(store, `SELECT ${FILE_COLUMNS} FROM file WHERE path = ?`).get(path)!;
    state.unseen.set(path, row);
    const looks = await checkFiles(store, state, looking, [{ path, kind: "photo" }]);
    inTransaction(store, () => looks.forEach((look) => settle(store, state, look)));
  }
}

/** @throws Refusal `no-folder` */
function markOf({ folder }: Store): string {
  try {
    return folderIdentity(folder);
  } catch (error) {
    throw new Refusal("no-folder", `the folder ${folder} can't be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function begin(store: Store, scope?: ScanScope): State {
  if (scope === undefined) {
    // What the disk or the hour was to blame for gets another try.
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

/** Folders that are passed by: the user's choice, and the program's own. */
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

/** What the walk finds, looked at some at a time, in the order of the walk. */
async function* checks(
  store: Store,
  state: State,
  looking: HashPool,
  all: AsyncGenerator<WalkEntry>,
  signal?: AbortSignal,
): AsyncGenerator<CheckedFile[]> {
  const waiting: Promise<CheckedFile[]>[] = [];
  let group: WalkEntry[] = [];
  let together = 1; // the first are not kept waiting for others
  const ask = () => {
    const asked = checkFiles(store, state, looking, group);
    asked.catch(() => {}); // it is awaited in its turn; ended before that, it must not count as unhandled
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
      throw new Refusal("no-folder", `the folder ${store.folder} can't be read (${code})`);
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
  if (look.is === "gone") return; // stays among the unseen
  const row = state.unseen.get(path);
  state.unseen.delete(path);
  if (look.is === "unchanged") {
    if (!row!.missing) return;
    prepared(store, "UPDATE file SET missing = 0 WHERE path = ?").run(path);
    state.changed.add(row!.photo!);
  } else if (look.is === "beside") {
    // A RAW that was a photo until now, here or where it was moved from, hands its verdicts over.
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
    // Its still is gone, and it never was that photo's content.
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

/** The program's own data, where it lies inside the photo folder; relative to it. */
function ownFolder(store: Store): string | null {
  const inside = relative(store.folder, realpathSync(store.home));
  return inside === "" || inside.startsWith("..") ? null : inside.split(sep).join("/");
}
