import { open } from "node:fs/promises";
import { Refusal } from "../../src-shared/refusal";
import { keywordsOf, xmpDescriptions } from "../images/xmp";
import { encodingOf, unreadableFile } from "./text-stream";

/** Sidecars hold keywords and settings; many brush strokes take a few MB. */
const MAX_SIDECAR_BYTES = 16 * 2 ** 20;

/**
 * Reads the keywords of a sidecar, each from general to specific.
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
        `${file} is too large: it has ${size.toLocaleString("en")} bytes, and sidecars can have up ` +
          `to ${MAX_SIDECAR_BYTES.toLocaleString("en")}.`,
      );
    return xmpKeywords(await handle.readFile(), file);
  } finally {
    await handle.close();
  }
}

/** @param file path for error messages @throws Refusal `bad-xmp` */
function xmpKeywords(bytes: Uint8Array, file: string): string[][] {
  const text = decoded(bytes, file);
  try {
    return keywordsOf(xmpDescriptions(text.replace(/\0+$/, "").trim()));
  } catch (error) {
    throw new Refusal(
      "bad-xmp",
      `${file} isn’t XMP: ${error instanceof Error ? error.message.split("\n", 1)[0] : String(error)}`,
    );
  }
}

function decoded(bytes: Uint8Array, file: string): string {
  const encoding = encodingOf(bytes);
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw new Refusal("bad-xmp", `${file} isn’t ${encoding.toUpperCase()}.`);
    throw error;
  }
}
