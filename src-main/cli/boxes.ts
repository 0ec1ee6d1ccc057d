import type { BoxOrder, BoxState } from "../../src-shared/contract";
import type { RunJob } from "../base/jobs";
import { csvTable } from "../exchange/csv";
import { escapeFormula } from "../exchange/formula";
import { boxesLike, type LikeBox } from "../features/browse/boxes-like";
import { listBoxes, listBoxLabels, type ListedBox, type ListedLabel } from "../features/review/list-boxes";
import { type BoxComparing, embedCrops, missingCrops } from "../workspace/crop-features";
import type { OpenLibrary } from "../workspace/open-library";
import { printJson, printText, say } from "./output";
import { withFolder } from "./session";

interface BoxesOptions {
  label?: string;
  /** A file of the folder, then left, top, right and bottom of a box, 0..1 of the upright photo. */
  like?: string[];
  state: BoxState | "proposed";
  order: BoxOrder;
  csv?: boolean;
  json?: boolean;
  strictFiles?: boolean;
}

/**
 * `semblance boxes`: prints the labels that have boxes in a labelled folder, the boxes of one label,
 * or the photos with something like what is in a box.
 */
export async function showBoxes(
  folder: string,
  { label, like, state, order, csv = false, json = false, strictFiles }: BoxesOptions,
): Promise<void> {
  await withFolder(folder, { strictFiles }, async ({ library, visual, run }) => {
    const comparing = comparingNow(library, visual, run);
    const rows =
      like !== undefined
        ? await boxesLike(library, like, comparing)
        : label === undefined
          ? listBoxLabels(library)
          : await listBoxes(library, { label, state, order }, comparing);
    if (csv) await printCsv(rows);
    else if (json) for (const row of rows) printJson(row);
    else for (const row of rows) say("likeness" in row ? likeLine(row) : "path" in row ? boxLine(row) : labelLine(row));
  });
}

async function printCsv(rows: readonly (ListedBox | ListedLabel | LikeBox)[]): Promise<void> {
  const table = csvTable(printText);
  if (rows[0]) await table.add(Object.keys(rows[0]));
  for (const row of rows)
    await table.add(
      Object.values(row).map((cell) =>
        typeof cell === "number" ? `${cell}` : escapeFormula((cell as string | null) ?? ""),
      ),
    );
  await table.end();
}

const likeLine = ({ path, likeness, left, top, right, bottom }: LikeBox): string =>
  [`${Math.round(100 * likeness)}%`.padStart(4), placeLine([left, top, right, bottom]), path].join("  ");

const placeLine = (sides: readonly number[]): string => sides.map((side) => side.toFixed(4)).join(" ");

/** Computes what is missing before the command answers. */
const comparingNow = (library: OpenLibrary, visual: BoxComparing["visual"], run: RunJob): BoxComparing => ({
  visual,
  compare: async (_, boxes, most) => {
    const missing = missingCrops(library, boxes).slice(0, most);
    if (missing.length === 0) return;
    await run("crops", (job) => embedCrops(library, missing, visual, { job }));
  },
});

const labelLine = ({ label, unjudged, accepted, rejected }: ListedLabel): string =>
  `${label}: ${unjudged} not judged, ${accepted} accepted, ${rejected} rejected`;

/** In columns: "dog   62%  unjudged  detector  0.1000 0.2000 0.5000 0.8000  IMG_1.jpg". */
function boxLine({ path, label, confidence, verdict, origin, left, top, right, bottom }: ListedBox): string {
  const sure = confidence === null ? "–" : `${Math.round(100 * confidence)}%`;
  const place = placeLine([left, top, right, bottom]);
  return [label, sure.padStart(4), verdict.padEnd(8), origin.padEnd(8), place, path].join("  ");
}
