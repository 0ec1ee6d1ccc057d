import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { PhotoId } from "../../src-shared/contract";
import { isRaw } from "../images/photo-files";
import { sidecarPath } from "../images/xmp-names";

/** A sidecar's photo, and the file of it that the sidecar lies beside; or why it has none. */
export type SidecarOwner = { photo: PhotoId; file: string } | { reason: string };

/**
 * Finds the XMP sidecars beside photos, with the photo of each, sorted by folder. `photo.jpg.xmp` belongs to
 * `photo.jpg`; `photo.xmp` to the RAW file of that name, or else to the only photo of that name.
 * @param files the photos' files, relative to the root
 */
export async function sidecarsOf(
  root: string,
  files: readonly { path: string; photo: PhotoId }[],
): Promise<({ path: string } & SidecarOwner)[]> {
  const owners = new Map<string, { path: string; photo: PhotoId }[]>();
  for (const file of files) {
    for (const naming of ["full", "stem"] as const) {
      const sidecar = sidecarPath(file.path, naming).toLowerCase();
      owners.set(sidecar, [...(owners.get(sidecar) ?? []), file]);
    }
  }
  const found: ({ path: string } & SidecarOwner)[] = [];
  for (const folder of [...new Set(files.map(({ path }) => path.slice(0, path.lastIndexOf("/") + 1)))].sort()) {
    const names = await readdir(join(root, folder), { withFileTypes: true });
    for (const { name } of names
      .filter((entry) => entry.isFile() && /\.xmp$/i.test(entry.name))
      .sort((a, b) => (a.name < b.name ? -1 : 1))) {
      found.push({ path: folder + name, ...ownerOf(folder + name, owners.get((folder + name).toLowerCase()) ?? []) });
    }
  }
  return found;
}

function ownerOf(sidecar: string, files: readonly { path: string; photo: PhotoId }[]): SidecarOwner {
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
