import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { PackFacts } from "../../../src-shared/contract";
import { readPack } from "../../vision/pack";
import { MAX_BYTES, readPackJson } from "../../vision/pack-files";
import { readKept, writeKept } from "./kept-record";

const FILE = "facts.json";

/** By folder; `stamp` changes with the pack's files. */
const kept = z.record(
  z.string(),
  z.object({
    stamp: z.string(),
    facts: z.object({
      title: z.string(),
      about: z.string(),
      licence: z.string(),
      source: z.string(),
      visualId: z.string(),
      classes: z.number(),
      detectors: z.array(z.string()),
      scenes: z.number(),
      hasTextTower: z.boolean(),
    }),
  }),
);

/**
 * What a pack says about itself. Kept until one of its files changes, because reading and hashing a network of a
 * gigabyte takes seconds.
 * @throws Refusal `bad-pack`
 */
export function packFacts(home: string, folder: string): PackFacts {
  const stamp = stampOf(folder);
  const all = readKept(home, FILE, kept) ?? {};
  const known = all[folder];
  if (known?.stamp === stamp) return known.facts;
  const facts = readFacts(folder);
  writeKept(home, FILE, { ...all, [folder]: { stamp, facts } });
  return facts;
}

/** Names, sizes and times of the pack's files. */
const stampOf = (folder: string): string =>
  readdirSync(folder)
    .sort()
    .map((name) => {
      const { size, mtimeMs } = statSync(join(folder, name));
      return `${name} ${size} ${mtimeMs}`;
    })
    .join("\n");

const described = z.object({ text: z.unknown().optional() });

function readFacts(folder: string): PackFacts {
  const pack = readPack(folder);
  const { text } = readPackJson(folder, "pack.json", described, MAX_BYTES.description);
  return {
    title: pack.title,
    about: pack.about,
    licence: pack.licence,
    source: pack.source,
    visualId: pack.visualId,
    classes: pack.classes.length,
    detectors: pack.detection?.detectors.map(({ name }) => name) ?? [],
    scenes: pack.scenes?.classes.length ?? 0,
    hasTextTower: text !== undefined,
  };
}
