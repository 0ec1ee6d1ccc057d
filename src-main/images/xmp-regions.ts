import type { Element } from "@xmldom/xmldom";
import type { Orientation } from "../base/orientation";
import { bare, xmpDescriptions } from "./xmp";
import { XMP_NAMESPACES } from "./xmp-names";

/** Regions of the Metadata Working Group (Guidelines for Handling Image Metadata 2.0, 5.9 Image Regions). */
export interface XmpRegions {
  /** Of the image that the regions were made for, in pixels; null if not said. */
  appliedTo: { width: number; height: number } | null;
  regions: XmpRegion[];
}

export interface XmpRegion {
  /** "" if not named. */
  name: string;
  /** "Face", "Pet", "Focus" or "BarCode"; "" if not said. */
  type: string;
  /** The centre and the size, usually as fractions of the stored pixels; NaN if missing, as for a circle or a point. */
  x: number;
  y: number;
  w: number;
  h: number;
  /** "normalized" for fractions, or "pixel". */
  unit: string;
  /** Clockwise, in radians. */
  rotation: number;
}

/** How a photo's stored pixels are turned, and the regions that its own XMP says they have. */
export interface PlacedRegions {
  orientation: Orientation;
  regions: XmpRegions;
}

export const NO_REGIONS: XmpRegions = { appliedTo: null, regions: [] };

const { rdf: RDF, "mwg-rs": MWG, stDim: DIM, stArea: AREA } = XMP_NAMESPACES;

/** @throws Error if the packet is not well-formed, see `xmpDescriptions` */
export function regionsIn(packet: string): XmpRegions {
  const properties = xmpDescriptions(packet).flatMap((description) => childrenNamed(description, MWG, "Regions"));
  const [first] = properties;
  return first
    ? { appliedTo: dimensionsIn(first), regions: properties.flatMap(regionItems).map(regionOf) }
    : NO_REGIONS;
}

export function dimensionsIn(regions: Element): XmpRegions["appliedTo"] {
  const [applied] = structOf(regions).flatMap((struct) => childrenNamed(struct, MWG, "AppliedToDimensions"));
  if (!applied) return null;
  const [width, height] = [numberIn(applied, DIM, "w"), numberIn(applied, DIM, "h")];
  return width > 0 && height > 0 && Number.isFinite(width * height) ? { width, height } : null;
}

/** The list items of a property with regions. */
export const regionItems = (regions: Element): Element[] =>
  structOf(regions)
    .flatMap((struct) => childrenNamed(struct, MWG, "RegionList"))
    .flatMap((list) => ["Bag", "Seq", "Alt"].flatMap((kind) => childrenNamed(list, RDF, kind)))
    .flatMap((list) => childrenNamed(list, RDF, "li"));

export function regionOf(item: Element): XmpRegion {
  const [area] = structOf(item).flatMap((struct) => childrenNamed(struct, MWG, "Area"));
  const side = (name: string) => (area ? numberIn(area, AREA, name) : NaN);
  const rotation = numberIn(item, MWG, "Rotation");
  return {
    name: textIn(item, MWG, "Name") ?? "",
    type: textIn(item, MWG, "Type") ?? "",
    x: side("x"),
    y: side("y"),
    w: side("w"),
    h: side("h"),
    unit: (area && textIn(area, AREA, "unit")) ?? "normalized",
    rotation: Number.isFinite(rotation) ? rotation : 0,
  };
}

/** A structure's fields are attributes or children of its element, or of an rdf:Description in it (XMP Part 1, 7.6). */
const structOf = (element: Element): Element[] => [element, ...childrenNamed(element, RDF, "Description")];

const numberIn = (element: Element, namespace: string, name: string): number => {
  const text = textIn(element, namespace, name)?.trim() ?? "";
  return text === "" ? NaN : Number(text);
};

function textIn(element: Element, namespace: string, name: string): string | null {
  for (const struct of structOf(element)) {
    const attribute = Array.from(struct.attributes).find(
      (one) => one.localName === name && bare(one.namespaceURI ?? "") === bare(namespace),
    );
    const text = attribute?.value ?? childrenNamed(struct, namespace, name)[0]?.textContent;
    if (text !== undefined && text !== null) return text.trim();
  }
  return null;
}

const childrenNamed = (parent: Element, namespace: string, name: string): Element[] =>
  Array.from(parent.childNodes).filter(
    (node): node is Element =>
      node.nodeType === parent.ELEMENT_NODE &&
      node.localName === name &&
      bare(node.namespaceURI ?? "") === bare(namespace),
  );
