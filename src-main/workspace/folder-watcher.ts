import type { PhotoId } from "../../src-shared/contract";

export interface FolderWatcher {
  /** Photos came, went, or carry other labels. */
  changed(photos: PhotoId[]): void;
}
