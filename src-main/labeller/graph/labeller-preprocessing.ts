import { type DetectorInput, type Preprocess, shortSideFor } from "../../base/preprocess";
import { THUMBNAIL_PIXELS } from "../../images/decode-limits";

/**
 * The description of an exported labeller's pixels in its metadata, besides their shape.
 * @param detection what its detectors take; null without detectors, when the pixels are those of the visual model
 */
export function preprocessingOf(
  { size, resize, recompress }: Preprocess,
  detection: DetectorInput | null,
): Record<string, unknown> {
  const short = shortSideFor({ size, resize });
  const square =
    resize === "cover"
      ? `centre square to ${size}×${size}`
      : resize === "stretch"
        ? `stretched to ${size}×${size}`
        : `short side to ${short}, centre crop ${size}`;
  const colours = "sRGB: red, green, blue; upright; transparency on white";
  const long = Math.max(THUMBNAIL_PIXELS, detection?.longSide ?? 0);
  const first =
    `shrunk as a whole until its long side has ${long} pixels or its short side ${short}, whichever ` +
    "comes first (Lanczos 3); smaller photos are left as they are";
  if (!detection) {
    const kernel = "cubic (Catmull-Rom), widened when shrinking";
    return {
      colours,
      first,
      size,
      resize: square,
      kernel,
      recompress: recompress && { format: "jpeg", quality: recompress.quality, chroma: "4:2:0" },
      normalisation: "inside the graph",
    };
  }
  const { longSide, multiple } = detection;
  return {
    colours,
    first,
    "other sizes":
      `any; more pixels make no difference, and from a long side of ${longSide} with both sides ` +
      `multiples of ${multiple}, detectors get the photo unresized`,
    "inside the graph": {
      classifier: square,
      detectors: `whole, long side ${longSide}, both sides multiples of ${multiple}`,
      normalisation: true,
    },
    size,
    longSide,
    multiple,
  };
}
