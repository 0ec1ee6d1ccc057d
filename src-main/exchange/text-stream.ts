import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { Refusal, type RefusalCode } from "../../src-shared/refusal";
import { requireFile } from "../base/input-file";

/** Bytes needed to tell UTF-16 from UTF-8. */
const ENCODING_BYTES = 4;

/** Detects the encoding from the byte order mark, or else from the positions of zero bytes. */
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

/** A refusal for a file that can't be read: `no-file`. */
export function unreadableFile(file: string, error: unknown): Refusal {
  const { code } = error as NodeJS.ErrnoException;
  return new Refusal(
    "no-file",
    code === "ENOENT" ? `There is no file ${file}.` : `Couldn’t read ${file} (${code ?? String(error)}).`,
  );
}

/**
 * Reads a text file in pieces, without its byte order mark. Detects UTF-8 and UTF-16.
 * @param code refusal code for other encodings
 * @throws Refusal `no-file`, `code`
 */
export async function* textOf(file: string, code: RefusalCode): AsyncGenerator<string> {
  const encoding = encodingOf(await firstBytesOf(file));
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for await (const bytes of createReadStream(file)) {
      const text = decoder.decode(bytes as Buffer, { stream: true });
      if (text !== "") yield text;
    }
    yield decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new Refusal(code, `${file} isn’t ${encoding.toUpperCase()}.`);
    throw (error as NodeJS.ErrnoException).syscall ? unreadableFile(file, error) : error;
  }
}

async function firstBytesOf(file: string): Promise<Uint8Array> {
  requireFile(file);
  const handle = await open(file).catch((error: unknown) => {
    throw unreadableFile(file, error);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(ENCODING_BYTES), 0, ENCODING_BYTES, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * Splits text into lines, numbered from 1, without their LF or CRLF.
 * @param most characters in a line
 * @throws Refusal `code` for a longer line, before reading more of it
 */
export async function* linesOf(
  text: AsyncIterable<string>,
  file: string,
  most: number,
  code: RefusalCode,
): AsyncGenerator<{ line: number; text: string }> {
  let rest = "";
  let line = 1;
  const refuseLong = (length: number) => {
    if (length > most)
      throw new Refusal(code, `Line ${line} of ${file} is longer than ${most.toLocaleString("en")} characters.`);
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

/** Parses JSON; undefined if the text is invalid. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
