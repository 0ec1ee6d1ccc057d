import { DOMParser, type Element, type Node } from "@xmldom/xmldom";
import { HIERARCHIES, type KeywordProperty, SUBJECT, XMP_NAMESPACES } from "./xmp-names";

/** What Semblance reads of the XMP packet in a photo. */
export interface XmpFacts {
  /** Each from general to particular; those without a path have one step. */
  keywords: string[][];
  /** 0 to 5, -1 for a rejected photo; null where nobody rated it. */
  rating: number | null;
  /** A film follows the picture in the same file: Google's Motion Photo, or its earlier MicroVideo. */
  motion: boolean;
}

export const NO_XMP: XmpFacts = { keywords: [], rating: null, motion: false };

const { rdf: RDF } = XMP_NAMESPACES;
const XMP = "http://ns.adobe.com/xap/1.0/";
const CAMERA = "http://ns.google.com/photos/1.0/camera/";
/** Packets of cameras and photo programs have some kilobytes; what is longer than this is not read. */
const MAX_PACKET_BYTES = 4 * 2 ** 20;

/**
 * Reads an XMP packet (ISO 16684-1). One that is damaged, too long or declares entities tells nothing: the picture is
 * none the worse.
 * @param packet UTF-8, as it lies in the photo
 */
export function readXmp(packet: Uint8Array | undefined): XmpFacts {
  if (!packet || packet.length > MAX_PACKET_BYTES) return NO_XMP;
  const text = new TextDecoder().decode(packet).replace(/\0+$/, "");
  const descriptions = knownDescriptions(text);
  const rating = Number(property(descriptions, XMP, "Rating")[0] ?? NaN);
  return {
    keywords: keywordsOf(descriptions),
    rating: Number.isInteger(rating) && rating >= -1 && rating <= 5 ? rating : null,
    motion: ["MotionPhoto", "MicroVideo"].some((name) => property(descriptions, CAMERA, name)[0] === "1"),
  };
}

/** Programs write the words of a path also without it; those are not said twice. */
export function keywordsOf(descriptions: Element[]): string[][] {
  const values = ({ prefix, name }: KeywordProperty) => property(descriptions, XMP_NAMESPACES[prefix], name);
  const paths = HIERARCHIES.flatMap((hierarchy) =>
    values(hierarchy).map((path) => stepsOf(path.split(hierarchy.separator!))),
  );
  return withoutRepeats(paths, values(SUBJECT));
}

/** Paths once each, then the plain words that are in none of them. */
export function withoutRepeats(paths: readonly string[][], words: readonly string[]): string[][] {
  const found = new Map<string, string[]>();
  for (const path of paths) if (path.length > 0) found.set(path.join("|").toLowerCase(), path);
  const said = new Set([...found.values()].flat().map((step) => step.toLowerCase()));
  for (const [word] of words.map((text) => stepsOf([text])))
    if (word !== undefined && !said.has(word.toLowerCase())) found.set(word.toLowerCase(), [word]);
  return [...found.values()];
}

const stepsOf = (path: string[]): string[] => path.map((step) => step.trim()).filter((step) => step !== "");

function knownDescriptions(text: string): Element[] {
  try {
    return xmpDescriptions(text);
  } catch {
    return []; // not well-formed
  }
}

/**
 * The descriptions of an XMP packet. XMP has no document type: one that declares it wants entities expanded or files
 * read. @throws Error where it does, or is not well-formed
 */
export function xmpDescriptions(text: string): Element[] {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new Error("it declares a document type, which XMP has not");
  const document = new DOMParser({
    onError: (level, message) => {
      if (level !== "warning") throw new Error(message);
    },
  }).parseFromString(text, "text/xml");
  return Array.from(document.getElementsByTagNameNS(RDF, "Description"));
}

/** The values of a property: an attribute's, an element's text, or those of its list. */
function property(descriptions: Element[], namespace: string, name: string): string[] {
  const isIt = (node: Node) => node.localName === name && bare(node.namespaceURI ?? "") === bare(namespace);
  return descriptions.flatMap((description) => {
    const elements = Array.from(description.childNodes).filter(
      (node): node is Element => node.nodeType === node.ELEMENT_NODE && isIt(node),
    );
    return [
      ...Array.from(description.attributes)
        .filter(isIt)
        .map(({ value }) => value),
      ...elements.flatMap(valuesOf),
    ];
  });
}

/** Some programs write Windows' namespace without its last slash. */
const bare = (namespace: string): string => namespace.replace(/\/$/, "");

function valuesOf(element: Element): string[] {
  const items = Array.from(element.getElementsByTagNameNS(RDF, "li"));
  return items.length > 0 ? items.map((item) => item.textContent ?? "") : [element.textContent ?? ""];
}
