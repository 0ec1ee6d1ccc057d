import { readFileSync } from "node:fs";
import { z } from "zod";
import { Refusal } from "../../../src-shared/refusal";
import { requireFile } from "../../base/input-file";
import { isPackName } from "../../base/resources";
import { SIGLIP2_BASE } from "./siglip2-base";

const MAX_CATALOGUE_BYTES = 2 ** 20;
const MAX_FILE_BYTES = 2 ** 31 - 1;

/** Part of a hub's address: no step up, no query. */
const pathPart = z
  .string()
  .regex(/^[\w.-]+(\/[\w.-]+)*$/, "must be a path of letters, digits, . _ - and /")
  .refine((path) => !path.split("/").some((step) => /^\.+$/.test(step)), "must not contain . or ..");

const entryShape = z.strictObject({
  name: z.string().refine(isPackName, "must be a name of up to 64 letters, digits, . _ and -"),
  title: z.string().min(1).max(200),
  about: z.string().max(1000).default(""),
  licence: z.string().min(1).max(500),
  source: z.string().min(1).max(1000),
  /** On the hub: owner/name. */
  repository: pathPart,
  /** A commit, so that the files can't change. */
  revision: z.string().regex(/^[0-9a-f]{40}$/, "must be a commit of 40 hex digits"),
  files: z
    .array(
      z.strictObject({
        /** In the repository. */
        path: pathPart,
        /** In the pack. */
        as: z
          .string()
          .regex(/^[A-Za-z0-9][\w-]*\.[\w.-]+$/)
          .refine((name) => !["pack.json", "etags.json"].includes(name), "is a name that Semblance uses itself"),
        bytes: z.int().min(1).max(MAX_FILE_BYTES),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .min(1)
    .max(50),
  /** What `pack.json` says beside the fields above: see the format of packs. */
  pack: z.record(z.string(), z.unknown()),
});

/** A pack that can be downloaded: where its files are, and what they must be. */
export type CatalogueEntry = z.infer<typeof entryShape>;

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
