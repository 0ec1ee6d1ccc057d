import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Pack, readPack } from "../vision/pack";
import { refuseNonPackFolder } from "./write-pack";

/** What is added to a pack. */
export interface PackAddition {
  /** Entries for `pack.json`. */
  described: Record<string, unknown>;
  /** Contents by file name. */
  files: Record<string, Uint8Array | string>;
  /** A section for README.md, its heading in the first line. Replaces a section of the same heading. */
  card: string;
}

/**
 * Writes a copy of a pack with additions, to a new folder or over the pack itself. Atomic: the copy is built in a
 * temporary folder beside its destination, read back, then moved there.
 * @throws Refusal `bad-output` when the destination exists and is not a pack, `bad-pack` when the result can't be read
 */
export function extendPack(base: Pack, out: string, { described, files, card }: PackAddition): void {
  refuseNonPackFolder(out);
  const part = `${resolve(out)}.part-${process.pid}`;
  const old = `${resolve(out)}.old-${process.pid}`;
  mkdirSync(dirname(part), { recursive: true });
  mkdirSync(part);
  try {
    for (const entry of readdirSync(base.folder, { withFileTypes: true })) {
      if (entry.isFile()) copyFileSync(join(base.folder, entry.name), join(part, entry.name));
    }
    for (const [name, content] of Object.entries(files)) writeFileSync(join(part, name), content);
    const before = JSON.parse(readFileSync(join(base.folder, "pack.json"), "utf8")) as {
      sha256?: Record<string, string>;
    };
    const after = {
      ...before,
      ...described,
      format: 2,
      ...(before.sha256 ? { sha256: { ...before.sha256, ...sumsOf(files) } } : {}),
    };
    writeFileSync(join(part, "pack.json"), `${JSON.stringify(after, null, 2)}\n`);
    const readme = join(part, "README.md");
    writeFileSync(readme, withSection(existsSync(readme) ? readFileSync(readme, "utf8") : `# ${base.title}\n`, card));
    readPack(part);
    if (existsSync(out)) renameSync(out, old);
    try {
      renameSync(part, out);
    } catch (error) {
      if (existsSync(old)) renameSync(old, out);
      throw error;
    }
    rmSync(old, { recursive: true, force: true });
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

const sumsOf = (files: PackAddition["files"]) =>
  Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name, createHash("sha256").update(content).digest("hex")]),
  );

/** Adds a section to a README, replacing one of the same heading (up to the next heading of its level). */
export function withSection(text: string, section: string): string {
  const heading = section.slice(0, section.indexOf("\n"));
  const depth = `\n${heading.slice(0, heading.indexOf(" ") + 1)}`;
  const from = `\n${text}`.indexOf(`\n${heading}\n`);
  if (from < 0) return `${text.trimEnd()}\n\n${section.trimEnd()}\n`;
  const until = text.indexOf(depth, from + heading.length);
  return `${text.slice(0, from)}${section.trimEnd()}\n${until < 0 ? "" : text.slice(until)}`;
}
