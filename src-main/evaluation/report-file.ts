import type { FileTarget, OwnFormat } from "../base/refuse-target";
import { tryTarget, writeAtomic } from "../base/write-file";
import type { DatasetEvaluation } from "./evaluate-dataset";
import { GENERATOR, reportPage } from "./report";

export const REPORT: OwnFormat = {
  name: "an evaluation report",
  isOurs: (head) => /^<!doctype html>/.test(head.toString("utf8")) && head.includes(GENERATOR),
};

const targetOf = (home: string, file: string): FileTarget => ({ home, file, format: REPORT, overwrite: true });

/** Finds out before an evaluation whether its report could be written. @throws Refusal of `tryTarget` */
export const tryReport = (home: string, file: string): void => tryTarget(targetOf(home, file));

/**
 * Writes an evaluation as one HTML page, in place of an earlier report.
 * @param home the data folder
 * @throws Refusal of `writeAtomic`
 */
export const writeReport = (
  home: string,
  file: string,
  { about, methods, candidates, trust }: DatasetEvaluation,
): Promise<void> =>
  writeAtomic(targetOf(home, file), (handle) => handle.writeFile(reportPage(about, methods, candidates, trust)));
