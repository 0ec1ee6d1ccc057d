import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { Refusal } from "../../src-shared/refusal";

/** Enough to tell UTF-16 from UTF-8 by. */
const ENCODING_BYTES = 4;

/** The encoding of a text that begins so: by its byte order mark, else by where the zeros of its first letters lie. */
export function encodingOf(firstBytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if (
    (firstBytes[0] === 0xff && firstBytes[1] === 0xfe) ||
    (firstBytes[0] !== 0 && firstBytes[1] === 0 && firstBytes.length > 1)
  )
    return "utf-16le";
  if (
    (firstBytes[0] === 0xfe && firstBytes[1] === 0xff) ||
    (firstBytes[0] === 0 && firstBytes[1] !== 0 && firstBytes.length > 1)
  )
    return "utf-16be";
  return "utf-8";
}

/** @throws Refusal `no-file` */
export function unreadableFile(file: string, error: unknown): Refusal {
  const { code } = error as NodeJS.ErrnoException;
  return new Refusal(
    "no-file",
    code === "ENOENT" ? `there is no file ${file}` : `${file} can't be read (${code ?? String(error)})`,
  );
}

/**
 * A text file, piece by piece and without its byte order mark: UTF-8, or UTF-16 where it begins so.
 * @param code of the refusal where it is neither
 * @throws Refusal `no-file`, `code`
 */
export async function* textOf(file: string, code: string): AsyncGenerator<string> {
  const encoding = encodingOf(await firstBytesOf(file));
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const bytes of createReadStream(file)) {
      const text = decoder.decode(bytes as Buffer, { stream: true });
      if (text !== "") yield text;
    }
    yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new Refusal(code, `${file} is not ${encoding.toUpperCase()}`);
    throw (error as NodeJS.ErrnoException).syscall ? unreadableFile(file, error) : error;
  }
}

async function firstBytesOf(file: string): Promise<Uint8Array> {
  const handle = await open(file).catch((error: unknown) => {
    throw unreadableFile(file, error);
  });
  try {
    if (!(await handle.stat()).isFile()) throw new Refusal("no-file", `${file} is not a file`);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(ENCODING_BYTES), 0, ENCODING_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * Lines with their number from 1, without what ends them; LF and CRLF are the same.
 * @param most characters of a line
 * @throws Refusal `code` at a longer line, before more of it is read
 */
export async function* linesOf(
  text: AsyncIterable<string>,
  file: string,
  most: number,
  code: string,
): AsyncGenerator<{ line: number; text: string }> {
  let rest = "";
  let line = 1;
  const refuseLong = (length: number) => {
    if (length > most)
      throw new Refusal(code, `line ${line} of ${file} is longer than ${most.toLocaleString("en")} characters`);
  };
  for await (const piece of text) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop()!;
    for (const whole of lines) {
      refuseLong(whole.length);
      yield { line: line++, text: whole.replace(/\r$/, "") };
    }
    refuseLong(rest.length);
  }
  if (rest !== "") yield { line, text: rest };
}

/** What a line of JSON says; undefined where it is none. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
