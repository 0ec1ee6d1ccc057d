import type { FileHandle } from "node:fs/promises";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { LabelId } from "../../src-shared/contract";
import { type LabelRow, rowsOf, type WriteResult } from "./csv";
import type { LabelledFile, LabelledFiles } from "./labelled-files";

/** Minimum rows per row group, except for the last one. */
const ROWS_PER_GROUP = 50_000;

interface Row extends LabelRow {
  file: LabelledFile;
}
type Column = {
  name: string;
  type: "STRING" | "INT32" | "INT64" | "FLOAT";
  nullable: boolean;
  of(row: Row): string | number | bigint | null;
};

const columnsOf = (nameOf: (label: LabelId) => string, split: boolean): Column[] => [
  { name: "path", type: "STRING", nullable: false, of: ({ file }) => file.path },
  { name: "label", type: "STRING", nullable: false, of: ({ label }) => nameOf(label) },
  { name: "label_id", type: "STRING", nullable: false, of: ({ label }) => label },
  { name: "score", type: "FLOAT", nullable: false, of: ({ score }) => score },
  { name: "source", type: "STRING", nullable: false, of: ({ source }) => source },
  { name: "model", type: "INT32", nullable: true, of: ({ model }) => model },
  ...(split ? [{ name: "split", type: "STRING", nullable: true, of: ({ file }) => file.part } satisfies Column] : []),
  { name: "width", type: "INT32", nullable: true, of: ({ file }) => file.width || null },
  { name: "height", type: "INT32", nullable: true, of: ({ file }) => file.height || null },
  { name: "bytes", type: "INT64", nullable: false, of: ({ file }) => BigInt(file.bytes) },
  { name: "taken", type: "STRING", nullable: true, of: ({ file }) => file.takenAt },
];

/**
 * Writes labels as Parquet, one row per file and label. `taken` is text, as the camera wrote it, often without a time
 * zone.
 * @param withRejected rejected labels get rows too, with score 0
 */
export async function writeParquet(
  files: LabelledFiles,
  nameOf: (label: LabelId) => string,
  withRejected: boolean,
  handle: FileHandle,
): Promise<WriteResult> {
  const columns = columnsOf(nameOf, files.split);
  const schema = [
    { name: "labels", num_children: columns.length },
    ...columns.map(({ name, type, nullable }) => ({
      name,
      type: type === "STRING" ? ("BYTE_ARRAY" as const) : type,
      repetition_type: nullable ? ("OPTIONAL" as const) : ("REQUIRED" as const),
      ...(type === "STRING" ? { converted_type: "UTF8" as const } : {}),
    })),
  ];
  const bytes = fileWriter(handle);
  const parquet = new ParquetWriter({ writer: bytes, schema, createdBy: "Semblance" });
  let [group, rows]: [Row[], number] = [[], 0];
  const flush = async () => {
    await parquet.write({
      columnData: columns.map(({ name, of }) => ({ name, data: group.map(of) })),
      rowGroupSize: group.length,
    });
    rows += group.length;
    group = [];
  };
  for await (const file of files.read()) {
    for (const row of rowsOf(file, withRejected)) group.push({ ...row, file });
    if (group.length >= ROWS_PER_GROUP) await flush();
  }
  if (group.length > 0) await flush();
  await parquet.finish();
  return { rows, notes: [] };
}

/** Writes encoded bytes to the file after each row group. */
function fileWriter(handle: FileHandle): ByteWriter {
  const writer = new ByteWriter();
  const handOn = async () => {
    const encoded = writer.getBytes().slice();
    writer.index = 0;
    await handle.writeFile(encoded);
  };
  return Object.assign(writer, { flush: handOn, finish: handOn });
}
