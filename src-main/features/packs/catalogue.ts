import { readFileSync } from "node:fs";
import { z } from "zod";
import { Refusal } from "../../../src-shared/refusal";
import { requireFile } from "../../base/input-file";
import { type CatalogueEntry, entryShape } from "./catalogue-entry";
import { SIGLIP2_BASE } from "./siglip2-base";

const MAX_CATALOGUE_BYTES = 2 ** 20;
/**
 * The packs that can be downloaded: Semblance's own list, and that of the file which `SEMBLANCE_CATALOGUE` names, for
 * packs of one's own on a mirror.
 * @throws Refusal `bad-setting`
 */
export function catalogue(env: NodeJS.ProcessEnv = process.env): CatalogueEntry[] {
  const own = env.SEMBLANCE_CATALOGUE ? readCatalogue(env.SEMBLANCE_CATALOGUE) : [];
  return [SIGLIP2_BASE, ...own].filter(({ name }, i, all) => all.findLastIndex((each) => each.name === name) === i);
}

/** @throws Refusal `no-pack`, `bad-setting` */
export function findEntry(name: string, env: NodeJS.ProcessEnv): CatalogueEntry {
  const entries = catalogue(env);
  const entry = entries.find((each) => each.name === name);
  if (entry) return entry;
  const names = entries.map((each) => each.name).join(", ");
  throw new Refusal("no-pack", `Semblance knows no pack ${name} to download. It knows ${names}.`);
}

function readCatalogue(file: string): CatalogueEntry[] {
  const refuse = (reason: string) => new Refusal("bad-setting", `SEMBLANCE_CATALOGUE, ${file}: ${reason}`);
  const size = requireFile(file, "bad-setting");
  if (size > MAX_CATALOGUE_BYTES) throw refuse(`it has ${size} bytes; the maximum is ${MAX_CATALOGUE_BYTES}.`);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw refuse(`it is not valid JSON: ${(error as Error).message}`);
  }
  const parsed = z.array(entryShape).max(1000).safeParse(json);
  if (!parsed.success) throw refuse(z.prettifyError(new z.ZodError(parsed.error.issues.slice(0, 3))));
  return parsed.data;
}
