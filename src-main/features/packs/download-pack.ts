import { existsSync, renameSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatBytes } from "../../../src-shared/format-bytes";
import { Refusal } from "../../../src-shared/refusal";
import { installedPacksFolder } from "../../base/resources";
import { syncFile, syncFolder } from "../../base/sync-to-disk";
import { findEntry } from "./catalogue";
import type { CatalogueEntry } from "./catalogue-entry";
import { type CheckedPack, checkPack } from "./check-pack";
import { downloadFile, type DownloadOptions } from "./download-file";
import { hubAddress } from "./hub-request";
import { beginPartialPack, downloadedBytes, finishPartialPack, partialFolder } from "./partial-pack";

export interface PackDownloadOptions extends Omit<DownloadOptions, "onBytes"> {
  /** Takes the bytes of all files, as they arrive. */
  onProgress: (bytes: number, total: number) => void;
  /** Says what begins after the download. */
  onCheck?: () => void;
  env?: NodeJS.ProcessEnv;
}

/** Left free on the disk for `pack.json` and the file system's own records, in bytes. */
const SPARE_BYTES = 1e6;

/**
 * Downloads a pack of the catalogue, or continues, checks it, and installs it by a rename: it is there whole or not at
 * all. When interrupted, the files so far stay for the next time.
 * @param home the data folder
 * @throws Refusal `no-pack`, `file-exists`, `busy`, `disk-full`, `download-failed`, `bad-setting`, of `checkPack`, or
 *   what `signal` was aborted with
 */
export async function downloadPack(home: string, name: string, options: PackDownloadOptions): Promise<CheckedPack> {
  const { env = process.env } = options;
  const entry = findEntry(name, env);
  const hub = hubAddress(env);
  const installed = join(installedPacksFolder(home), name);
  if (existsSync(installed))
    throw new Refusal("file-exists", `${name} is already installed. To download it again, remove it first.`);
  const end = beginPartialPack(home, name);
  const folder = partialFolder(home, name);
  try {
    refuseFullDisk(home, entry, folder);
    await downloadFiles(entry, hub, folder, options);
    describe(entry, folder);
    options.onCheck?.();
    const checked = await checkPack(home, folder, options.signal);
    finishPartialPack(folder);
    syncFolder(folder);
    renameSync(folder, installed);
    syncFolder(installedPacksFolder(home));
    return { ...checked, folder: installed };
  } finally {
    end();
    if (existsSync(folder) && downloadedBytes(home, entry) === 0) rmSync(folder, { recursive: true });
  }
}

function refuseFullDisk(home: string, entry: CatalogueEntry, folder: string): void {
  const missing = totalBytes(entry) - downloadedBytes(home, entry);
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < missing + SPARE_BYTES)
    throw new Refusal(
      "disk-full",
      `${entry.name} needs another ${formatBytes(missing)}, and the disk of ${installedPacksFolder(home)} has ${formatBytes(bavail * bsize)} left.`,
    );
}

export const totalBytes = ({ files }: CatalogueEntry): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

async function downloadFiles(
  entry: CatalogueEntry,
  hub: URL,
  folder: string,
  { onProgress, ...options }: PackDownloadOptions,
): Promise<void> {
  const total = totalBytes(entry);
  let before = 0;
  for (const { path, as, bytes, sha256 } of entry.files) {
    const begun = before;
    await downloadFile(
      {
        url: new URL(`${hub.href.replace(/\/$/, "")}/${entry.repository}/resolve/${entry.revision}/${path}`),
        file: join(folder, as),
        bytes,
        sha256,
      },
      { ...options, onBytes: (done) => onProgress(begun + done, total) },
    );
    before += bytes;
    onProgress(before, total);
  }
}

/** Writes the pack's description: the hub has only the networks. */
function describe({ name, title, about, licence, source, pack, files }: CatalogueEntry, folder: string): void {
  const sha256 = Object.fromEntries(files.map((file) => [file.as, file.sha256]));
  const file = join(folder, "pack.json");
  writeFileSync(file, JSON.stringify({ format: 2, name, title, about, licence, source, ...pack, sha256 }, null, 2));
  syncFile(file);
}
