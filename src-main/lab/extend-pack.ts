import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFolder } from "../base/write-folder";
import { type Pack, readPack } from "../vision/pack";
import { extensionOfPack, PACK, WRITTEN_BY } from "./own-pack";

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
 * Writes a copy of a pack with additions, to a new folder, in place of an earlier one, or over the pack itself.
 * @param home the data folder
 * @throws Refusal of `writeFolder`, `bad-pack` when the result can't be read
 */
export async function extendPack(
  home: string,
  base: Pack,
  out: string,
  { described, files, card }: PackAddition,
): Promise<void> {
  const target = extensionOfPack(home, base, out);
  await writeFolder(target, (folder, put) => {
    for (const entry of readdirSync(base.folder, { withFileTypes: true }))
      if (entry.isFile()) put(entry.name, readFileSync(join(base.folder, entry.name)));
    for (const [name, content] of Object.entries(files)) put(name, content);
    const before = JSON.parse(readFileSync(join(base.folder, "pack.json"), "utf8")) as {
      sha256?: Record<string, string>;
    };
    const after = {
      ...before,
      ...described,
      format: 2,
      ...(target.format === PACK ? WRITTEN_BY : {}), // a pack of somebody else's stays theirs
      ...(before.sha256 ? { sha256: { ...before.sha256, ...sumsOf(files) } } : {}),
    };
    put("pack.json", `${JSON.stringify(after, null, 2)}\n`);
    const readme = join(folder, "README.md");
    put("README.md", withSection(existsSync(readme) ? readFileSync(readme, "utf8") : `# ${base.title}\n`, card));
    readPack(folder);
  });
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
