import type { LabelId } from "../../src-shared/contract";
import { rounded, type WriteResult, type WriteText } from "./csv";
import type { LabelledFiles } from "./labelled-files";

/**
 * Writes labels as JSON Lines, one object per file: `path`; `labels`, best first, with `label` (the id), `name`,
 * `score` and `source`; `rejected` ids and names; `width` and `height` in pixels (null until the photo is decoded);
 * `bytes`; `taken` as the camera wrote it; and the `split` if there is one.
 * @param withMarks adds `flag` ("pick", "none", "reject"), `rating` (0 to 5) and `colour` (null for none)
 */
export async function writeJsonLines(
  files: LabelledFiles,
  nameOf: (label: LabelId) => string,
  write: WriteText,
  withMarks = false,
): Promise<WriteResult> {
  let rows = 0;
  for await (const { path, labels, rejected, width, height, bytes, takenAt, part, marks } of files.read()) {
    rows++;
    await write(
      `${JSON.stringify({
        path,
        labels: labels.map(({ label, score, source }) => ({
          label,
          name: nameOf(label),
          score: rounded(score),
          source,
        })),
        rejected: rejected.map((label) => ({ label, name: nameOf(label) })),
        width: width || null,
        height: height || null,
        bytes,
        taken: takenAt,
        ...(files.split ? { split: part } : {}),
        ...(withMarks ? { flag: marks.flag, rating: marks.rating, colour: marks.colour || null } : {}),
      })}\n`,
    );
  }
  return { rows, notes: [] };
}
