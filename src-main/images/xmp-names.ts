/** The keyword properties of XMP (ISO 16684-1) and the names of sidecar files, shared by reading and writing. */

/** Namespaces by their usual prefix. Only the namespace counts when reading. */
export const XMP_NAMESPACES = {
  x: "adobe:ns:meta/",
  rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
  xmp: "http://ns.adobe.com/xap/1.0/",
  xmpDM: "http://ns.adobe.com/xmp/1.0/DynamicMedia/",
  dc: "http://purl.org/dc/elements/1.1/",
  lr: "http://ns.adobe.com/lightroom/1.0/",
  digiKam: "http://www.digikam.org/ns/1.0/",
  MicrosoftPhoto: "http://ns.microsoft.com/photo/1.0/",
  "mwg-rs": "http://www.metadataworkinggroup.com/schemas/regions/",
  stDim: "http://ns.adobe.com/xap/1.0/sType/Dimensions#",
  stArea: "http://ns.adobe.com/xmp/sType/Area#",
} as const;

export interface KeywordProperty {
  prefix: keyof typeof XMP_NAMESPACES;
  name: string;
  /** Separates the steps of a path, general first ("animals|crane"); null for keywords without a path. */
  separator: "|" | "/" | null;
}

/** Plain keywords, which every program writes. */
export const SUBJECT: KeywordProperty = { prefix: "dc", name: "subject", separator: null };
/** Hierarchical keywords: first Lightroom's, then digiKam's and those of Windows. */
export const HIERARCHIES: readonly [KeywordProperty, ...KeywordProperty[]] = [
  { prefix: "lr", name: "hierarchicalSubject", separator: "|" },
  { prefix: "digiKam", name: "TagsList", separator: "/" },
  { prefix: "MicrosoftPhoto", name: "LastKeywordXMP", separator: "/" },
];

/**
 * `full`: `photo.jpg.xmp`, as digiKam and darktable write. `stem`: `photo.xmp`, as Lightroom writes, which reads
 * sidecars only for RAW files.
 */
export type SidecarNaming = "full" | "stem";

/** The path of a photo's sidecar. */
export function sidecarPath(photo: string, naming: SidecarNaming): string {
  return `${naming === "full" ? photo : photo.replace(/\.[^./\\]+$/, "")}.xmp`;
}
