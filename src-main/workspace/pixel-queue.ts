import type { PhotoId } from "../../src-shared/contract";
import type { Pixels } from "../base/detections";

/** A decoded photo that is waiting for detectors. */
export interface DecodedForDetectors {
  photo: PhotoId;
  /** Version of the picture, from `photosToEmbed`. */
  version: string;
  pixels: Pixels;
}

/** A bounded queue of photos whose pixels are kept in memory. */
export interface PixelQueue {
  put(photos: DecodedForDetectors[]): void;
  /** Removes and returns up to `most` photos, oldest first. */
  take(most: number): DecodedForDetectors[];
  has(photo: PhotoId): boolean;
  readonly isEmpty: boolean;
  /** All room is taken. The last batch may exceed it. */
  readonly isFull: boolean;
  /** Less than three quarters of the room is taken. */
  readonly hasRoom: boolean;
  clear(): void;
}

/** @param room in bytes */
export function createPixelQueue(room: number): PixelQueue {
  let [kept, bytes]: [DecodedForDetectors[], number] = [[], 0];
  const sizeOf = (photos: DecodedForDetectors[]) => photos.reduce((sum, { pixels }) => sum + pixels.data.length, 0);
  return {
    put(photos) {
      // Copied, because the decoder's buffer also holds the thumbnail and the visual model's pixels.
      kept.push(
        ...photos.map((photo) => ({ ...photo, pixels: { ...photo.pixels, data: new Uint8Array(photo.pixels.data) } })),
      );
      bytes += sizeOf(photos);
    },
    take(most) {
      const taken = kept.splice(0, most);
      bytes -= sizeOf(taken);
      return taken;
    },
    has: (photo) => kept.some((each) => each.photo === photo),
    get isEmpty() {
      return kept.length === 0;
    },
    get isFull() {
      return bytes >= room;
    },
    get hasRoom() {
      return bytes < 0.75 * room;
    },
    clear() {
      [kept, bytes] = [[], 0];
    },
  };
}
