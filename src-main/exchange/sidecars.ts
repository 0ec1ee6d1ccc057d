import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { PhotoId } from "../../src-shared/contract";
import { isRaw } from "../images/photo-files";
import { sidecarPath } from "../images/xmp-names";
import type { NamedPhoto } from "../store/named-files";

/**
 * The XMP sidecars beside photos, by path, each with its photo: `photo.jpg.xmp` is that of `photo.jpg`; `photo.xmp`
 * that of the RAW file
 * of this name, else of the only photo of this name.
 * @param files the photos' files, relative to the root
 */
export async function sidecarsOf(
  root: string,
  files: readonly { path: string; photo: PhotoId }[],
): Promise<({ path: string } & NamedPhoto)[]> {
  const owners = new Map<string, { path: string; photo: PhotoId }[]>();
  for (const file of files) {
    for (const naming of ["full", "stem"] as const) {
      const sidecar = sidecarPath(file.path, naming).toLowerCase();
      owners.set(sidecar, [...(owners.get(sidecar) ?? []), file]);
    }
  }
  const found: ({ path: string } & NamedPhoto)[] = [];
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

function ownerOf(sidecar: string, files: readonly { path: string; photo: PhotoId }[]): NamedPhoto {
  const exact = files.filter(({ path }) => sidecarPath(path, "full").toLowerCase() === sidecar.toLowerCase());
  // Lightroom's are those of the RAW file where a JPEG of the same name lies beside it
  const raw = files.filter(({ path }) => isRaw(path));
  const owners = [exact, raw, files].find(({ length }) => length > 0) ?? [];
  const [owner] = owners;
  if (!owner) return { reason: "no photo of this library" };
  if (new Set(owners.map(({ photo }) => photo)).size > 1)
    return { reason: `could be of ${owners.map(({ path }) => path).join(" or ")}` };
  return { photo: owner.photo };
}
