import { CallError } from "../../src-preload/client";
import type { BoxChoice, Exported, ExportFormat, ExportQuery, LabelChoice, PhotoId } from "../../src-shared/contract";
import type { RefusalCode } from "../../src-shared/refusal";
import { unfinished } from "./jobs.svelte";
import type { Semblance } from "./semblance.svelte";

/**
 * How sure a prediction is to be where nobody says it: tables hold all of them and their scores, what people look at
 * only likely ones.
 */
const LIKELY = 0.5;
const DEFAULT_THRESHOLDS: Record<ExportFormat, number> = {
  csv: 0,
  wide: 0,
  jsonl: 0,
  coco: 0,
  yolo: 0,
  voc: 0,
  parquet: 0,
  folders: LIKELY,
  xmp: LIKELY,
};
/** What is written is called so, behind the library's name, until another name is typed. */
const ENDINGS: Record<ExportFormat, string> = {
  csv: "-labels.csv",
  wide: "-wide.csv",
  jsonl: "-labels.jsonl",
  coco: "-coco.json",
  yolo: "-yolo",
  voc: "-voc",
  parquet: "-labels.parquet",
  folders: "-by-label",
  xmp: "-sidecars",
};

/** Which boxes are exported; detected ones from a confidence on. */
export type ChosenBoxes = "none" | "accepted" | "detected";
/** The formats that hold boxes. Those of boxes alone can't do without. */
const WITH_BOXES: ReadonlySet<ExportFormat> = new Set(["csv", "coco", "yolo", "voc", "xmp"]);
const WITH_MARKS: ReadonlySet<ExportFormat> = new Set(["csv", "jsonl", "xmp"]);
const OF_BOXES: ReadonlySet<ExportFormat> = new Set(["yolo", "voc"]);

export type Among = "all" | "shown" | "selected";

/** One export: what is chosen for it, how far it is, and what came of it. */
export class Exporting {
  format = $state<ExportFormat>("csv");
  among = $state<Among>("all");
  labels = $state<LabelChoice["labels"]>("shown");
  text = $state<"name" | "id">("name");
  escapeFormulas = $state(true);
  as = $state<"copies" | "links">("copies");
  images = $state<"none" | "copies" | "links">("copies");
  /** Lowest confidence of detected boxes, 0..1. */
  boxConfidence = $state(LIKELY);
  naming = $state<"full" | "stem">("full");
  /** Flags, stars and colour labels are written too. */
  #marks = $state(false);
  /** Sidecars lie beside their photos. */
  beside = $state(true);

  /** What it would hold; null while that is counted. */
  counted = $state.raw<{ files: number; labels: number } | null>(null);
  busy = $state(false);
  refusal = $state.raw<{ code: RefusalCode; message: string } | null>(null);
  /** What sidecars would be written. */
  looked = $state.raw<Exported | null>(null);
  exported = $state.raw<Exported | null>(null);

  #threshold = $state<number | null>(null);
  #boxes = $state<Partial<Record<ExportFormat, ChosenBoxes>>>({});
  #paths = $state<Partial<Record<ExportFormat, string>>>({});
  #asked = 0;

  constructor(private readonly app: Semblance) {}

  get threshold() {
    return this.#threshold ?? DEFAULT_THRESHOLDS[this.format];
  }
  set threshold(threshold: number) {
    this.#threshold = threshold;
  }

  get boxes(): ChosenBoxes {
    return this.#boxes[this.format] ?? (this.onlyBoxes ? "accepted" : "none");
  }
  set boxes(boxes: ChosenBoxes) {
    this.#boxes[this.format] = boxes;
    this.looked = null;
  }
  get marks() {
    return this.#marks && this.hasMarks;
  }
  set marks(marks: boolean) {
    this.#marks = marks;
    this.looked = null;
  }
  readonly hasMarks = $derived(WITH_MARKS.has(this.format));
  readonly hasBoxes = $derived(WITH_BOXES.has(this.format));
  /** The format holds nothing but boxes. */
  readonly onlyBoxes = $derived(OF_BOXES.has(this.format));
  /** What is exported doesn't depend on the photos' labels. */
  readonly ignoresLabels = $derived(this.onlyBoxes || (this.format === "coco" && this.boxes !== "none"));

  get path() {
    return this.#paths[this.format] ?? this.#suggested;
  }
  set path(path: string) {
    this.#paths[this.format] = path;
    this.refusal = null;
  }

  /** A path is to be said. */
  readonly asksPath = $derived(this.format !== "xmp" || !this.beside);
  readonly ready = $derived(!this.busy && (!this.asksPath || this.path.trim() !== "") && this.counted?.files !== 0);
  readonly job = $derived.by(() =>
    this.busy ? this.app.jobs.shown.find((job) => job.kind === "export" && unfinished(job)) : undefined,
  );
  readonly choice: LabelChoice = $derived({ photos: this.#photos(), labels: this.labels, threshold: this.threshold });

  choose(format: ExportFormat) {
    this.format = format;
    this.refusal = null;
    this.looked = null;
  }

  async count(choice: LabelChoice) {
    const asked = ++this.#asked;
    this.counted = null;
    const counted = await this.app.connection.attempt(this.app.connection.api.countExport(choice));
    if (counted && asked === this.#asked) this.counted = counted;
  }

  /** Says what sidecars would be written, and writes none. */
  async look() {
    this.looked = (await this.#run(this.#query(false, true))) ?? null;
  }

  async write(overwrite: boolean) {
    this.exported = (await this.#run(this.#query(overwrite, false))) ?? null;
  }

  stop() {
    if (this.job) void this.app.jobs.cancel(this.job.job);
  }

  reveal() {
    void this.app.connection.attempt(this.app.connection.api.revealExport());
  }

  async #run(query: ExportQuery): Promise<Exported | undefined> {
    this.busy = true;
    this.refusal = this.looked = null;
    try {
      return await this.app.connection.api.exportLabels(query);
    } catch (error) {
      if (error instanceof CallError && error.code !== "connection-lost")
        this.refusal = { code: error.code, message: error.message };
      else this.app.connection.report(error);
    } finally {
      this.busy = false;
    }
  }

  #query(overwrite: boolean, dryRun: boolean): ExportQuery {
    const { choice, format, text, escapeFormulas, as, naming } = this;
    const path = this.path.trim();
    const boxes = { none: null, accepted: "accepted", detected: this.boxConfidence }[this.boxes] as BoxChoice;
    const marks = this.marks ? { marks: true } : {};
    if (format === "xmp")
      return { ...choice, format, folder: this.beside ? null : path, naming, boxes, ...marks, dryRun };
    if (format === "folders") return { ...choice, format, folder: path, as };
    if (format === "yolo" || format === "voc")
      return { ...choice, format, folder: path, boxes: boxes ?? "accepted", images: this.images };
    if (format === "wide") return { ...choice, format, file: path, overwrite, text, escapeFormulas };
    if (format === "csv") return { ...choice, format, file: path, overwrite, text, escapeFormulas, boxes, ...marks };
    if (format === "jsonl") return { ...choice, format, file: path, overwrite, ...marks };
    if (format === "coco") return { ...choice, format, file: path, overwrite, boxes };
    return { ...choice, format, file: path, overwrite };
  }

  #photos(): PhotoId[] | null {
    const { browse, selection } = this.app;
    return this.among === "shown" ? browse.result.photos : this.among === "selected" ? [...selection.chosen] : null;
  }

  get #suggested() {
    const { welcome, info } = this.app.library;
    const separator = welcome?.home.includes("\\") ? "\\" : "/";
    return [welcome?.home ?? "", `${info?.name ?? "library"}${ENDINGS[this.format]}`].filter(Boolean).join(separator);
  }
}
