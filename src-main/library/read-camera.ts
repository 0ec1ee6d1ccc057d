import sharp from "sharp";
import { cameraName } from "./camera-name";

/** Make and model in a file's head; null where it can't be read. */
export async function readCamera(path: string): Promise<string | null> {
  const head = await sharp(path).metadata().catch(() => null);
  return head && cameraName(head.exif);
}
