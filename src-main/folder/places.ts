import { type Library, prepared } from "../store/database";
import type { FileRow } from "../store/identity";
import { type Found, walk } from "./walk";
import type { Places } from "./watch";

export const FILE_ROW = "path, photo, size, mtime_ms, missing, error_code, companion";

/** Known files of some places. */
export function rowsIn(library: Library, { shallow, deep, growing }: Places): FileRow[] {
  const direct = [...shallow].flatMap((folder) =>
    prepared<FileRow>(library, `SELECT ${FILE_ROW} FROM file WHERE folder = ?`).all(folder),
  );
  if (deep.has(""))
    return prepared<FileRow>(library, `SELECT ${FILE_ROW} FROM file`)
      .all()
      .filter(({ path }) => !growing.has(path));
  const below = [...deep].flatMap((folder) =>
    prepared<FileRow>(library, `SELECT ${FILE_ROW} FROM file WHERE folder = ? OR (folder > ? AND folder < ?)`).all(
      folder,
      `${folder}/`,
      `${folder}0`,
    ),
  );
  return [...direct, ...below].filter(({ path }) => !growing.has(path));
}

/** Whether files are known below a folder. */
export function holdsFiles(library: Library, folder: string): boolean {
  return (
    prepared(
      library,
      "SELECT 1 FROM file WHERE missing = 0 AND (folder = ? OR (folder > ? AND folder < ?)) LIMIT 1",
    ).get(folder, `${folder}/`, `${folder}0`) !== undefined
  );
}

/** What lies in some places of the folder `root`, each file once; without places in all of it. */
export async function* foundIn(root: string, leaveOut: ReadonlySet<string>, places?: Places): AsyncGenerator<Found> {
  if (places === undefined) return yield* walk(root, leaveOut);
  const { shallow, deep, growing } = places;
  const isWithin = (folder: string, of: string) => of === "" || folder === of || folder.startsWith(`${of}/`);
  const tops = [...deep].filter((folder) => ![...deep].some((other) => other !== folder && isWithin(folder, other)));
  const walks = [
    ...tops.map((folder) => walk(root, leaveOut, folder)),
    ...[...shallow]
      .filter((folder) => !tops.some((top) => isWithin(folder, top)))
      .map((folder) => walk(root, leaveOut, folder, false)),
  ];
  for (const found of walks) for await (const one of found) if (!growing.has(one.path)) yield one;
}
