import { formatCount } from "../../src-shared/format-count";
import type { Flag, PhotoMarks } from "../../src-shared/photo-marks";
import { Refusal } from "../../src-shared/refusal";
import { queryPhotos } from "../features/browse/query-photos";
import { photosInFiles, ratePhotos } from "../features/review/rate-files";
import { indexPhotos } from "../workspace/rank-photos";
import { printJson, say } from "./output";
import { withFolder } from "./session";

interface RateOptions {
  query?: string;
  stars?: number;
  flag?: Flag;
  colour?: string;
  strictFiles?: boolean;
  json?: boolean;
}

/** `semblance rate`: gives photos stars, a flag or a colour label, as one undo step. */
export async function rateFolder(folder: string, files: string[], options: RateOptions): Promise<void> {
  const { query, strictFiles, json } = options;
  const marks = marksOf(options);
  if (files.length === 0 && query === undefined)
    throw new Refusal("wrong-use", "Name the photos to rate, or find them with --query.");
  if (files.length > 0 && query !== undefined) throw new Refusal("wrong-use", "Name photos or use --query, not both.");
  await withFolder(folder, { strictFiles }, async ({ library, run }) => {
    // Words in a query are matched against the semantic index, which is in memory.
    if (query !== undefined) await run("rank", (job) => indexPhotos(library, job));
    const photos = query === undefined ? photosInFiles(library, files) : await queryPhotos(library, query);
    const rated = ratePhotos(library, photos, marks);
    if (json) printJson(rated);
    else if (rated.action === null) say(`${formatCount(rated.photos, "photo")}: nothing to change`);
    else say(rated.action);
  });
}

/** @throws Refusal `wrong-use` if there are none */
function marksOf({ stars, flag, colour }: RateOptions): Partial<PhotoMarks> {
  if (stars === undefined && flag === undefined && colour === undefined)
    throw new Refusal("wrong-use", "Say what to set with --stars, --flag or --colour.");
  return {
    ...(stars === undefined ? {} : { rating: stars }),
    ...(flag === undefined ? {} : { flag }),
    ...(colour === undefined ? {} : { colour: colour === "none" ? "" : colour }),
  };
}
