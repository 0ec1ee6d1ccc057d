import type { PhotoId } from "../../src-shared/contract";
import { prepared, type Store } from "../store/database";
import {
  addPhoto,
  changeContent,
  type Content,
  type FileRow,
  folderOf,
  photoWithHash,
  presentFiles,
  putFailure,
  putFile,
} from "../store/identity";
import { copyVerdicts, transferVerdicts } from "../store/transfer-verdicts";
import type { CheckedFile } from "./check-files";
import { putCompanion } from "./companions";

/** A file whose content changed to one that no photo has. */
export interface Edit {
  path: string;
  photo: PhotoId;
  content: Content;
  wasMissing: boolean;
}

/** What a scan has found so far. */
export interface ScanState {
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

/** Updates the row of a checked file, and its photo. An edit is only noted in `state.edits`. */
export function updateFile(store: Store, state: ScanState, checked: CheckedFile): void {
  const { path } = checked;
  state.folders?.add(folderOf(path));
  if (checked.is === "gone") return; // stays in `unseen`
  const row = state.unseen.get(path);
  state.unseen.delete(path);
  if (checked.is === "unchanged") {
    if (!row!.missing) return;
    prepared(store, "UPDATE file SET missing = 0 WHERE path = ?").run(path);
    state.changed.add(row!.photo!);
  } else if (checked.is === "beside") {
    // A RAW that was a photo until now, at this path or another, passes its verdicts on.
    const own = (checked.hash && photoWithHash(store, checked.hash)) ?? (row?.companion === 0 ? row.photo : null);
    putCompanion(store, path, checked, own);
  } else if (checked.is === "content") {
    updateContent(store, state, path, checked.content, row);
  } else if (checked.is === "failed" || checked.is === "closed") {
    state.failed++;
    if (checked.is === "closed") state.closed.push(path);
    putFailure(store, path, checked);
    if (row?.photo != null) state.changed.add(row.photo);
  }
}

function updateContent(store: Store, state: ScanState, path: string, content: Content, row: FileRow | undefined): void {
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

/** Decides what an edit means, after everything has been checked. */
export function applyEdit(store: Store, state: ScanState, { path, photo, content, wasMissing }: Edit): void {
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

function attach(store: Store, state: ScanState, path: string, photo: PhotoId, content: Content): void {
  putFile(store, path, photo, content);
  state.changed.add(photo);
}
