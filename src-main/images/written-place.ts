import type { Element } from "@xmldom/xmldom";
import { countryCode } from "../places/countries";
import type { Place } from "../places/gazetteer";

/** A place that a program wrote into a file; null if nothing is left of it. */
export function writtenPlace(
  town: string | undefined,
  region: string | undefined,
  country: string | undefined,
): Place | null {
  const [place, area, state] = [town, region, country].map(
    (text) => text?.replace(/[\p{Cc}\s]+/gu, " ").trim() || null,
  );
  if (!place && !area && !state) return null;
  return { town: place!, region: area!, country: state ? countryCode(state) : null };
}

/** IPTC Extension. */
const EXTENSION = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/";
const CORE = "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/";
const PHOTOSHOP = "http://ns.adobe.com/photoshop/1.0/";

/**
 * The place in an XMP packet: what is shown, else where the camera was (IPTC Extension), else the older fields.
 * @param property reads a property's values
 */
export function xmpPlace(
  descriptions: readonly Element[],
  property: (namespace: string, name: string) => string[],
): Place | null {
  for (const name of ["LocationShown", "LocationCreated"]) {
    const found = descriptions.flatMap((each) => Array.from(each.getElementsByTagNameNS(EXTENSION, name)))[0];
    if (!found) continue;
    const part = (field: string) => fieldIn(found, field);
    const place = writtenPlace(part("City"), part("ProvinceState"), part("CountryCode") ?? part("CountryName"));
    if (place) return place;
  }
  return writtenPlace(
    property(PHOTOSHOP, "City")[0],
    property(PHOTOSHOP, "State")[0],
    property(CORE, "CountryCode")[0] ?? property(PHOTOSHOP, "Country")[0],
  );
}

/** A field of a structure, which may be an element or an attribute. */
function fieldIn(structure: Element, name: string): string | undefined {
  const element = structure.getElementsByTagNameNS(EXTENSION, name)[0];
  if (element?.textContent) return element.textContent;
  for (const holder of [structure, ...Array.from(structure.getElementsByTagName("*"))]) {
    const value = holder.getAttributeNS(EXTENSION, name);
    if (value) return value;
  }
  return undefined;
}
