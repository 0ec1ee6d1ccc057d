import readExif from "exif-reader";

/** Make and model of a camera as it wrote them, the make once: "NIKON D750", "SONY ILCE-7M3"; "" where it wrote neither, or an Exif block that can't be read. */
export function cameraName(exif: Buffer | undefined): string {
  const { Make, Model } = imageTags(exif) ?? {};
  const [make, model] = [plain(Make), plain(Model)];
  const [brand] = make.toLowerCase().split(" ");
  return brand !== "" && model.toLowerCase().startsWith(brand) ? model : `${make} ${model}`.trim();
}

/** Cameras pad their names with zeros and spaces. */
const plain = (tag: unknown): string => (typeof tag === "string" ? tag.replace(/[\p{Cc}\s]+/gu, " ").trim() : "");

function imageTags(exif: Buffer | undefined): ReturnType<typeof readExif>["Image"] {
  if (!exif) return undefined;
  try {
    return readExif(exif).Image;
  } catch {
    return undefined; // exif-reader throws on damaged blocks
  }
}
