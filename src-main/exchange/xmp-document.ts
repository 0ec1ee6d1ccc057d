import { type Document, DOMParser, type Element } from "@xmldom/xmldom";
import { Refusal } from "../../src-shared/refusal";
import { XMP_NAMESPACES } from "../images/xmp-names";

/** The namespace in which sidecars record what Semblance wrote. Only that is ever removed. */
export const SEMBLANCE = "urn:semblance:xmp:1.0/";
const { rdf: RDF, dc, lr, x } = XMP_NAMESPACES;

/** An empty sidecar. */
export const EMPTY = `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="${x}">
 <rdf:RDF xmlns:rdf="${RDF}">
  <rdf:Description rdf:about="" xmlns:dc="${dc}" xmlns:lr="${lr}" xmlns:semblance="${SEMBLANCE}">
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
`;

/** @throws Refusal `not-xmp` if it isn't valid XML, or has a document type */
export function parseSidecar(file: string, text: string): Document {
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
export function firstDescription(file: string, document: Document): Element {
  const root = document.getElementsByTagNameNS(RDF, "RDF").item(0);
  if (!root) throw new Refusal("not-xmp", `${file} is left unchanged because it isn’t XMP: it has no rdf:RDF.`);
  const existing = childrenOf(root, RDF, "Description")[0];
  if (existing) return existing;
  const description = document.createElementNS(RDF, prefixed(root, "Description"));
  description.setAttributeNS(RDF, prefixed(root, "about"), "");
  put(root, description, 2);
  return description;
}

export const descriptionsBeside = (description: Element): Element[] =>
  childrenOf(description.parentNode as Element, RDF, "Description");

/** The property's list: a bag, though some programs write other kinds. */
export const listOf = (property: Element): Element | null =>
  childrenOf(property, RDF).find(({ localName }) => ["Bag", "Seq", "Alt"].includes(localName!)) ?? null;
export const itemsOf = (property: Element): Element[] => {
  const list = listOf(property);
  return list ? childrenOf(list, RDF, "li") : [];
};

/** Adds an empty property. */
export function addProperty(
  document: Document,
  description: Element,
  namespace: string,
  qualifiedName: string,
): Element {
  const property = document.createElementNS(namespace, qualifiedName);
  put(description, property, 3);
  return property;
}

/** Adds text to the list of a property, which is made one if it isn't. */
export function addItem(document: Document, property: Element, keyword: string): void {
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
export function put(parent: Element, child: Element, depth: number): void {
  const document = parent.ownerDocument!;
  if (parent.lastChild?.nodeType === parent.TEXT_NODE && parent.lastChild.nodeValue!.trim() === "")
    parent.removeChild(parent.lastChild);
  parent.appendChild(document.createTextNode(`\n${" ".repeat(depth)}`));
  parent.appendChild(child);
  parent.appendChild(document.createTextNode(`\n${" ".repeat(depth - 1)}`));
}

export function takeAway(element: Element): void {
  const before = element.previousSibling;
  if (before?.nodeType === element.TEXT_NODE && before.nodeValue!.trim() === "") before.parentNode!.removeChild(before);
  element.parentNode!.removeChild(element);
}

export function childrenOf(parent: Element, namespace: string, name?: string): Element[] {
  return Array.from(parent.childNodes).filter(
    (node): node is Element =>
      node.nodeType === parent.ELEMENT_NODE &&
      node.namespaceURI === namespace &&
      (name === undefined || node.localName === name),
  );
}

/** An RDF name with the document's own prefix. */
export const prefixed = (near: Element, name: string): string => `${near.lookupPrefix(RDF) ?? "rdf"}:${name}`;
export const textOf = (element: Element): string => (element.textContent ?? "").trim();
/** Photo programs treat keywords that differ only in case as one. */
export const folded = (text: string): string => text.toLowerCase();
/** Replaces characters that XML can't represent. */
export const inXml = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, " ")
    .trim();
