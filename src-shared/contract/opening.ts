import type { ModelInfo } from "./learning";

/** Opening, copying and restoring libraries. */
export interface OpeningCalls {
  /** What the welcome screen shows. */
  welcome(): Promise<Welcome>;
  /** Opens the library of a folder, creating it the first time, and starts to scan and label. */
  openLibrary(query: { folder: string }): Promise<LibraryInfo>;
  /** Opens the public-domain photographs that come with the program. */
  openSamples(): Promise<LibraryInfo>;
  /** Deletes the library of the sample photos, with its verdicts, and the copies of the photos. Can't be undone. */
  deleteSamples(): Promise<void>;
  closeLibrary(): Promise<void>;
  /** Removes a library from the recent ones. Deletes nothing. */
  forgetLibrary(query: { folder: string }): Promise<void>;
  library(): Promise<LibraryInfo | null>;
  /**
   * Writes what can't be computed again (photos, verdicts, labels, models) to one `.semblance` file, for another
   * computer.
   */
  copyLibrary(query: { file: string; overwrite: boolean }): Promise<{ file: string; verdicts: number }>;
  /** Uses such a file as the library of a folder and opens it. With `replace`, an existing library is moved aside. */
  openCopy(query: { file: string; folder: string; replace: boolean }): Promise<LibraryInfo>;
  /** The automatic backups of a folder's library, latest first, from which a damaged one can be restored. */
  libraryBackups(query: { folder: string }): Promise<LibraryBackup[]>;
  /**
   * Replaces a damaged library, which is moved aside, by a backup or, with null, by an empty library. Newer verdicts
   * are read from the damaged one as far as possible. Doesn't open the library.
   */
  restoreLibrary(query: { folder: string; copy: string | null }): Promise<RestoredLibrary>;
  /** Copies a relocated library back to its previous folder, so that each folder has its own from then on. */
  copyToPreviousFolder(): Promise<LibraryInfo>;
  /** Subfolders of a folder, for hosts without a folder dialog; without a path, of the home folder. */
  subfolders(query: {
    path?: string;
  }): Promise<{ path: string; parent: string | null; folders: string[]; photos: number }>;
  /** A folder from the system's dialog; null if it was cancelled. Only if `welcome().folderDialog`. */
  chooseFolder(): Promise<string | null>;
  /** A copied library from the system's dialog; null if it was cancelled. Only if `welcome().folderDialog`. */
  chooseCopy(): Promise<string | null>;
  /** A file to save to from the system's dialog; null if it was cancelled. Only if `welcome().folderDialog`. */
  chooseSaveFile(query: { suggested: string }): Promise<string | null>;
}

export interface Welcome {
  version: string;
  recent: { folder: string; name: string; photos: number; openedAt: string; exists: boolean }[];
  /** Whether `chooseFolder` can show the system's dialog. */
  folderDialog: boolean;
  home: string;
  /** The folder of the sample photos, whether or not they have been opened. */
  samples: string;
  /** The last library, if it could not be opened or was closed because its file is damaged. */
  damaged: DamagedLibrary | null;
}

export interface DamagedLibrary {
  folder: string;
  /** What is wrong, and where the file is. */
  message: string;
}

export interface LibraryBackup {
  /** Its file's name. */
  copy: string;
  /** ISO 8601. */
  at: string;
  photos: number;
  /** Verdicts in it. */
  verdicts: number;
  /** Photos that a person gave a flag, rating or colour label. */
  marked: number;
}

export interface RestoredLibrary {
  /** Verdicts after the restore. */
  verdicts: number;
  /** How many were read from the damaged file because the backup lacked them. */
  takenOver: number;
  /** How many newer ones can't be read; null if their number is unknown. */
  lost: number | null;
  /** Where the damaged files were moved; null if there were none. */
  aside: string | null;
}

export interface LibraryInfo {
  folder: string;
  name: string;
  /** Present photos, readable or not. */
  photos: number;
  /** Photos with features. */
  embedded: number;
  /** Photos with at least one predicted or accepted label. */
  labelled: number;
  /** Files that could not be read. */
  failed: number;
  /** Current verdicts. */
  verdicts: number;
  /** Verdicts given since the model in use was fitted. */
  newVerdicts: number;
  /** Marks that another program set differently, until they are dismissed. */
  markConflicts: number;
  model: ModelInfo;
  /** Live learning; `waits` while an earlier version than the latest is in use, or the pack is missing. */
  liveLearning: "on" | "off" | "waits";
  labelSet: { name: string; size: number };
  pack: { name: string; title: string };
  /**
   * A better pack than the library's: the titles of both, and how many photos would be relabelled. Null if there is
   * none, or if the user chose the pack.
   */
  upgrade: { from: string; to: string; photos: number } | null;
  /** What undo and redo would do, for people, or null. */
  undo: string | null;
  redo: string | null;
  /** The previous folder of a relocated library; null otherwise. That folder was moved, or is offline. */
  movedFrom: string | null;
  /** What the user should know about it: a fallback for a missing pack, or photos that can't be labelled yet. */
  notices: string[];
}
