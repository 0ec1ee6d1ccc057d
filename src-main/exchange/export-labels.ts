import { resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { BoxChoice, Exported, ExportQuery, LabelChoice, LabelId } from "../../src-shared/contract";
import type { JobHandle, Jobs } from "../base/jobs";
import { tryTarget, writeAtomic } from "../base/write-file";
import { fullName } from "../labeller/lexicon";
import { labelledDetector } from "../workspace/labelled-detector";
import type { OpenLibrary } from "../workspace/open-library";
import { writeAnnotationFolder } from "./annotation-folder";
import { writeClassFolders } from "./class-folders";
import { writeCoco } from "./coco";
import { writeCsv, type WriteResult, type WriteText } from "./csv";
import { chosenBoxes } from "./exported-boxes";
import { writeJsonLines } from "./json-lines";
import { LABEL_TABLE } from "./label-tables";
import { type LabelledFiles, labelledFiles } from "./labelled-files";
import { writeParquet } from "./parquet";
import { runExport } from "./run-export";
import { sidecarMarks } from "./sidecar-marks";
import { vocFormat } from "./voc";
import { writeWideCsv } from "./wide-csv";
import { writeSidecars } from "./xmp-sidecars";
import { yoloFormat } from "./yolo";

/** A label of boxes that a detector of faces finds: they are regions of a person, but don't name one. */
const facesIn = ({ lexicon, pack }: OpenLibrary): ReadonlySet<LabelId> =>
  new Set(
    (pack.detection?.detectors ?? [])
      .filter(({ kind }) => kind === "faces")
      .flatMap((detector) => detector.classes.map((_, type) => labelledDetector(lexicon, detector).labelOf(type))),
  );

export type TextQuery = Extract<ExportQuery, { format: "csv" | "wide" | "jsonl" | "coco" }>;
/** Text formats, which can also go to standard output. */
const TEXT: readonly ExportQuery["format"][] = ["csv", "wide", "jsonl", "coco"] satisfies TextQuery["format"][];
/** Characters written at once. */
const CHARS_PER_WRITE = 1 << 16;

/** Counts what an export would contain. */
export async function countExport(
  { store }: OpenLibrary,
  choice: LabelChoice,
): Promise<{ files: number; labels: number }> {
  const counted = { files: 0, labels: 0 };
  for await (const { labels } of labelledFiles(store, choice, async () => setImmediate()).read()) {
    counted.files++;
    counted.labels += labels.length;
  }
  return counted;
}

/**
 * Exports labels for other programs, in a job that can be paused and cancelled.
 * @throws Refusal of the format's writer, `cancelled`
 */
export const exportLabels = (library: OpenLibrary, jobs: Jobs, query: ExportQuery): Promise<Exported> =>
  runExport(
    jobs,
    (job) => write(library, query, job),
    ({ rows, file }) => `${rows} written to ${file}`,
  );

/**
 * Finds out, before a folder is opened or searched, whether an export to a file could be written. Class folders and
 * sidecars are checked once it is open, because that depends on the photos.
 * @param home the data folder
 * @throws Refusal of `tryTarget`
 */
export function tryExport(home: string, query: ExportQuery): void {
  const { format } = query;
  if (format === "folders" || format === "xmp" || format === "yolo" || format === "voc") return;
  tryTarget({ home, file: query.file, format: LABEL_TABLE, overwrite: query.overwrite });
}

async function write(library: OpenLibrary, query: ExportQuery, job: JobHandle): Promise<Exported> {
  const {
    store: { home, folder: root },
  } = library;
  const files = labelledFiles(
    library.store,
    query,
    async (done) => {
      job.progress(done, files.count);
      await setImmediate(); // let pending calls run
      await job.yield();
    },
    chosenBoxes(library, boxChoiceOf(query)),
  );
  const nameOf = nameIn(library);
  if (query.format === "folders") {
    const folder = resolve(query.folder);
    return { file: folder, ...(await writeClassFolders(files, { home, root, folder, as: query.as, nameOf })) };
  }
  if (query.format === "yolo" || query.format === "voc") {
    const { images } = query;
    const folder = resolve(query.folder);
    const format = query.format === "yolo" ? yoloFormat(nameOf, images) : vocFormat(nameOf);
    return { file: folder, ...(await writeAnnotationFolder(files, { home, root, folder, images }, format)) };
  }
  if (query.format === "xmp") {
    const folder = query.folder === null ? root : resolve(query.folder);
    const faces = facesIn(library);
    return {
      file: folder,
      ...(await writeSidecars(files, {
        home,
        root,
        folder,
        naming: query.naming,
        dryRun: query.dryRun,
        regions: boxChoiceOf(query) === null ? null : { isFace: (label) => faces.has(label) },
        marks: query.marks
          ? sidecarMarks(library.store, { isBeside: query.folder === null, dryRun: query.dryRun })
          : null,
        nameOf,
        pathOf: pathIn(library),
      })),
    };
  }
  const file = resolve(query.file);
  const written = await writeAtomic({ home, file, format: LABEL_TABLE, overwrite: query.overwrite }, (handle) =>
    isText(query)
      ? writeText(library, files, query, async (text) => handle.writeFile(text, "utf8")) // appends
      : writeParquet(files, nameOf, query.labels === "verdicts", handle),
  );
  return { file, ...written, refused: [] };
}

const boxChoiceOf = (query: ExportQuery): BoxChoice => ("boxes" in query ? (query.boxes ?? null) : null);

export const isText = (query: ExportQuery): query is TextQuery => TEXT.includes(query.format);

/** Writes labels as text to any destination. @throws the signal's reason if aborted */
export const exportText = (
  library: OpenLibrary,
  query: TextQuery,
  write: WriteText,
  signal: AbortSignal,
): Promise<WriteResult> =>
  writeText(
    library,
    labelledFiles(
      library.store,
      query,
      async () => {
        await setImmediate(); // lets signals arrive
        signal.throwIfAborted();
      },
      chosenBoxes(library, boxChoiceOf(query)),
    ),
    query,
    write,
  );

/** Writes a text format, in large pieces. */
async function writeText(
  library: OpenLibrary,
  files: LabelledFiles,
  query: TextQuery,
  write: WriteText,
): Promise<WriteResult> {
  let portion = "";
  const written = await writeAs(library, files, query, async (text) => {
    portion += text;
    if (portion.length < CHARS_PER_WRITE) return;
    await write(portion);
    portion = "";
  });
  await write(portion);
  return written;
}

function writeAs(library: OpenLibrary, files: LabelledFiles, query: TextQuery, write: WriteText): Promise<WriteResult> {
  const nameOf = nameIn(library);
  switch (query.format) {
    case "jsonl":
      return writeJsonLines(files, nameOf, write, query.marks ?? false);
    case "coco":
      return writeCoco(
        files,
        {
          nameOf,
          parentOf: (label) => pathIn(library)(label).at(-2) ?? null,
          description: `Labels of ${library.store.name}, by Semblance`,
          boxes: boxChoiceOf(query) !== null,
        },
        write,
      );
    default: {
      const text = {
        textOf: query.text === "id" ? (label: LabelId) => label : nameOf,
        escapeFormulas: query.escapeFormulas,
      };
      return query.format === "wide"
        ? writeWideCsv(files, text, write)
        : writeCsv(
            files,
            {
              ...text,
              withRejected: query.labels === "verdicts",
              withBoxes: boxChoiceOf(query) !== null,
              withMarks: query.marks ?? false,
            },
            write,
          );
    }
  }
}

const nameIn =
  ({ lexicon }: OpenLibrary) =>
  (label: LabelId): string =>
    fullName(lexicon.named(label));

/**
 * The names of a label's ancestors, most general first, followed by its own. Leaves out ancestors outside the label
 * set, which people don't use ("whole", "object").
 */
function pathIn({ lexicon, ranker }: OpenLibrary): (label: LabelId) => string[] {
  const said = new Set(ranker.labels);
  return (label) => {
    const path: LabelId[] = [label];
    for (
      let above = lexicon.wordnet.parents(label)[0];
      above !== undefined && !path.includes(above);
      above = lexicon.wordnet.parents(above)[0]
    )
      path.unshift(above);
    return path.filter((step) => step === label || said.has(step)).map((step) => fullName(lexicon.named(step)));
  };
}
