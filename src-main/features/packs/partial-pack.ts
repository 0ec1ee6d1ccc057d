import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { Refusal } from "../../../src-shared/refusal";
import { isWriterGone, writerName } from "../../base/partial-files";
import { installedPacksFolder } from "../../base/resources";
import type { CatalogueEntry } from "./catalogue-entry";

/** Names in a partial pack's folder that aren't the pack's. */
const ETAGS = "etags.json";
const LOCK = "lock";

/** Where a pack is downloaded to. It stays when the download is interrupted, and the next one continues there. */
export const partialFolder = (home: string, name: string): string =>
  join(installedPacksFolder(home), `${name}.partial`);

/** How many bytes of a pack's files an interrupted download left. */
export function downloadedBytes(home: string, { name, files }: CatalogueEntry): number {
  const folder = partialFolder(home, name);
  return files.reduce((sum, file) => {
    const size = statSync(join(folder, file.as), { throwIfNoEntry: false })?.size ?? 0;
    return sum + Math.min(size, file.bytes);
  }, 0);
}

/**
 * Creates a pack's partial folder, unless it is there, and keeps other processes and calls from downloading into it.
 * @returns call it when the download has ended
 * @throws Refusal `busy`
 */
export function beginPartialPack(home: string, name: string): () => void {
  const folder = partialFolder(home, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = join(folder, LOCK);
  const writer = existsSync(lock) ? readFileSync(lock, "utf8") : null;
  if (writer !== null && isWriterGone(writer)) rmSync(lock);
  try {
    writeFileSync(lock, writerName(), { flag: "wx" });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new Refusal("busy", `${name} is already being downloaded.`);
  }
  return () => rmSync(lock, { force: true });
}

/** Removes what only the download needed. */
export function finishPartialPack(folder: string): void {
  for (const name of [ETAGS, LOCK]) rmSync(join(folder, name), { force: true });
}

const etagsShape = z.record(z.string(), z.string());

/** The ETag with which the hub sent a file, so that only the same content is continued; null if it has none. */
export const etagOf = (folder: string, file: string): string | null => etagsIn(folder)[file] ?? null;

/** @param etag null to forget it */
export function rememberEtag(folder: string, file: string, etag: string | null): void {
  const { [file]: known, ...others } = etagsIn(folder);
  if ((known ?? null) === etag) return;
  writeFileSync(join(folder, ETAGS), JSON.stringify(etag === null ? others : { ...others, [file]: etag }));
}

/** Empty if the file was half written: without an ETag, the SHA-256 still finds content that doesn't fit together. */
function etagsIn(folder: string): z.infer<typeof etagsShape> {
  const file = join(folder, ETAGS);
  if (!existsSync(file)) return {};
  try {
    return etagsShape.safeParse(JSON.parse(readFileSync(file, "utf8"))).data ?? {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
