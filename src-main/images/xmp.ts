import { DOMParser, type Element, type Node } from "@xmldom/xmldom";
import type { Place } from "../places/gazetteer";
import { xmpPlace } from "./written-place";
import { type FileMarks, readMarks } from "./xmp-marks";
import { HIERARCHIES, type KeywordProperty, SUBJECT, XMP_NAMESPACES } from "./xmp-names";

/** What Semblance reads from the XMP packet of a photo. */
export interface XmpFacts extends FileMarks {
  /** Each a path from general to specific; plain keywords have one step. */
  keywords: string[][];
  /** The file contains a film after the image: Google's Motion Photo, or the older MicroVideo. */
  motion: boolean;
  /** Where it was taken, in words; null if not written. */
  place: Place | null;
}

export const NO_XMP: XmpFacts = { keywords: [], flag: null, rating: null, colour: null, motion: false, place: null };

const { rdf: RDF, xmp: XMP, xmpDM: DYNAMIC_MEDIA, digiKam: DIGIKAM, MicrosoftPhoto: MICROSOFT } = XMP_NAMESPACES;
const CAMERA = "http://ns.google.com/photos/1.0/camera/";
/** Longer packets are ignored. Those of cameras and photo programs have a few kilobytes. */
const MAX_PACKET_BYTES = 4 * 2 ** 20;

/**
 * Reads an XMP packet (ISO 16684-1). One that is damaged, too long or declares entities is ignored: the image itself
 * may be fine.
 * @param packet UTF-8, as in the file
 */
export function readXmp(packet: Uint8Array | undefined): XmpFacts {
  if (!packet || packet.length > MAX_PACKET_BYTES) return NO_XMP;
  const text = new TextDecoder().decode(packet).replace(/\0+$/, "");
  const descriptions = knownDescriptions(text);
  return {
    keywords: keywordsOf(descriptions),
    place: xmpPlace(descriptions, (namespace, name) => property(descriptions, namespace, name)),
    ...marksIn(descriptions),
    motion: ["MotionPhoto", "MicroVideo"].some((name) => property(descriptions, CAMERA, name)[0] === "1"),
  };
}

/** The flag, rating and colour label of an XMP packet. */
export function marksIn(descriptions: Element[]): FileMarks {
  const first = (namespace: string, name: string) => property(descriptions, namespace, name)[0];
  return readMarks({
    rating: first(XMP, "Rating"),
    label: first(XMP, "Label"),
    pick: first(DYNAMIC_MEDIA, "pick"),
    good: first(DYNAMIC_MEDIA, "good"),
    pickLabel: first(DIGIKAM, "PickLabel"),
    colorLabel: first(DIGIKAM, "ColorLabel"),
    percent: first(MICROSOFT, "Rating"),
  });
}

/** Programs also write the steps of a path as plain keywords; those are left out. */
export function keywordsOf(descriptions: Element[]): string[][] {
  const values = ({ prefix, name }: KeywordProperty) => property(descriptions, XMP_NAMESPACES[prefix], name);
  const paths = HIERARCHIES.flatMap((hierarchy) =>
    values(hierarchy).map((path) => stepsOf(path.split(hierarchy.separator!))),
  );
  return withoutRepeats(paths, values(SUBJECT));
}

/** Each path once, then the plain keywords that occur in no path. */
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
 * The descriptions of an XMP packet. XMP doesn't allow a document type; one would be an attempt to expand entities or
 * read files.
 * @throws Error if there is one, or the packet is not well-formed
 */
export function xmpDescriptions(text: string): Element[] {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw new Error("document types are not allowed in XMP");
  const document = new DOMParser({
    onError: (level, message) => {
      if (level !== "warning") throw new Error(message);
    },
  }).parseFromString(text, "text/xml");
  return Array.from(document.getElementsByTagNameNS(RDF, "Description"));
}

/** The values of a property, which may be an attribute, an element with text, or a list. */
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

/** Some programs write Microsoft's namespace without the final slash. */
export const bare = (namespace: string): string => namespace.replace(/\/$/, "");

function valuesOf(element: Element): string[] {
  const items = Array.from(element.getElementsByTagNameNS(RDF, "li"));
  return items.length > 0 ? items.map((item) => item.textContent ?? "") : [element.textContent ?? ""];
}
