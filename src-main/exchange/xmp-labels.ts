import { DOMParser, type Document } from "@xmldom/xmldom";
import { open } from "node:fs/promises";
import { Refusal } from "../refusal";
import { distinctKeywords, stepsOf } from "./photo-keywords";
import { cannotRead, encodingOf } from "./text-stream";
import { HIERARCHIES, type KeywordProperty, SUBJECT, XMP_NAMESPACES } from "./xmp-names";

/** A sidecar holds keywords and settings; edits of many strokes come to some MB. */
const SIDECAR_MOST = 16 * 2 ** 20;

/**
 * The keywords of a sidecar, each with its path where the sidecar has one: of the programs that write paths the first in `HIERARCHIES` that wrote any.
 * @throws Refusal `no-file`, `bad-xmp`
 */
export async function readSidecar(file: string): Promise<string[][]> {
  const handle = await open(file).catch((error: unknown) => { throw cannotRead(file, error); });
  try {
    const { size } = await handle.stat();
    if (size > SIDECAR_MOST) throw new Refusal("bad-xmp", `${file} has ${size.toLocaleString("en")} bytes; sidecars are read up to ${SIDECAR_MOST.toLocaleString("en")}`);
    return xmpKeywords(await handle.readFile(), file);
  } finally {
    await handle.close();
  }
}

/** @param file whose XMP it is, for what is thrown @throws Refusal `bad-xmp` */
export function xmpKeywords(bytes: Uint8Array, file: string): string[][] {
  const xmp = parseXmp(bytes, file);
  const hierarchy = HIERARCHIES.map((property) => valuesOf(xmp, property)).find((keywords) => keywords.length > 0) ?? [];
  return distinctKeywords([...hierarchy, ...valuesOf(xmp, SUBJECT)]);
}

/** XMP has no document type: what declares one wants entities expanded or files read, and is refused before it is parsed. @throws Refusal `bad-xmp` */
function parseXmp(bytes: Uint8Array, file: string): Document {
  const encoding = encodingOf(bytes);
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw new Refusal("bad-xmp", `${file} is not ${encoding.toUpperCase()}`);
    throw error;
  }
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new Refusal("bad-xmp", `${file} declares a document type, which XMP has not; it is not read`);
  const fail = (level: string, message: string) => {
    if (level !== "warning") throw new Refusal("bad-xmp", `${file} is not XML: ${message.split("\n", 1)[0]}`);
  };
  try {
    return new DOMParser({ onError: fail }).parseFromString(text.replace(/\0+$/, "").trim(), "text/xml");
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal("bad-xmp", `${file} is not XML: ${error instanceof Error ? error.message.split("\n", 1)[0] : String(error)}`);
  }
}

function valuesOf(xmp: Document, { prefix, name, separator }: KeywordProperty): string[][] {
  return Array.from(xmp.getElementsByTagNameNS(XMP_NAMESPACES[prefix], name))
    .flatMap((property) => Array.from(property.getElementsByTagNameNS(XMP_NAMESPACES.rdf, "li")))
    .map((item) => stepsOf(item.textContent ?? "", separator)).filter(({ length }) => length > 0);
}
