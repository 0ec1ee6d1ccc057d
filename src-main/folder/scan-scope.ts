import { prepared, type Store } from "../store/database";
import type { FileRow } from "../store/identity";
import { walk, type WalkEntry } from "./walk";
import type { ScanScope } from "./watch";

export const FILE_COLUMNS = "path, photo, size, mtime_ms, missing, error_code, companion";

/** The known files in a scan scope. */
export function filesInScope(store: Store, { shallow, deep, growing }: ScanScope): FileRow[] {
  const direct = [...shallow].flatMap((folder) =>
    prepared<FileRow>(store, `SELECT ${FILE_COLUMNS} FROM file WHERE folder = ?`).all(folder),
  );
  if (deep.has(""))
    return prepared<FileRow>(store, `SELECT ${FILE_COLUMNS} FROM file`)
      .all()
      .filter(({ path }) => !growing.has(path));
  const below = [...deep].flatMap((folder) =>
    prepared<FileRow>(store, `SELECT ${FILE_COLUMNS} FROM file WHERE folder = ? OR (folder > ? AND folder < ?)`).all(
      folder,
      `${folder}/`,
      `${folder}0`,
    ),
  );
  return [...direct, ...below].filter(({ path }) => !growing.has(path));
}

/** Whether the library has files below a folder. */
export function holdsFiles(store: Store, folder: string): boolean {
  return (
    prepared(store, "SELECT 1 FROM file WHERE missing = 0 AND (folder = ? OR (folder > ? AND folder < ?)) LIMIT 1").get(
      folder,
      `${folder}/`,
      `${folder}0`,
    ) !== undefined
  );
}

/** Walks the scope inside the folder `root`, each file once. Without a scope, walks the whole folder. */
export async function* walkScope(
  root: string,
  skippedFolders: ReadonlySet<string>,
  scope?: ScanScope,
): AsyncGenerator<WalkEntry> {
  if (scope === undefined) return yield* walk(root, skippedFolders);
  const { shallow, deep, growing } = scope;
  const isWithin = (folder: string, of: string) => of === "" || folder === of || folder.startsWith(`${of}/`);
  const tops = [...deep].filter((folder) => ![...deep].some((other) => other !== folder && isWithin(folder, other)));
  const walks = [
    ...tops.map((folder) => walk(root, skippedFolders, folder)),
    ...[...shallow]
      .filter((folder) => !tops.some((top) => isWithin(folder, top)))
      .map((folder) => walk(root, skippedFolders, folder, false)),
  ];
  for (const found of walks) for await (const one of found) if (!growing.has(one.path)) yield one;
}
