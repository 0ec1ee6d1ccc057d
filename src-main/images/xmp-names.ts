/**
 * What XMP (ISO 16684-1) calls keywords, and what its sidecar files are called: the same for reading and for writing.
 */

/** Namespaces by the prefix that programs write them with; only the namespace counts when reading. */
export const XMP_NAMESPACES = {
  x: "adobe:ns:meta/",
  rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
  dc: "http://purl.org/dc/elements/1.1/",
  lr: "http://ns.adobe.com/lightroom/1.0/",
  digiKam: "http://www.digikam.org/ns/1.0/",
  MicrosoftPhoto: "http://ns.microsoft.com/photo/1.0/",
} as const;

export interface KeywordProperty {
  prefix: keyof typeof XMP_NAMESPACES;
  name: string;
  /** Between the steps of a path, the general first ("animals|crane"); null where a keyword stands alone. */
  separator: "|" | "/" | null;
}

/** Keywords without a path, as every program writes them. */
export const SUBJECT: KeywordProperty = { prefix: "dc", name: "subject", separator: null };
/** Keywords with the path that leads to them: Lightroom's own first, then digiKam's and Windows'. */
export const HIERARCHIES: readonly [KeywordProperty, ...KeywordProperty[]] = [
  { prefix: "lr", name: "hierarchicalSubject", separator: "|" },
  { prefix: "digiKam", name: "TagsList", separator: "/" },
  { prefix: "MicrosoftPhoto", name: "LastKeywordXMP", separator: "/" },
];

/**
 * `full`: `photo.jpg.xmp`, as digiKam and darktable name it. `stem`: `photo.xmp`, as Lightroom does, which looks there
 * for RAW files only.
 */
export type SidecarNaming = "full" | "stem";

/** Path of a photo's sidecar. */
export function sidecarPath(photo: string, naming: SidecarNaming): string {
  return `${naming === "full" ? photo : photo.replace(/\.[^./\\]+$/, "")}.xmp`;
}
