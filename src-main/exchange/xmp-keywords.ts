import { type Document, DOMParser, type Element, XMLSerializer } from "@xmldom/xmldom";
import { Refusal } from "../../src-shared/refusal";
import { HIERARCHIES, type KeywordProperty, SUBJECT, XMP_NAMESPACES } from "../images/xmp-names";

/** The same labels as flat keywords and as hierarchical ones. */
export interface Keywords {
  subject: string[];
  hierarchical: string[];
}

/** Sidecars record which keywords Semblance wrote. Only those are ever removed. */
const SEMBLANCE = "urn:semblance:xmp:1.0/";
const [HIERARCHICAL] = HIERARCHIES;
const { rdf: RDF, dc, lr, x } = XMP_NAMESPACES;

/** An empty sidecar. */
const EMPTY = `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="${x}">
 <rdf:RDF xmlns:rdf="${RDF}">
  <rdf:Description rdf:about="" xmlns:dc="${dc}" xmlns:lr="${lr}" xmlns:semblance="${SEMBLANCE}">
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
`;

/**
 * Merges keywords into a sidecar. Keeps everything that others wrote, down to comments. Removes keywords that Semblance
 * wrote and that are no longer wanted; a keyword that was there before never counts as Semblance's.
 * @param file path of the sidecar
 * @param sidecar its text; null if it doesn't exist
 * @returns null if it already has these keywords
 * @throws Refusal `not-xmp`
 */
export function mergeKeywords(
  file: string,
  sidecar: string | null,
  { subject, hierarchical }: Keywords,
): string | null {
  const document = parse(file, sidecar ?? EMPTY);
  const description = firstDescription(file, document);
  const changes = [
    mergeProperty(document, description, SUBJECT, subject),
    mergeProperty(document, description, HIERARCHICAL, hierarchical),
  ];
  return changes.includes(true)
    ? (sidecar?.startsWith("\uFEFF") ? "\uFEFF" : "") + new XMLSerializer().serializeToString(document)
    : null;
}

function parse(file: string, text: string): Document {
  let document: Document;
  try {
    const onError = (level: string, message: string) => {
      if (level !== "warning") throw new Error(message);
    };
    document = new DOMParser({ onError }).parseFromString(text.replace(/^\uFEFF/, ""), "text/xml");
  } catch (error) {
    throw new Refusal(
      "not-xmp",
      `${file} is left unchanged because it isn’t valid XML: ${(error as Error).message.split("\n")[0]}`,
    );
  }
  if (document.doctype)
    throw new Refusal("not-xmp", `${file} is left unchanged because it has a document type, which XMP doesn’t allow.`);
  return document;
}

/** @throws Refusal `not-xmp` if there is no RDF */
function firstDescription(file: string, document: Document): Element {
  const root = document.getElementsByTagNameNS(RDF, "RDF").item(0);
  if (!root) throw new Refusal("not-xmp", `${file} is left unchanged because it isn’t XMP: it has no rdf:RDF.`);
  const existing = childrenOf(root, RDF, "Description")[0];
  if (existing) return existing;
  const description = document.createElementNS(RDF, prefixed(root, "Description"));
  description.setAttributeNS(RDF, prefixed(root, "about"), "");
  put(root, description, 2);
  return description;
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

const descriptionsBeside = (description: Element): Element[] =>
  childrenOf(description.parentNode as Element, RDF, "Description");

/** Whether the property is a list that is empty after removing Semblance's keywords. */
const isOurs = (property: Element, gone: readonly Element[]): boolean => gone.length > 0 && textOf(property) === "";

/** The property's list: a bag, though some programs write other kinds. */
const listOf = (property: Element): Element | null =>
  childrenOf(property, RDF).find(({ localName }) => ["Bag", "Seq", "Alt"].includes(localName!)) ?? null;
const itemsOf = (property: Element): Element[] => {
  const list = listOf(property);
  return list ? childrenOf(list, RDF, "li") : [];
};

function addProperty(document: Document, description: Element, namespace: string, qualifiedName: string): Element {
  const property = document.createElementNS(namespace, qualifiedName);
  put(description, property, 3);
  return property;
}

function addItem(document: Document, property: Element, keyword: string): void {
  const description = property.parentNode as Element;
  let list = listOf(property);
  if (!list) {
    const text = textOf(property); // a single keyword without a list
    while (property.firstChild) property.removeChild(property.firstChild);
    list = document.createElementNS(RDF, prefixed(description, "Bag"));
    put(property, list, 4);
    if (text !== "") addItem(document, property, text);
  }
  const item = document.createElementNS(RDF, prefixed(description, "li"));
  item.appendChild(document.createTextNode(keyword));
  put(list, item, 5);
}

/** Appends an element on a new line. */
function put(parent: Element, child: Element, depth: number): void {
  const document = parent.ownerDocument!;
  if (parent.lastChild?.nodeType === parent.TEXT_NODE && parent.lastChild.nodeValue!.trim() === "")
    parent.removeChild(parent.lastChild);
  parent.appendChild(document.createTextNode(`\n${" ".repeat(depth)}`));
  parent.appendChild(child);
  parent.appendChild(document.createTextNode(`\n${" ".repeat(depth - 1)}`));
}

function takeAway(element: Element): void {
  const before = element.previousSibling;
  if (before?.nodeType === element.TEXT_NODE && before.nodeValue!.trim() === "") before.parentNode!.removeChild(before);
  element.parentNode!.removeChild(element);
}

function childrenOf(parent: Element, namespace: string, name?: string): Element[] {
  return Array.from(parent.childNodes).filter(
    (node): node is Element =>
      node.nodeType === parent.ELEMENT_NODE &&
      node.namespaceURI === namespace &&
      (name === undefined || node.localName === name),
  );
}

/** An RDF name with the document's own prefix. */
const prefixed = (near: Element, name: string): string => `${near.lookupPrefix(RDF) ?? "rdf"}:${name}`;
const textOf = (element: Element): string => (element.textContent ?? "").trim();
/** Photo programs treat keywords that differ only in case as one. */
const folded = (text: string): string => text.toLowerCase();
/** Replaces characters that XML can't represent. */
const inXml = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, " ")
    .trim();
