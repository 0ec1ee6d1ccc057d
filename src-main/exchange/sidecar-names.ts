import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isPhotoFile, isRaw } from "../images/photo-files";
import { type SidecarNaming, sidecarPath } from "../images/xmp-names";

/**
 * Names sidecars of photos below a folder. If several photos could have the same `photo.xmp`, the only RAW file gets
 * it, as Lightroom expects, and the others get `photo.jpg.xmp`; without a RAW file, or with several, all get the long
 * name.
 * @returns relative paths for relative paths; `shared` is true if the photo had to use the long name
 */
export function sidecarNames(
  root: string,
  naming: SidecarNaming,
): (photo: string) => Promise<{ sidecar: string; shared: boolean }> {
  let folder: { path: string; owners: Map<string, string | null> } | null = null; // files arrive sorted by folder
  return async (photo) => {
    if (naming === "full") return { sidecar: sidecarPath(photo, "full"), shared: false };
    const path = dirname(photo);
    if (folder?.path !== path) folder = { path, owners: ownersOf(await readdir(join(root, path))) };
    const owns = folder.owners.get(stemOf(basename(photo))) === basename(photo);
    return { sidecar: sidecarPath(photo, owns ? "stem" : "full"), shared: !owns };
  };
}

/** Which photo owns the sidecar of each stem; null if none does. */
function ownersOf(names: readonly string[]): Map<string, string | null> {
  const photos = names.filter(isPhotoFile);
  return new Map(
    [...Map.groupBy(photos, stemOf)].map(([stem, alike]) => {
      const raw = alike.filter(isRaw);
      const owners = raw.length === 1 ? raw : alike;
      return [stem, owners.length === 1 ? owners[0]! : null];
    }),
  );
}

const stemOf = (name: string): string => name.replace(/\.[^.]+$/, "").toLowerCase();
