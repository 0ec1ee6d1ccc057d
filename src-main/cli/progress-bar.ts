import { Presets, SingleBar } from "cli-progress";
import type { Job } from "../../src-shared/contract";
import { formatBytes } from "../../src-shared/format-bytes";

const DOING: Record<Job["kind"], string> = {
  scan: "Scanning",
  embed: "Labelling",
  rank: "Ranking",
  retrain: "Learning",
  learn: "Learning",
  export: "Exporting",
  import: "Importing",
  evaluate: "Evaluating",
  map: "Mapping",
  exif: "Reading metadata",
  duplicates: "Comparing",
  compare: "Comparing models",
  verdicts: "Measuring",
  detect: "Finding objects",
  crops: "Comparing boxes",
  labels: "Reading labels",
  upgrade: "Labelling",
  measure: "Running on ten pictures",
  download: "Downloading",
};

const createBar = (format: string): SingleBar =>
  new SingleBar(
    { stream: process.stderr, noTTYOutput: false, clearOnComplete: true, hideCursor: true, barsize: 30, format },
    Presets.shades_grey,
  );

/** Draws the job that reported last; nothing if stderr is not a terminal. */
export function progressBar(): { show(job: Job): void; stop(): void } {
  const bar = createBar("{doing} {bar} {amount} · {rate}/s · {left} left");
  let shown: number | null = null;
  return {
    show({ job, kind, state, done, total, perSecond, secondsLeft, message }) {
      if (!process.stderr.isTTY || total === 0) return;
      if (state !== "running") {
        if (shown === job) bar.stop();
        shown = shown === job ? null : shown;
        return;
      }
      const [amount, rate] =
        kind === "download"
          ? [`${formatBytes(done)} of ${formatBytes(total)}`, formatBytes(perSecond)]
          : [`${done}/${total}`, Math.round(perSecond)];
      const details = {
        amount,
        rate,
        doing: message === null ? DOING[kind] : `${DOING[kind]}: ${message}`,
        left: secondsLeft === null ? "?" : `${Math.ceil(secondsLeft)} s`,
      };
      if (shown !== job) bar.start(total, done, details);
      shown = job;
      bar.setTotal(total);
      bar.update(done, details);
    },
    stop: () => bar.stop(),
  };
}

/** Draws stages that follow each other; nothing if stderr is not a terminal, or if `quiet`. */
export function stagesBar(quiet = false) {
  const bar = createBar("{doing} {bar} {percentage} % · {rate} {unit}/s");
  const isShown = process.stderr.isTTY && !quiet;
  return {
    /** @param per how many of what is counted make one `unit` */
    stage(doing: string, unit: string, per: number): (done: number, total: number) => void {
      const begun = performance.now();
      const details = (done: number) => ({
        doing,
        unit,
        rate: Math.round(done / per / ((performance.now() - begun) / 1000 || 1)),
      });
      bar.stop();
      if (isShown) bar.start(1, 0, details(0));
      return (done, total) => {
        if (!isShown) return;
        bar.setTotal(total);
        bar.update(done, details(done));
      };
    },
    stop: () => bar.stop(),
  };
}
