import type { MethodName } from "../../src-shared/contract";
import type { AccuracySpecificityPoint, Calibration } from "./reliability";
import type { ScoresBySetting } from "./score";
import { type SettingName, SETTINGS } from "./settings";
import {
  calibrationSentence,
  COLUMNS,
  harmonicMean,
  METHOD_NAMES,
  METHOD_TITLES,
  photosIn,
  settingTitle,
  TRADEOFF_HEADER,
  tradeoffRows,
  valueOf,
} from "./table";

export interface ReportAbout {
  dataset: string;
  pack: string;
  photos: number;
  /** Names of the held-out classes. */
  heldOut: string[];
  fitted: { devise: string; others: string };
}

type Methods = Record<MethodName, ScoresBySetting>;

/** By this mark a report is recognised and may be replaced by another. */
export const GENERATOR = '<meta name="generator" content="Semblance evaluate">';

/** An evaluation as one self-contained HTML file without scripts: tables and plots, in light and dark mode. */
export function reportPage(
  { dataset, pack, photos, heldOut, fitted }: ReportAbout,
  methods: Methods,
  candidates: Record<SettingName, number>,
  trust: { hedging: AccuracySpecificityPoint[]; calibration: Calibration } | null,
): string {
  const settings = SETTINGS.filter((name) => photosIn(methods, name) > 0);
  const facts = [
    ["Dataset", dataset],
    ["Model pack", pack],
    ["Photos", String(photos)],
    ["DeViSE projection", fitted.devise],
    ["Random embedding and L2", fitted.others],
    ...(heldOut.length > 0 ? [["Held-out classes", `${heldOut.length}: ${heldOut.join(", ")}`]] : []),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
${GENERATOR}
<title>Semblance: evaluation of ${escape(pack)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Evaluation</h1>
<dl>${facts.map(([name, value]) => `<dt>${escape(name)}</dt><dd>${escape(value)}</dd>`).join("")}</dl>
<p>${MEASURES}</p>
<ul class="legend">${METHOD_NAMES.map((name) => `<li class="${name}">${METHOD_TITLES[name]}</li>`).join("")}</ul>
${settings.map((name) => section(name, methods, candidates[name])).join("\n")}
${harmonic(methods)}
${trust ? reliabilitySection(trust) : ""}
</main>
</body>
</html>
`;
}

const MEASURES =
  "Flat hit@k: the share of photos whose true label is among the first k. Hierarchical precision@k: the share of the " +
  "first k labels that are in the valid set, which is filled with candidates at distance 0, 1, 2, … from the true " +
  "label in WordNet until it has at least k. All values in percent; small numbers are bootstrap 95% intervals over " +
  "photos.";

const TRADEOFF =
  "Each photo's first label at a minimum confidence: the share of photos with a label, the label's accuracy (the true " +
  "label or a more general one counts as right), and its specificity, 0 to 1.";

function reliabilitySection({
  hedging,
  calibration,
}: {
  hedging: AccuracySpecificityPoint[];
  calibration: Calibration;
}): string {
  const cells = (row: string[]) =>
    row.map((cell, i) => (i === 0 ? `<th scope="row">${cell}</th>` : `<td>${cell}</td>`)).join("");
  return `<section>
<h2>Accuracy–specificity trade-off</h2>
<p>${TRADEOFF} ${calibrationSentence(calibration)}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Accuracy–specificity trade-off"><table>
<thead><tr>${TRADEOFF_HEADER.map((title) => `<th scope="col">${title}</th>`).join("")}</tr></thead>
<tbody>${tradeoffRows(hedging)
    .map((row) => `<tr>${cells(row)}</tr>`)
    .join("\n")}</tbody>
</table></div>
</section>`;
}

function section(name: SettingName, methods: Methods, labels: number): string {
  const title = settingTitle(name, photosIn(methods, name), labels);
  const cells = (method: MethodName) =>
    COLUMNS.map((column) => {
      const { value, low, high } = valueOf(methods[method][name]!, column);
      return `<td>${value.toFixed(1)} <small>${low.toFixed(0)}–${high.toFixed(0)}</small></td>`;
    }).join("");
  const columns = COLUMNS.map(({ metric, k }) => `<th scope="col">${metric === "hit" ? "hit" : "precision"}@${k}</th>`);
  return `<section>
<h2>${escape(title)}</h2>
<div class="scroll" tabindex="0" role="region" aria-label="${escape(title)}"><table>
<thead><tr><th scope="col">Method</th>${columns.join("")}</tr></thead>
<tbody>${METHOD_NAMES.map((method) => `<tr>${methodCell(method)}${cells(method)}</tr>`).join("\n")}</tbody>
</table></div>
<div class="plots">${plot("hit", "Flat hit@k (%)", name, methods)}${plot("precision", "Hierarchical precision@k (%)", name, methods)}</div>
</section>`;
}

const methodCell = (name: MethodName): string =>
  `<th scope="row"><span class="dot ${name}"></span>${METHOD_TITLES[name]}</th>`;

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [420, 240, 34, 28, 10];

/** One metric over k: a line per method with its interval at every k; the values of k are evenly spaced. */
function plot(metric: "hit" | "precision", title: string, name: SettingName, methods: Methods): string {
  const columns = COLUMNS.filter((column) => column.metric === metric);
  const x = (i: number, method = 0) =>
    LEFT + 24 + (i * (WIDTH - LEFT - 48)) / (columns.length - 1) + (method - (METHOD_NAMES.length - 1) / 2) * 3;
  const y = (percent: number) => HEIGHT - BOTTOM - (percent * (HEIGHT - BOTTOM - TOP)) / 100;
  const grid = [0, 25, 50, 75, 100]
    .map(
      (p) =>
        `<line class="grid" x1="${LEFT}" x2="${WIDTH}" y1="${y(p)}" y2="${y(p)}"/><text ` +
        `x="${LEFT - 6}" y="${y(p) + 4}" text-anchor="end">${p}</text>`,
    )
    .join("");
  const ticks = columns
    .map(({ k }, i) => `<text x="${x(i, 2.5)}" y="${HEIGHT - 8}" text-anchor="middle">${k}</text>`)
    .join("");
  const lines = METHOD_NAMES.map((method, m) => {
    const points = columns.map((column, i) => ({ at: x(i, m), ...valueOf(methods[method][name]!, column) }));
    const bars = points
      .map(({ at, low, high }) => `<line x1="${at}" x2="${at}" y1="${y(low)}" y2="${y(high)}"/>`)
      .join("");
    const dots = points.map(({ at, value }) => `<circle cx="${at}" cy="${y(value)}" r="2.5"/>`).join("");
    return `<g class="${method}"><polyline points="${points.map(({ at, value }) => `${at},${y(value)}`).join(" ")}"/>${bars}${dots}</g>`;
  }).join("");
  return (
    `<figure><figcaption>${title}</figcaption><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" ` +
    `aria-label="${title}; values are in the table above">${grid}${ticks}${lines}</svg></figure>`
  );
}

function harmonic(methods: Methods): string {
  const means = METHOD_NAMES.map((name) => ({ name, mean: harmonicMean(methods[name]) })).filter(
    ({ mean }) => mean !== null,
  );
  if (means.length === 0) return "";
  const rows = means.map(({ name, mean }) => `<tr>${methodCell(name)}<td>${mean!.toFixed(1)}</td></tr>`);
  return (
    "<section><h2>Harmonic mean of seen and unseen</h2><p>Harmonic mean of hit@1 (%) for seen and " +
    `unseen photos, both ranked among all labels.</p><table><tbody>${rows.join("")}</tbody></table></section>`
  );
}

const escape = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]!);

/** Distinguishable with any kind of colour vision (Okabe and Ito 2008), on both backgrounds. */
const STYLE = `
:root { color-scheme: light dark; --ground: #fff; --ink: #1b1d21; --quiet: #5b616b; --line: #d9dce1;
  --softmax: #6b7280; --devise: #0072b2; --random: #a16207; --l2: #009e73; --conse: #b3478a; --semblance: #d55e00; }
@media (prefers-color-scheme: dark) { :root { --ground: #17181b; --ink: #e8e9ec; --quiet: #a2a8b3; --line: #34373d;
  --softmax: #9ca3af; --devise: #56b4e9; --random: #e0b040; --l2: #2fc79a; --conse: #dd8fc0; --semblance: #ff8a3d; } }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 1rem; } h2 { font-size: 1.1rem; margin: 2.5rem 0 .75rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.25rem; margin: 0 0 1rem; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
p { max-width: 46rem; color: var(--quiet); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .7rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; font-weight: 400; }
th:first-child { text-align: left; } thead th { color: var(--quiet); font-size: .85rem; } small { color: var(--quiet); font-size: .75rem; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0; }
.legend li::before, .dot { content: ""; display: inline-block; width: .65rem; height: .65rem; border-radius: 50%;
  margin-right: .45rem; background: var(--hue); }
.softmax { --hue: var(--softmax); } .devise { --hue: var(--devise); } .random { --hue: var(--random); }
.l2 { --hue: var(--l2); } .conse { --hue: var(--conse); } .semblance { --hue: var(--semblance); }
.plots { display: flex; flex-wrap: wrap; gap: 1rem 2rem; margin-top: 1rem; }
figure { margin: 0; flex: 1 1 22rem; } figcaption { color: var(--quiet); font-size: .85rem; }
svg { width: 100%; height: auto; } svg text { fill: var(--quiet); font-size: 11px; } .grid { stroke: var(--line); }
g polyline { fill: none; stroke: var(--hue); stroke-width: 1.75; }
g line { stroke: var(--hue); stroke-opacity: .55; } g circle { fill: var(--hue); }
`;
