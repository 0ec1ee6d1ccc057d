import { realpathSync } from "node:fs";
import { relative, sep } from "node:path";
import type { Store } from "../store/database";
import { settingsOf } from "../store/settings";

/** The folders that a scan skips: those that the user excluded, and the program's own data folder. */
export function foldersToSkip(store: Store): Set<string> {
  const skippedFolders = new Set(settingsOf(store).excludedFolders.map((folder) => folder.replace(/\/+$/, "")));
  const own = ownFolder(store);
  if (own !== null) skippedFolders.add(own);
  return skippedFolders;
}

/** The program's data folder relative to the photo folder; null if it is outside. */
function ownFolder(store: Store): string | null {
  const inside = relative(store.folder, realpathSync(store.home));
  return inside === "" || inside.startsWith("..") ? null : inside.split(sep).join("/");
}
