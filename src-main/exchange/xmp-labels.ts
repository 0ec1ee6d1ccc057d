import { open } from "node:fs/promises";
import { Refusal } from "../../src-shared/refusal";
import { keywordsOf, xmpDescriptions } from "../images/xmp";
import { encodingOf, unreadableFile } from "./text-stream";

/** A sidecar holds keywords and settings; edits of many strokes come to some MB. */
const MAX_SIDECAR_BYTES = 16 * 2 ** 20;

/**
 * The keywords of a sidecar, each from the general to the particular.
 * @throws Refusal `no-file`, `bad-xmp`
 */
export async function readSidecar(file: string): Promise<string[][]> {
  const handle = await open(file).catch((error: unknown) => {
    throw unreadableFile(file, error);
  });
  try {
    const { size } = await handle.stat();
    if (size > MAX_SIDECAR_BYTES)
      throw new Refusal(
        "bad-xmp",
        `${file} has ${size.toLocaleString("en")} bytes; sidecars are read up to ${MAX_SIDECAR_BYTES.toLocaleString("en")}`,
      );
    return xmpKeywords(await handle.readFile(), file);
  } finally {
    await handle.close();
  }
}

/** @param file whose XMP it is, for what is thrown @throws Refusal `bad-xmp` */
function xmpKeywords(bytes: Uint8Array, file: string): string[][] {
  const text = decoded(bytes, file);
  try {
    return keywordsOf(xmpDescriptions(text.replace(/\0+$/, "").trim()));
  } catch (error) {
    throw new Refusal(
      "bad-xmp",
      `${file} is no XMP: ${error instanceof Error ? error.message.split("\n", 1)[0] : String(error)}`,
    );
  }
}

function decoded(bytes: Uint8Array, file: string): string {
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw new Refusal("bad-xmp", `${file} is not ${encoding.toUpperCase()}`);
    throw error;
  }
}
