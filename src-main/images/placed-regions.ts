import readExif from "exif-reader";
import sharp from "sharp";
import { type Orientation, orientationOf } from "../base/orientation";
import { explain } from "./decode-failure";
import { MAX_PIXELS } from "./decode-limits";
import { rawExtension, rawRegions } from "./raw";
import { NO_REGIONS, type PlacedRegions, regionsIn, type XmpRegions } from "./xmp-regions";

/** Longer packets are ignored, as for keywords. */
const MAX_PACKET_BYTES = 4 * 2 ** 20;

/**
 * Reads a photo's orientation and regions, without decoding the image. Regions that can't be read are ignored: the
 * image itself may be fine.
 * @throws Refusal as `decode` does
 */
export async function readPlacedRegions(path: string): Promise<PlacedRegions> {
  if (rawExtension(path) !== null) return rawRegions(path);
  const { format, orientation, exif, xmp } = await sharp(path, { limitInputPixels: MAX_PIXELS })
    .metadata()
    .catch((error: unknown) => {
      throw explain(error);
    });
  return {
    // HEIC turns its pixels by a property of its own; Exif says the same, for regions that are of the pixels before.
    orientation: format === "heif" ? orientationIn(exif) : orientationOf(orientation),
    regions: xmp && xmp.length <= MAX_PACKET_BYTES ? knownRegions(xmp) : NO_REGIONS,
  };
}

function knownRegions(packet: Uint8Array): XmpRegions {
  try {
    return regionsIn(new TextDecoder().decode(packet).replace(/\0+$/, ""));
  } catch {
    return NO_REGIONS; // not well-formed
  }
}

function orientationIn(exif: Buffer | undefined): Orientation {
  if (!exif) return 1;
  try {
    return orientationOf(readExif(exif).Image?.Orientation);
  } catch {
    return 1; // exif-reader throws on damaged blocks
  }
}
