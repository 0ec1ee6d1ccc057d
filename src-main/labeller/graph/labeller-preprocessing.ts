import type { DetectorInput, Preprocess } from "../../base/preprocess";
import { THUMBNAIL_PIXELS } from "../../images/decode-limits";

/**
 * What a labeller's metadata say of the pixels that it takes, beside their shape.
 * @param detection what detectors in it take; null without any, where the pixels are those of the visual model
 */
export function preprocessingOf(
  { size, resize, recompress }: Preprocess,
  detection: DetectorInput | null,
): Record<string, unknown> {
  const short = resize === "cover" ? size : resize.shortSide;
  const square =
    resize === "cover" ? `centre square to ${size}×${size}` : `short side to ${short}, centre crop ${size}`;
  const colours = "sRGB: red, green, blue; upright; transparency on white";
  const long = Math.max(THUMBNAIL_PIXELS, detection?.longSide ?? 0);
  const first = `shrunk as a whole until its long side has ${long} pixels or its short side ${short}, whichever comes first (Lanczos 3); smaller photos stay`;
  if (!detection) {
    const kernel = "cubic (Catmull-Rom), widened by the factor where a photo is shrunk";
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
    "other sizes": `any; nothing is gained by more pixels, and from a long side of ${longSide} on, both sides multiples of ${multiple}, detectors see them as they are`,
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
