import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import sharp from "sharp";
import { render } from "../../src-main/images/decode";
import { Refusal } from "../../src-shared/refusal";

/** Long side at which images are compared, in pixels. */
const SIDE = 512;
/**
 * Maximum mean difference of 8-bit samples between two programs' renderings of one image, scaled down with different
 * filters; a wrongly rotated one differs by 70 or more.
 */
export const MAX_ERROR = 8;

/** Mean absolute difference of samples between our rendering and the reference, 0 to 255. */
export type Compared = { file: string; error: number } | { file: string; refused: string; reference: boolean };

/** Why no reference can be made; null if it can. */
export function withoutReference(): string | null {
  for (const [command, ...args] of [
    ["convert", "-version"],
    ["heif-convert", "--version"],
  ]) {
    try {
      execFileSync(command, args, { stdio: "ignore" });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return `there is no ${command}`;
    }
  }
  return null;
}

/** Compares our rendering of a file with ImageMagick's (for HEIC: libheif's heif-convert): upright, sRGB, on white. */
export async function compareWithReference(folder: string, name: string): Promise<Compared> {
  const file = join(folder, name);
  const ours = await render(file, SIDE).catch((error: unknown) => {
    if (!(error instanceof Refusal)) throw error;
    return error;
  });
  if (ours instanceof Refusal)
    return { file: name, refused: ours.code, reference: (await reference(file, "64x64!")) !== null };
  const { data, info } = await sharp(ours).toColourspace("srgb").raw().toBuffer({ resolveWithObject: true });
  const theirs = await reference(file, `${info.width}x${info.height}!`);
  if (theirs === null) return { file: name, refused: "by the reference", reference: false };
  let sum = 0;
  for (let i = 0; i < data.length; i++) sum += Math.abs(data[i] - theirs[i]);
  return { file: name, error: sum / data.length };
}

/** RGB samples; null if the reference shows nothing. */
async function reference(file: string, size: string): Promise<Buffer | null> {
  const folder = mkdtempSync(join(tmpdir(), "semblance-reference-"));
  try {
    const profile = join(folder, "srgb.icc");
    const plain = await sharp({ create: { width: 1, height: 1, channels: 3, background: "#000000" } })
      .withIccProfile("srgb")
      .png()
      .toBuffer();
    writeFileSync(profile, (await sharp(plain).metadata()).icc!);
    const heic = /^\.(heic|heif)$/i.test(extname(file));
    const source = heic ? join(folder, "decoded.png") : `${file}[0]`;
    if (heic) execFileSync("heif-convert", [file, source], { stdio: "ignore", timeout: 60_000 });
    const { icc, space } = await sharp(heic ? source : file, { limitInputPixels: false })
      .metadata()
      .catch(() => ({ icc: undefined, space: undefined }));
    return execFileSync(
      "convert",
      [
        source,
        "-auto-orient",
        "+repage",
        ...(icc ? ["-profile", profile] : space === "cmyk" ? ["-colorspace", "sRGB"] : []),
        "-background",
        "white",
        "-flatten",
        "-filter",
        "Lanczos",
        "-resize",
        size,
        "-depth",
        "8",
        "rgb:-",
      ],
      { stdio: ["ignore", "pipe", "ignore"], maxBuffer: 2 ** 26, timeout: 60_000 },
    );
  } catch (error) {
    // A timeout ends up here too; that is not a refusal.
    if (typeof (error as { status?: number | null }).status !== "number") throw error;
    return null; // it refused the file
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
