import { lstat, mkdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { LabelId } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import { Refusal } from "../../src-shared/refusal";
import { isRaw } from "../images/photo-files";
import type { SidecarNaming } from "../images/xmp-names";
import { isSystemError, unwritableFile, writeAtomically } from "./atomic-file";
import type { LabelledFiles } from "./labelled-files";
import { MAX_NAME_BYTES } from "./safe-name";
import { sidecarNames } from "./sidecar-names";
import { mergeKeywords } from "./xmp-keywords";

export interface Sidecars {
  /** The data folder. */
  home: string;
  /** Of the photos. */
  root: string;
  /** Where sidecars are put, by the photos' own folders: `root`, or another folder. Absolute. */
  folder: string;
  naming: SidecarNaming;
  dryRun: boolean;
  nameOf(label: LabelId): string;
  /** Names of what a label is a kind of, the most general first, and its own. */
  pathOf(label: LabelId): string[];
}

/** Bytes of a sidecar that is still read; those with thousands of brush strokes have some megabytes. */
const MAX_SIDECAR_BYTES = 64e6;

/**
 * Labels as keywords in XMP sidecars, merged with what those hold. A photo without labels gets none, but loses in its
 * sidecar what Semblance wrote.
 */
export async function writeSidecars(
  files: LabelledFiles,
  { home, root, folder, naming, dryRun, nameOf, pathOf }: Sidecars,
): Promise<{ rows: number; notes: string[]; refused: { path: string; reason: string }[] }> {
  const nameFor = sidecarNames(root, naming);
  const refuseLinks = linkGuard(folder);
  const seen = new Set<string>();
  const refused: { path: string; reason: string }[] = [];
  const counts = { written: 0, unchanged: 0, shared: 0, notRaw: 0 };
  for await (const { path, labels } of files.read()) {
    try {
      const { sidecar, shared } = await nameFor(path);
      const length = Buffer.byteLength(basename(sidecar));
      if (length > MAX_NAME_BYTES)
        throw new Refusal("not-xmp", `the name of its sidecar would have ${length} bytes, more than a name may have`);
      const file = join(folder, sidecar);
      await refuseLinks(dirname(sidecar));
      const there = await readSidecar(file);
      if (!there && labels.length === 0) continue;
      if (seen.has(file.toLowerCase())) throw new Refusal("not-xmp", `${file} is another photo's`);
      seen.add(file.toLowerCase());
      const keywords = {
        subject: labels.map(({ label }) => nameOf(label)),
        hierarchical: labels.map(({ label }) =>
          pathOf(label)
            .map((step) => step.replaceAll("|", "¦"))
            .join("|"),
        ),
      };
      const merged = mergeKeywords(file, there?.text ?? null, keywords);
      counts.shared += shared ? 1 : 0;
      if (merged === null) counts.unchanged++;
      else {
        if (!dryRun) await put(home, file, merged, there?.mode);
        counts.written++;
        counts.notRaw += isRaw(path) ? 0 : 1;
      }
    } catch (error) {
      if (isSystemError(error))
        refused.push({ path, reason: unwritableFile(join(folder, dirname(path)), error).message });
      else if (error instanceof Refusal) refused.push({ path, reason: error.message });
      else throw error;
    }
  }
  return { rows: counts.written, notes: notesOf(counts, naming), refused };
}

function notesOf(
  { unchanged, shared, notRaw }: { unchanged: number; shared: number; notRaw: number },
  naming: SidecarNaming,
): string[] {
  const photos = (n: number) => formatCount(n, "photo");
  return [
    ...(unchanged > 0 ? [`The sidecars of ${photos(unchanged)} hold their labels already.`] : []),
    ...(shared > 0
      ? [`${photos(shared)} would have had the same photo.xmp as another one: theirs is called photo.jpg.xmp.`]
      : []),
    ...(naming === "stem" && notRaw > 0
      ? [`Lightroom reads sidecars of RAW files only; ${photos(notRaw)} ${notRaw === 1 ? "is" : "are"} none.`]
      : []),
  ];
}

/** @returns null where there is none @throws Refusal `not-xmp` with its name */
async function readSidecar(file: string): Promise<{ text: string; mode: number } | null> {
  try {
    const about = await lstat(file);
    if (about.isSymbolicLink()) throw new Refusal("not-xmp", `${file} is a link; nothing is written through it`);
    if (!about.isFile()) throw new Refusal("not-xmp", `${file} is no file`);
    if (about.size > MAX_SIDECAR_BYTES)
      throw new Refusal("not-xmp", `${file} has ${about.size} bytes, more than a sidecar's`);
    const bytes = await readFile(file);
    return { text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes), mode: about.mode & 0o777 };
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return null;
    if (error instanceof TypeError) throw new Refusal("not-xmp", `${file} is not XMP in UTF-8; it stays as it is`);
    throw isSystemError(error) ? unwritableFile(file, error) : error;
  }
}

async function put(home: string, file: string, text: string, mode?: number): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
  } catch (error) {
    throw unwritableFile(file, error);
  }
  await writeAtomically(home, file, true, (handle) => handle.writeFile(text, "utf8"), mode);
}

/** Refuses folders that are reached through a link below `base`. @returns told a folder relative to it */
function linkGuard(base: string): (folder: string) => Promise<void> {
  const links = new Map<string, boolean>();
  const isLinked = async (folder: string): Promise<boolean> => {
    if (folder === "." || folder === "") return false;
    let linked = links.get(folder);
    if (linked === undefined) {
      const about = await lstat(join(base, folder)).catch(() => null); // not made yet
      linked = about?.isSymbolicLink() || (await isLinked(dirname(folder)));
      links.set(folder, linked);
    }
    return linked;
  };
  return async (folder) => {
    if (await isLinked(folder))
      throw new Refusal("not-xmp", `${join(base, folder)} is a link; nothing is written through it`);
  };
}
