import type { BoxOrder, BoxState } from "../../src-shared/contract";
import { csvTable } from "../exchange/csv";
import { escapeFormula } from "../exchange/formula";
import { listBoxes, listBoxLabels, type ListedBox, type ListedLabel } from "../features/review/list-boxes";
import { printJson, printText, say } from "./output";
import { withFolder } from "./session";

interface BoxesOptions {
  label?: string;
  state: BoxState;
  order: BoxOrder;
  csv?: boolean;
  json?: boolean;
  strictFiles?: boolean;
}

/** `semblance boxes`: prints the labels that have boxes in a labelled folder, or the boxes of one label. */
export async function showBoxes(
  folder: string,
  { label, state, order, csv = false, json = false, strictFiles }: BoxesOptions,
): Promise<void> {
  await withFolder(folder, { strictFiles }, async ({ library }) => {
    const rows = label === undefined ? listBoxLabels(library) : listBoxes(library, { label, state, order });
    if (csv) await printCsv(rows);
    else if (json) for (const row of rows) printJson(row);
    else for (const row of rows) say("path" in row ? boxLine(row) : labelLine(row));
  });
}

async function printCsv(rows: readonly (ListedBox | ListedLabel)[]): Promise<void> {
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

const labelLine = ({ label, unjudged, accepted, rejected }: ListedLabel): string =>
  `${label}: ${unjudged} not judged, ${accepted} accepted, ${rejected} rejected`;

/** In columns: "dog   62%  unjudged  detector  0.1000 0.2000 0.5000 0.8000  IMG_1.jpg". */
function boxLine({ path, label, confidence, verdict, origin, left, top, right, bottom }: ListedBox): string {
  const sure = confidence === null ? "–" : `${Math.round(100 * confidence)}%`;
  const place = [left, top, right, bottom].map((side) => side.toFixed(4)).join(" ");
  return [label, sure.padStart(4), verdict.padEnd(8), origin.padEnd(8), place, path].join("  ");
}
