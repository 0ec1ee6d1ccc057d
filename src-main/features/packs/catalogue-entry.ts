import { z } from "zod";
import { isPackName } from "../../base/resources";

const MAX_FILE_BYTES = 2 ** 31 - 1;

/** Part of a hub's address: no step up, no query. */
const pathPart = z
  .string()
  .regex(/^[\w.-]+(\/[\w.-]+)*$/, "must be a path of letters, digits, . _ - and /")
  .refine((path) => !path.split("/").some((step) => /^\.+$/.test(step)), "must not contain . or ..");

export const entryShape = z.strictObject({
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
