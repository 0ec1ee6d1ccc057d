import { type Document, type Element, XMLSerializer } from "@xmldom/xmldom";
import type { PhotoMarks } from "../../src-shared/photo-marks";
import { HIERARCHIES, type KeywordProperty, SUBJECT, XMP_NAMESPACES } from "../images/xmp-names";
import {
  addItem,
  addProperty,
  childrenOf,
  descriptionsBeside,
  EMPTY,
  firstDescription,
  folded,
  inXml,
  itemsOf,
  parseSidecar,
  SEMBLANCE,
  takeAway,
  textOf,
} from "./xmp-document";
import { mergeMarks } from "./xmp-marks";
import { mergeRegions, type SidecarRegions } from "./xmp-regions";

/** The same labels as flat keywords and as hierarchical ones. */
export interface Keywords {
  subject: string[];
  hierarchical: string[];
}

const [HIERARCHICAL] = HIERARCHIES;

/**
 * Merges keywords into a sidecar. Keeps everything that others wrote, down to comments. Removes keywords that Semblance
 * wrote and that are no longer wanted; a keyword that was there before never counts as Semblance's.
 * @param file path of the sidecar
 * @param sidecar its text; null if it doesn't exist
 * @param regions boxes to write besides; null leaves regions as they are
 * @param marks flag, rating and colour label to write besides; null leaves them as they are
 * @returns null if it already has all of this
 * @throws Refusal `not-xmp`
 */
export function mergeKeywords(
  file: string,
  sidecar: string | null,
  { subject, hierarchical }: Keywords,
  regions: SidecarRegions | null = null,
  marks: PhotoMarks | null = null,
): string | null {
  const document = parseSidecar(file, sidecar ?? EMPTY);
  const description = firstDescription(file, document);
  const changes = [
    mergeProperty(document, description, SUBJECT, subject),
    mergeProperty(document, description, HIERARCHICAL, hierarchical),
    regions !== null && mergeRegions(file, document, description, regions),
    marks !== null && mergeMarks(document, description, marks),
  ];
  return changes.includes(true)
    ? (sidecar?.startsWith("\uFEFF") ? "\uFEFF" : "") + new XMLSerializer().serializeToString(document)
    : null;
}

/** @returns whether anything changed */
function mergeProperty(
  document: Document,
  description: Element,
  { prefix, name }: KeywordProperty,
  given: readonly string[],
): boolean {
  const keywords = [...new Set(given.map(inXml))];
  const namespace = XMP_NAMESPACES[prefix];
  unfold(document, description, namespace, name);
  const properties = descriptionsBeside(description).flatMap((each) => childrenOf(each, namespace, name));
  const items = properties.flatMap(itemsOf);
  const memory = descriptionsBeside(description).flatMap((each) => childrenOf(each, SEMBLANCE, name));
  const ours = new Set(memory.flatMap(itemsOf).map(textOf));

  const gone = items.filter((item) => ours.has(textOf(item)) && !keywords.includes(textOf(item)));
  const present = new Set(items.filter((item) => !gone.includes(item)).map((item) => folded(textOf(item))));
  const added = keywords.filter((keyword) => !present.has(folded(keyword)));
  const remembered = keywords.filter(
    (keyword) => added.includes(keyword) || (ours.has(keyword) && present.has(folded(keyword))),
  );
  if (gone.length === 0 && added.length === 0 && remembered.length === ours.size) return false;

  for (const item of gone) takeAway(item);
  const property =
    properties[0] ?? (added.length > 0 ? addProperty(document, description, namespace, `${prefix}:${name}`) : null);
  for (const keyword of added) addItem(document, property!, keyword);
  for (const each of memory) takeAway(each);
  if (remembered.length > 0) {
    const record = addProperty(document, description, SEMBLANCE, `semblance:${name}`);
    for (const keyword of remembered) addItem(document, record, keyword);
  }
  for (const each of properties) if (itemsOf(each).length === 0 && isOurs(each, gone)) takeAway(each);
  return true;
}

/** A list with one item can be an attribute (XMP Part 1, 7.9.2.2). Turns it into an element, which can hold more. */
function unfold(document: Document, description: Element, namespace: string, name: string): void {
  for (const each of descriptionsBeside(description)) {
    const attribute = each.getAttributeNodeNS(namespace, name);
    if (!attribute) continue;
    const property = addProperty(document, each, namespace, attribute.nodeName);
    addItem(document, property, attribute.value);
    each.removeAttributeNode(attribute);
  }
}

/** Whether the property is a list that is empty after removing Semblance's keywords. */
const isOurs = (property: Element, gone: readonly Element[]): boolean => gone.length > 0 && textOf(property) === "";
