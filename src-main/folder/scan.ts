import type { PhotoId } from "../../src-shared/contract";
import { Refusal } from "../../src-shared/refusal";
import { inTransaction, prepared, type Store } from "../store/database";
import { deleteDerivedData, type FileRow, folderOf, putMissing } from "../store/identity";
import { type CheckedFile, checkFiles, checkWalk } from "./check-files";
import { pairFiles } from "./companions";
import { createHashPool, type HashPool } from "./hash-pool";
import { FILE_COLUMNS, filesInScope, walkScope } from "./scan-scope";
import { foldersToSkip } from "./skipped-folders";
import { applyEdit, type ScanState, updateFile } from "./update-files";
import { folderIdentity, refuseEmptyMountPoint, rememberVolume } from "./volume";
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

/** A batch ends after this many files or milliseconds. */
const BATCH_FILES = 1024;
const BATCH_MS = 250;

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
  const before = rootIdentity(store);
  if (scope === undefined) refuseEmptyMountPoint(store);
  const state = startScan(store, scope);
  const skippedFolders = foldersToSkip(store);

  let batch: CheckedFile[] = [];
  let began = performance.now();
  const flush = (): ScanBatch => {
    inTransaction(store, () => batch.forEach((checked) => updateFile(store, state, checked)));
    batch = [];
    began = performance.now();
    return takeBatch(state);
  };

  const hashPool = createHashPool();
  try {
    const walked = walkScope(store.folder, skippedFolders, scope);
    for await (const checked of checkWalk(store, state.unseen, hashPool, walked, signal)) {
      state.files += checked.filter(({ is }) => is !== "closed").length;
      batch.push(...checked);
      if (batch.length >= BATCH_FILES || performance.now() - began > BATCH_MS) yield flush();
    }
    yield flush();
    signal?.throwIfAborted();
    // When a drive is unplugged, the path is gone or leads to an empty folder. The files are unknown, not missing.
    if (rootIdentity(store) !== before)
      throw new Refusal("no-folder", `The folder ${store.folder} disappeared during the scan.`);
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
      state.edits.forEach((edit) => applyEdit(store, state, edit));
    });
    await pair(store, state, hashPool);
    if (scope === undefined) rememberVolume(store);
    yield takeBatch(state);
  } finally {
    await hashPool.end();
  }
}

/** Pairs files with the stills beside them, and scans RAW files that lost theirs as photos. */
async function pair(store: Store, state: ScanState, hashPool: HashPool): Promise<void> {
  const { changed, alone } = pairFiles(store, state.folders);
  changed.forEach((photo) => state.changed.add(photo));
  for (const path of alone) {
    const row = prepared<FileRow>(store, `SELECT ${FILE_COLUMNS} FROM file WHERE path = ?`).get(path)!;
    state.unseen.set(path, row);
    const [checked] = await checkFiles(store, state.unseen, hashPool, [{ path, kind: "photo" }]);
    if (checked) inTransaction(store, () => updateFile(store, state, checked));
  }
}

/** @throws Refusal `no-folder` */
function rootIdentity({ folder }: Store): string {
  try {
    return folderIdentity(folder);
  } catch (error) {
    throw new Refusal("no-folder", `Can’t read the folder ${folder} (${(error as NodeJS.ErrnoException).code}).`);
  }
}

function startScan(store: Store, scope?: ScanScope): ScanState {
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

function takeBatch(state: ScanState): ScanBatch {
  const photos = [...state.changed];
  state.changed.clear();
  return { files: state.files, photos, failed: state.failed };
}
