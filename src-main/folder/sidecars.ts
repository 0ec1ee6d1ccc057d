import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { PhotoId } from "../../src-shared/contract";
import { isSystemError } from "../base/system-error";
import { isRaw } from "../images/photo-files";
import { sidecarPath } from "../images/xmp-names";

/** A sidecar's photo, and the file of it that the sidecar lies beside; or why it has none. */
export type SidecarOwner = { photo: PhotoId; file: string } | { reason: string };

interface OwnFile {
  path: string;
  photo: PhotoId;
}

/**
 * Finds the XMP sidecars beside photos, with the photo of each, sorted by folder. `photo.jpg.xmp` belongs to
 * `photo.jpg`; `photo.xmp` to the RAW file of that name, or else to the only photo of that name.
 * @param files the photos' files, relative to the root
 */
export async function sidecarsOf(
  root: string,
  files: readonly OwnFile[],
): Promise<({ path: string } & SidecarOwner)[]> {
  const found: ({ path: string } & SidecarOwner)[] = [];
  const byFolder = Map.groupBy(files, ({ path }) => path.slice(0, path.lastIndexOf("/") + 1));
  for (const [folder, beside] of [...byFolder].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const names = await sidecarNamesIn(join(root, folder));
    if (names.length === 0) continue;
    const owners = ownersIn(beside);
    for (const name of names)
      found.push({ path: folder + name, ...ownerOf(folder + name, owners.get((folder + name).toLowerCase()) ?? []) });
  }
  return found;
}

/** Sorted. None in a folder that can't be read: the scan says so. */
async function sidecarNamesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isFile() && isSidecar(entry.name) ? [entry.name] : [])).sort();
  } catch (error) {
    if (isSystemError(error)) return [];
    throw error;
  }
}

export const isSidecar = (name: string): boolean => /\.xmp$/i.test(name);

/** The files that each sidecar could belong to, by its path in lower case. */
function ownersIn(files: readonly OwnFile[]): Map<string, OwnFile[]> {
  const owners = new Map<string, OwnFile[]>();
  for (const file of files) {
    for (const naming of ["full", "stem"] as const) {
      const sidecar = sidecarPath(file.path, naming).toLowerCase();
      owners.set(sidecar, [...(owners.get(sidecar) ?? []), file]);
    }
  }
  return owners;
}

function ownerOf(sidecar: string, files: readonly OwnFile[]): SidecarOwner {
  const exact = files.filter(({ path }) => sidecarPath(path, "full").toLowerCase() === sidecar.toLowerCase());
  // Lightroom writes photo.xmp for the RAW file, even with a JPEG of the same name beside it.
  const raw = files.filter(({ path }) => isRaw(path));
  const owners = [exact, raw, files].find(({ length }) => length > 0) ?? [];
  const [owner] = owners;
  if (!owner) return { reason: "No photo of this library belongs to this sidecar." };
  if (new Set(owners.map(({ photo }) => photo)).size > 1)
    return { reason: `The sidecar could belong to ${owners.map(({ path }) => path).join(" or ")}.` };
  return { photo: owner.photo, file: owner.path };
}
