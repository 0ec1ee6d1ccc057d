import { formatCount } from "../../src-shared/format-count";
import type { ReadSidecars } from "../folder/read-sidecars";
import * as conflicts from "../store/mark-conflicts";
import type { OpenLibrary } from "./open-library";

/** Says once, among the library's notices, that sidecars can't be read. */
export function noteUnreadableSidecars({ notices }: OpenLibrary, unreadable: ReadSidecars["unreadable"]): void {
  const [first, ...others] = unreadable;
  if (!first) return;
  const more = others.length === 0 ? "" : ` and ${formatCount(others.length, "other")}`;
  const notice = `Can’t read the sidecar ${first.path}${more}: ${first.reason}.`;
  if (!notices.includes(notice)) notices.push(notice);
}

/** The marks that a person and another program set differently, and that are still listed. */
export const countMarkConflicts = ({ store }: OpenLibrary): number => conflicts.countMarkConflicts(store);
