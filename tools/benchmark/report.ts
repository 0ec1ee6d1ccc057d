import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Command } from "commander";
import type { Options } from "prettier";
import { type Figure, goalOf, holds, readable } from "./figures";
import { type Machine, machineLine } from "./machine";

/** One run of a benchmark. */
export interface Run {
  name: string;
  measures: string;
  needs: string;
  /** The command that repeats it; runs of different commands are kept side by side. */
  command: string;
  /** YYYY-MM-DD */
  date: string;
  machine: Machine;
  figures: Figure[];
  notes: string[];
  /** Why it was skipped, in part or completely. */
  skipped?: string;
}

/** The contents of `docs/benchmarks.json`. */
export type KeptRun = Omit<Run, "notes" | "skipped"> & { partly: boolean };

/** Loaded on demand: a development dependency. */
const load = <T>(name: string): Promise<T> => import(/* @vite-ignore */ name) as Promise<T>;

/** The command that repeats a run: the given options that it reads, with paths cut to their last part. */
export function commandOf(name: string, command: Command, reads: string[]): string {
  const given = reads.flatMap((option) => {
    if (command.getOptionValueSource(option) !== "cli") return [];
    const value = command.getOptionValue(option) as string | number | boolean;
    if (value === true) return [`--${option}`];
    const text = typeof value === "string" ? basename(value) : String(value);
    return [`--${option} ${text.includes(" ") ? `"${text}"` : text}`];
  });
  return [command.name(), "--only", name, ...given].join(" ");
}

/**
 * Adds runs to `benchmarks.json` in a folder and rewrites `benchmarks.md` from it. A run replaces an earlier one of the
 * same command, unless it measured nothing.
 */
export async function fileReport(folder: string, runs: Run[]): Promise<void> {
  const [data, page] = [join(folder, "benchmarks.json"), join(folder, "benchmarks.md")];
  const before = existsSync(data) ? (JSON.parse(readFileSync(data, "utf8")) as KeptRun[]) : [];
  const kept = merged(before, runs);
  mkdirSync(folder, { recursive: true });
  const { format, resolveConfig } = await load<typeof import("prettier")>("prettier");
  for (const [file, text] of [
    [data, JSON.stringify(kept)],
    [page, pageOf(kept)],
  ]) {
    const style: Options = { ...(await resolveConfig(file)), plugins: [], filepath: file };
    writeFileSync(file, await format(text, style));
  }
}

/** Runs by command, in alphabetical order, new ones replacing old ones. */
export function merged(before: KeptRun[], runs: Run[]): KeptRun[] {
  const byCommand = new Map(before.map((run) => [run.command, run]));
  for (const { notes: _notes, skipped, ...run } of runs)
    if (run.figures.length > 0) byCommand.set(run.command, { ...run, partly: skipped !== undefined });
  return [...byCommand.values()].sort((a, b) => (a.command < b.command ? -1 : 1));
}

const INTRODUCTION = `# Benchmarks

<!-- Written by npm run bench -- --report from benchmarks.json. Change tools/benchmark/report.ts instead. -->

Each figure was printed by the command above its table. To measure your own computer:

\`\`\`
npm run build
npm run bench -- --help                  # lists benchmarks and options
npm run bench -- --only search           # prints the figures
npm run bench -- --only search --report  # also puts them on this page
\`\`\`

\`--report\` replaces the figures of the same command and keeps all others.

**Data.** Most benchmarks generate their own photos. The others need photos or image features that we may not
distribute: each section says which, and which option chooses the folder. A benchmark without its data is skipped.

**Reading the tables.** "Holds" says whether a figure reaches its target; figures without a target are for
comparison. Times belong to the computer named above the table, and other programs slow it down: the load says how
busy it was. Ratios and percentages carry over to other computers better than times. p50 is the median; 95% of all
measurements are below p95.
`;

export function pageOf(runs: KeptRun[]): string {
  return [INTRODUCTION, ...runs.map(sectionOf)].join("\n");
}

function sectionOf({ name, measures, needs, command, date, machine, figures, partly }: KeptRun): string {
  const rows = figures.map((figure) => {
    const reached = holds(figure);
    return [
      figure.what,
      readable(figure.value),
      figure.unit,
      goalOf(figure),
      reached === null ? "" : reached ? "yes" : "**no**",
    ];
  });
  return [
    `## ${name}`,
    "",
    `${capitalised(measures)}. Needs ${needs}.`,
    "",
    `\`${command}\``,
    "",
    `${date}: ${machineLine(machine)}.${partly ? " Parts whose data was missing were skipped." : ""}`,
    "",
    ...[["what", "value", "unit", "target", "holds"], ["---", "---:", "---", "---", "---"], ...rows].map(
      (cells) => `| ${cells.map(escaped).join(" | ")} |`,
    ),
    "",
  ].join("\n");
}

const capitalised = (text: string) => text[0].toUpperCase() + text.slice(1);
const escaped = (cell: string) => cell.replaceAll("|", "\\|");
