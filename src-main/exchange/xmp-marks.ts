import type { Document, Element } from "@xmldom/xmldom";
import { type Flag, isColourLabel, type PhotoMarks } from "../../src-shared/photo-marks";
import { bare, marksIn } from "../images/xmp";
import { colourOfText, DIGIKAM_COLOURS, PERCENT_OF_STARS } from "../images/xmp-marks";
import { XMP_NAMESPACES } from "../images/xmp-names";
import { addProperty, descriptionsBeside, inXml, takeAway } from "./xmp-document";

type Prefix = "xmp" | "xmpDM" | "digiKam" | "MicrosoftPhoto";

const PICK: Record<Flag, string> = { pick: "1", none: "0", reject: "-1" };
const PICK_LABEL: Record<Flag, string> = { pick: "3", none: "0", reject: "1" };

/**
 * Writes a photo's flag, rating and colour label into a sidecar, as Lightroom, Bridge, digiKam and Windows read them.
 * What it says already stays as it is, such as a colour's name in another language; so do properties of other programs.
 * @returns whether anything changed
 */
export function mergeMarks(document: Document, description: Element, marks: PhotoMarks): boolean {
  const beside = descriptionsBeside(description);
  const before = marksIn(beside);
  let changed = false;
  /** @param isNeeded false changes the property only where it exists */
  const set = (prefix: Prefix, name: string, value: string | null, isNeeded: boolean) => {
    const existing = beside.flatMap((each) => simpleProperties(each, prefix, name));
    if (existing.length === 0 && (value === null || !isNeeded)) return;
    if (existing.length > 0 && existing.every((one) => one.value === value)) return;
    changed = true;
    const [first, ...repeated] = existing;
    for (const one of value === null ? existing : repeated) one.remove();
    if (value === null) return;
    if (first) return first.set(inXml(value));
    const property = addProperty(document, description, XMP_NAMESPACES[prefix], `${prefix}:${name}`);
    property.appendChild(document.createTextNode(inXml(value)));
  };
  const { flag, rating, colour } = marks;

  if ((before.flag ?? "none") !== flag) {
    const isSet = flag !== "none";
    set("xmpDM", "pick", PICK[flag], isSet);
    set("xmpDM", "good", isSet ? (flag === "pick" ? "True" : "False") : null, isSet);
    set("digiKam", "PickLabel", PICK_LABEL[flag], isSet);
  }
  // Bridge has no other sign of rejection than a rating of -1, which leaves no room for stars.
  const wanted = flag === "reject" && rating === 0 ? "-1" : String(rating);
  const isRejectedBefore = before.flag === "reject" && before.rating === 0;
  if ((before.rating ?? 0) !== rating || isRejectedBefore !== (wanted === "-1")) {
    set("xmp", "Rating", wanted, true);
    set("MicrosoftPhoto", "Rating", String(PERCENT_OF_STARS[rating]), false);
  }
  if ((before.colour ?? "") !== colourOfText(colour)) {
    set("xmp", "Label", colour === "" ? null : isColourLabel(colour) ? capitalised(colour) : colour, true);
    const number = DIGIKAM_COLOURS.indexOf(colour);
    set("digiKam", "ColorLabel", String(Math.max(0, number)), number > 0);
  }
  return changed;
}

/** The attributes and elements of a description that hold a property. */
function simpleProperties(
  description: Element,
  prefix: Prefix,
  name: string,
): { value: string; set(value: string): void; remove(): void }[] {
  const namespace = bare(XMP_NAMESPACES[prefix]);
  const isIt = (node: { localName: string | null; namespaceURI: string | null }) =>
    node.localName === name && bare(node.namespaceURI ?? "") === namespace;
  const elements = Array.from(description.childNodes).filter(
    (node): node is Element => node.nodeType === node.ELEMENT_NODE && isIt(node),
  );
  return [
    ...Array.from(description.attributes)
      .filter(isIt)
      .map((attribute) => ({
        value: attribute.value,
        set: (value: string) => {
          attribute.value = value;
        },
        remove: () => void description.removeAttributeNode(attribute),
      })),
    ...elements.map((element) => ({
      value: (element.textContent ?? "").trim(),
      set: (value: string) => {
        element.textContent = value;
      },
      remove: () => takeAway(element),
    })),
  ];
}

const capitalised = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);
