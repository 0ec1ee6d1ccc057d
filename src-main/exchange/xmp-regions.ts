import type { Document, Element } from "@xmldom/xmldom";
import { Refusal } from "../../src-shared/refusal";
import { sizeTurned } from "../base/orientation";
import { overlapOf, type Rectangle } from "../base/overlap";
import { XMP_NAMESPACES } from "../images/xmp-names";
import { dimensionsIn, regionItems, regionOf, type XmpRegion } from "../images/xmp-regions";
import { SAME_BOX } from "../store/box-verdicts";
import { orientationOfRegions, type PhotoInFile, regionOfBox } from "./mwg-regions";
import {
  addItem,
  addProperty,
  childrenOf,
  descriptionsBeside,
  folded,
  inXml,
  itemsOf,
  listOf,
  prefixed,
  put,
  SEMBLANCE,
  takeAway,
  textOf,
} from "./xmp-document";

/** Boxes of a photo that its sidecar is to have as regions. */
export interface SidecarRegions {
  photo: PhotoInFile;
  boxes: {
    /** "" for a face that isn't named. */
    name: string;
    isFace: boolean;
    box: Rectangle;
  }[];
}

const { rdf: RDF, "mwg-rs": MWG, stDim: DIM, stArea: AREA } = XMP_NAMESPACES;
const FACE = "Face";
/** Boxes are stored in steps of 1/10,000, so their centres have five places. */
const PLACES = 6;

type Wanted = Pick<XmpRegion, "name" | "type" | "x" | "y" | "w" | "h">;

/**
 * Merges boxes into a sidecar's regions (MWG). Regions of other programs stay as they are, and a box that they have
 * already isn't added. Removes regions that Semblance wrote and that are no longer wanted.
 * @returns whether anything changed
 * @throws Refusal `not-xmp` if there are regions of an image with another aspect ratio
 */
export function mergeRegions(
  file: string,
  document: Document,
  description: Element,
  { photo, boxes }: SidecarRegions,
): boolean {
  const beside = descriptionsBeside(description);
  const existing = beside.flatMap((each) => childrenOf(each, MWG, "Regions"));
  const appliedTo = existing[0] ? dimensionsIn(existing[0]) : null;
  const orientation = orientationOfRegions(appliedTo, photo);
  if (orientation === null)
    throw new Refusal(
      "not-xmp",
      `${file} is left unchanged because its regions are of an image of ${appliedTo!.width} × ${appliedTo!.height} ` +
        "pixels, which has another aspect ratio than the photo.",
    );
  const wanted = new Map(
    boxes.map(({ name, isFace, box }) => {
      const region = { name: inXml(name), type: isFace ? FACE : "", ...regionOfBox(box, orientation) };
      return [keyOf(region), region];
    }),
  );
  const memory = beside.flatMap((each) => childrenOf(each, SEMBLANCE, "regions"));
  const ours = new Set(memory.flatMap(itemsOf).map(textOf));
  const items = existing.flatMap(regionItems).map((item) => ({ item, region: regionOf(item) }));
  const gone = items.filter(({ region }) => ours.has(keyOf(region)) && !wanted.has(keyOf(region)));
  const kept = items.filter((one) => !gone.includes(one)).map(({ region }) => region);
  const added = [...wanted.values()].filter((region) => !kept.some((other) => isSame(region, other)));
  const present = new Set(kept.map(keyOf));
  const remembered = [...wanted.keys()].filter(
    (key) => added.some((one) => keyOf(one) === key) || (ours.has(key) && present.has(key)),
  );
  if (gone.length === 0 && added.length === 0 && remembered.length === ours.size) return false;

  for (const { item } of gone) takeAway(item);
  if (added.length > 0) {
    const list = listIn(document, existing[0] ?? addRegions(document, description, photo));
    for (const region of added) addRegion(document, list, region);
  }
  for (const each of memory) takeAway(each);
  if (remembered.length > 0) {
    const record = addProperty(document, description, SEMBLANCE, "semblance:regions");
    for (const key of remembered) addItem(document, record, key);
  }
  for (const each of existing) if (gone.length > 0 && regionItems(each).length === 0) takeAway(each);
  return true;
}

/** Identifies a region that Semblance wrote. */
const keyOf = ({ name, type, x, y, w, h }: Wanted): string =>
  [...[x, y, w, h].map(decimal), type, name].join(" ").trim();

/** The same thing in the same place. A face without a name is the same as one with a name. */
function isSame(a: Wanted, b: Wanted): boolean {
  const isNamed = folded(a.name) === folded(b.name) || (a.type === FACE && b.type === FACE && a.name === "");
  return isNamed && overlapOf(sidesOf(a), sidesOf(b)) >= SAME_BOX;
}

const sidesOf = ({ x, y, w, h }: Wanted): Rectangle => [x - w / 2, y - h / 2, x + w / 2, y + h / 2];

const decimal = (value: number): string => String(Number(value.toFixed(PLACES)));

function addRegions(document: Document, description: Element, photo: PhotoInFile): Element {
  const regions = asStruct(description, addProperty(document, description, MWG, "mwg-rs:Regions"));
  const { width, height } = sizeTurned(photo, photo.orientation);
  if (width > 0 && height > 0) {
    const applied = struct(document, regions, MWG, "mwg-rs:AppliedToDimensions", 4);
    field(document, applied, DIM, "stDim:w", String(width));
    field(document, applied, DIM, "stDim:h", String(height));
    field(document, applied, DIM, "stDim:unit", "pixel");
  }
  return regions;
}

/** The list of a property's regions, made if there is none. */
function listIn(document: Document, regions: Element): Element {
  const holder = childrenOf(regions, RDF, "Description")[0] ?? regions;
  if (holder === regions && regions.childNodes.length === 0) asStruct(regions.parentNode as Element, regions);
  let property = childrenOf(holder, MWG, "RegionList")[0];
  if (!property) {
    property = document.createElementNS(MWG, "mwg-rs:RegionList");
    put(holder, property, 4);
  }
  const existing = listOf(property);
  if (existing) return existing;
  const list = document.createElementNS(RDF, prefixed(regions, "Bag"));
  put(property, list, 5);
  return list;
}

function addRegion(document: Document, list: Element, { name, type, x, y, w, h }: Wanted): void {
  const item = asStruct(list, document.createElementNS(RDF, prefixed(list, "li")));
  put(list, item, 6);
  const area = struct(document, item, MWG, "mwg-rs:Area", 7);
  for (const [side, value] of Object.entries({ x, y, w, h }))
    field(document, area, AREA, `stArea:${side}`, decimal(value));
  field(document, area, AREA, "stArea:unit", "normalized");
  if (name !== "") field(document, item, MWG, "mwg-rs:Name", name, 7);
  if (type !== "") field(document, item, MWG, "mwg-rs:Type", type, 7);
}

function struct(document: Document, parent: Element, namespace: string, name: string, depth: number): Element {
  const element = asStruct(parent, document.createElementNS(namespace, name));
  put(parent, element, depth);
  return element;
}

function field(document: Document, parent: Element, namespace: string, name: string, text: string, depth = 8): void {
  const element = document.createElementNS(namespace, name);
  element.appendChild(document.createTextNode(text));
  put(parent, element, depth);
}

function asStruct(near: Element, element: Element): Element {
  element.setAttributeNS(RDF, `${near.lookupPrefix(RDF) ?? "rdf"}:parseType`, "Resource");
  return element;
}
