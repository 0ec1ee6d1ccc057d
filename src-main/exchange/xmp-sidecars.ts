import { readFileSync } from "node:fs";
import { lstat, mkdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { LabelId } from "../../src-shared/contract";
import { formatCount } from "../../src-shared/format-count";
import type { PhotoMarks } from "../../src-shared/photo-marks";
import { Refusal } from "../../src-shared/refusal";
import { type OwnFormat, refuseDataFolder, unwritableFile } from "../base/refuse-target";
import { isSystemError } from "../base/system-error";
import { writeAtomic } from "../base/write-file";
import { readPlacedRegions } from "../images/decode-client";
import { isRaw } from "../images/photo-files";
import type { SidecarNaming } from "../images/xmp-names";
import type { LabelledFile, LabelledFiles } from "./labelled-files";
import { MAX_NAME_BYTES } from "./safe-name";
import type { SidecarMarks } from "./sidecar-marks";
import { sidecarNames } from "./sidecar-names";
import { mergeKeywords } from "./xmp-keywords";
import type { SidecarRegions } from "./xmp-regions";

export interface Sidecars {
  /** The data folder. */
  home: string;
  /** The photo folder. */
  root: string;
  /** Absolute path of the folder for sidecars: `root`, or another one in which the photos' folders are repeated. */
  folder: string;
  naming: SidecarNaming;
  dryRun: boolean;
  /** Writes boxes too, as regions. */
  regions?: {
    /** Whether a label is that of faces, whose regions other programs name after people. */
    isFace(label: LabelId): boolean;
  } | null;
  /** Writes flags, ratings and colour labels too. */
  marks?: SidecarMarks | null;
  nameOf(label: LabelId): string;
  /** The names of a label's ancestors, most general first, followed by its own. */
  pathOf(label: LabelId): string[];
}

/** Largest sidecar in bytes. Those with thousands of brush strokes have a few megabytes. */
const MAX_SIDECAR_BYTES = 64e6;

/**
 * Writes labels as keywords into XMP sidecars, and boxes as regions if asked, keeping what they already hold. A photo
 * without any gets no sidecar; if it has one, Semblance's keywords are removed from it.
 */
export async function writeSidecars(
  files: LabelledFiles,
  { home, root, folder, naming, dryRun, regions = null, marks = null, nameOf, pathOf }: Sidecars,
): Promise<{ rows: number; notes: string[]; refused: { path: string; reason: string }[] }> {
  const nameFor = sidecarNames(root, naming);
  const refuseLinks = linkGuard(folder);
  const seen = new Set<string>();
  const refused: { path: string; reason: string }[] = [];
  const counts = { written: 0, unchanged: 0, shared: 0, notRaw: 0 };
  for await (const photo of files.read()) {
    const { path, labels, boxes } = photo;
    try {
      const { sidecar, shared } = await nameFor(path);
      const length = Buffer.byteLength(basename(sidecar));
      if (length > MAX_NAME_BYTES)
        throw new Refusal(
          "not-xmp",
          `Its sidecar would need a name of ${length} bytes; file names can have up to ${MAX_NAME_BYTES}.`,
        );
      const file = join(folder, sidecar);
      await refuseLinks(dirname(sidecar));
      const existing = await readSidecar(file);
      const own = marks && (await marks.before(photo.photo, sidecar, existing));
      if (existing === null && labels.length + boxes.length === 0 && !isMarked(own)) continue;
      if (seen.has(file.toLowerCase())) throw new Refusal("not-xmp", `${file} already belongs to another photo.`);
      seen.add(file.toLowerCase());
      const keywords = {
        subject: labels.map(({ label }) => nameOf(label)),
        hierarchical: labels.map(({ label }) =>
          pathOf(label)
            .map((step) => step.replaceAll("|", "¦"))
            .join("|"),
        ),
      };
      const merged = mergeKeywords(
        file,
        existing,
        keywords,
        regions && (await regionsOf(root, photo, existing, { ...regions, nameOf })),
        own,
      );
      counts.shared += shared ? 1 : 0;
      if (merged === null) counts.unchanged++;
      else {
        if (!dryRun) {
          await put(home, file, merged, existing);
          await marks?.after(photo.photo, sidecar);
        }
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

const isMarked = (marks: PhotoMarks | null): boolean =>
  marks !== null && (marks.flag !== "none" || marks.rating > 0 || marks.colour !== "");

/** Null if the sidecar has no regions of Semblance's and gets none, so that the photo needn't be read. */
async function regionsOf(
  root: string,
  { path, width, height, boxes }: LabelledFile,
  sidecar: string | null,
  { isFace, nameOf }: { isFace(label: LabelId): boolean } & Pick<Sidecars, "nameOf">,
): Promise<SidecarRegions | null> {
  if (boxes.length === 0 && !sidecar?.includes("semblance:regions")) return null;
  const { orientation } = await readPlacedRegions(join(root, path));
  return {
    photo: { orientation, width, height },
    boxes: boxes.map(({ label, box }) => ({ name: isFace(label) ? "" : nameOf(label), isFace: isFace(label), box })),
  };
}

function notesOf(
  { unchanged, shared, notRaw }: { unchanged: number; shared: number; notRaw: number },
  naming: SidecarNaming,
): string[] {
  return [
    ...(unchanged > 0
      ? [`${formatCount(unchanged, "sidecar already has", "sidecars already have")} these labels.`]
      : []),
    ...(shared > 0
      ? [
          `${formatCount(shared, "sidecar is", "sidecars are")} named photo.jpg.xmp because another photo has the same name.`,
        ]
      : []),
    ...(naming === "stem" && notRaw > 0
      ? [
          `Lightroom only reads sidecars of RAW files, and ${formatCount(notRaw, "photo")} ` +
            `${notRaw === 1 ? "isn’t a RAW file" : "aren’t RAW files"}.`,
        ]
      : []),
  ];
}

/** @returns null if it doesn't exist @throws Refusal `not-xmp` with its path */
async function readSidecar(file: string): Promise<string | null> {
  try {
    const about = await lstat(file);
    if (about.isSymbolicLink())
      throw new Refusal("not-xmp", `${file} is a symbolic link, which Semblance doesn’t write through.`);
    if (!about.isFile()) throw new Refusal("not-xmp", `${file} isn’t a file.`);
    if (about.size > MAX_SIDECAR_BYTES)
      throw new Refusal("not-xmp", `${file} is too large for a sidecar: it has ${about.size} bytes.`);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await readFile(file));
  } catch (error) {
    if (isSystemError(error) && error.code === "ENOENT") return null;
    if (error instanceof TypeError)
      throw new Refusal("not-xmp", `${file} is left unchanged because it isn’t XMP in UTF-8.`);
    throw isSystemError(error) ? unwritableFile(file, error) : error;
  }
}

/**
 * A sidecar may be another program's, because it keeps all that it holds. So it may be replaced only while it is what
 * the keywords were merged into.
 */
const mergedInto = (read: string | null): OwnFormat => ({
  name: "the sidecar",
  extension: ".xmp",
  isOurs(_, file) {
    if (read !== null && readFileSync(file, "utf8") === read) return true;
    throw new Refusal("not-xmp", `Another program changed ${file} at the same time, so it is left unchanged.`);
  },
});

async function put(home: string, file: string, text: string, read: string | null): Promise<void> {
  refuseDataFolder(home, file); // before folders are created for it
  try {
    await mkdir(dirname(file), { recursive: true });
  } catch (error) {
    throw unwritableFile(file, error);
  }
  await writeAtomic({ home, file, format: mergedInto(read), overwrite: true }, (handle) =>
    handle.writeFile(text, "utf8"),
  );
}

/**
 * Refuses folders below `base` that are reached through a symbolic link.
 * @returns a check that takes a folder relative to `base`
 */
function linkGuard(base: string): (folder: string) => Promise<void> {
  const links = new Map<string, boolean>();
  const isLinked = async (folder: string): Promise<boolean> => {
    if (folder === "." || folder === "") return false;
    let linked = links.get(folder);
    if (linked === undefined) {
      const about = await lstat(join(base, folder)).catch(() => null); // doesn't exist yet
      linked = about?.isSymbolicLink() || (await isLinked(dirname(folder)));
      links.set(folder, linked);
    }
    return linked;
  };
  return async (folder) => {
    if (await isLinked(folder))
      throw new Refusal("not-xmp", `${join(base, folder)} is a symbolic link, which Semblance doesn’t write through.`);
  };
}
