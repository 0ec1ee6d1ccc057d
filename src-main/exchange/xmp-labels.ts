import { open } from "node:fs/promises";
import { Refusal } from "../../src-shared/refusal";
import { keywordsOf, xmpDescriptions } from "../images/xmp";
import { regionsIn, type XmpRegions } from "../images/xmp-regions";
import { encodingOf, unreadableFile } from "./text-stream";

/** Sidecars hold keywords and settings; many brush strokes take a few MB. */
const MAX_SIDECAR_BYTES = 16 * 2 ** 20;

/** What Semblance reads from a sidecar. */
export interface SidecarFacts {
  /** Each from general to specific. */
  keywords: string[][];
  regions: XmpRegions;
}

/** @throws Refusal `no-file`, `bad-xmp` */
export async function readSidecar(file: string): Promise<SidecarFacts> {
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
    return factsIn(await handle.readFile(), file);
  } finally {
    await handle.close();
  }
}

/** @param file path for error messages @throws Refusal `bad-xmp` */
function factsIn(bytes: Uint8Array, file: string): SidecarFacts {
  const text = decoded(bytes, file).replace(/\0+$/, "").trim();
  try {
    return { keywords: keywordsOf(xmpDescriptions(text)), regions: regionsIn(text) };
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
