import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { ComparedPhotos } from "../../src-main/curate/duplicate-pairs";
import { findGroups } from "../../src-main/curate/find-groups";
import type { Group } from "../../src-main/curate/grouping";
import { duplicates as found, findDuplicates } from "../../src-main/features/review/duplicates";
import { scan } from "../../src-main/folder/scan";
import { COLOUR_GRID, GREY_SIDE, type ImageQuality } from "../../src-main/images/image-quality";
import { random } from "../../src-main/math/random";
import { prepared } from "../../src-main/store/database";
import { storeQualities } from "../../src-main/store/image-qualities";
import { photoAt } from "../../src-main/store/photos";
import { embedPhotos } from "../../src-main/workspace/embed-photos";
import { readPictures } from "../../src-main/workspace/read-pictures";
import { EDIT_NAMES, writeEdits } from "./edited-photos";
import type { Figure, Outcome } from "./figures";
import { addPhotos, storeOutputs, syntheticOutputs } from "./synthetic-photos";
import { asJob, inTemporaryFolder, secondsOf, withFreshLibrary } from "./temporary";

export interface DuplicatesOptions {
  pack?: string;
  photos: string;
  library: number;
}

const MIN_PRECISION = 99;
const MIN_RECALL = 95;
const MAX_SECONDS = 60;

/** Precision and recall on edited photos among all other photos, and the time a large library takes. */
export async function duplicates({ pack, photos, library }: DuplicatesOptions): Promise<Outcome> {
  const speed = await timeLibrary(library, pack);
  if (!existsSync(photos))
    return {
      figures: speed,
      notes: [`duplicates: no photos in ${photos}; precision and recall were not measured`],
    };
  return { figures: [...(await knowEdits(photos, pack)), ...speed] };
}

/**
 * All photos and their edits in one library, embedded as in the program; then each kind of edit alone with the photos.
 */
async function knowEdits(folder: string, pack: string | undefined): Promise<Figure[]> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(jpe?g|png|webp)$/i.test(file))
    .sort();
  return inTemporaryFolder(async (temporary) => {
    const edited = join(temporary, "photos");
    mkdirSync(edited);
    const names: string[][] = [];
    for (const [i, file] of files.entries()) names.push(await writeEdits(join(folder, file), edited, `${i}`, i));
    return withFreshLibrary(edited, { pack }, async ({ library, visual, jobs }) => {
      const model = await visual();
      await asJob(jobs, "embed", async (job) => {
        for await (const batch of scan(library.store)) void batch;
        await embedPhotos(library.store, library.pack, model, job, () => undefined);
      });
      const of = new Map(
        names.flatMap((versions, photo) =>
          versions.map((name, version): [number, { photo: number; version: number }] => [
            photoAt(library.store, name)!,
            { photo, version },
          ]),
        ),
      );
      let figures: Figure[] = [];
      await asJob(jobs, "embed", async (job) => {
        const { photos, pictures } = await readPictures(library, job);
        const truth = photos.map(({ photo }) => of.get(photo)!);
        const measure = async (what: string, wanted: (version: number) => boolean) => {
          const rows = truth.flatMap(({ version }, row) => (wanted(version) ? [row] : []));
          return score(
            what,
            files.length,
            rows.map((row) => truth[row].photo),
            await findGroups(only(pictures, rows)),
          );
        };
        figures = await measure("photos with all their edits", () => true);
        for (const [edit, name] of EDIT_NAMES.entries())
          figures.push(...(await measure(name, (version) => version === 0 || version === edit + 1)));
      });
      return figures;
    });
  });
}

/**
 * Pair-counting precision and recall of the groups.
 * @param photo original photo of each row
 */
function score(what: string, n: number, photo: number[], groups: Group[]): Figure[] {
  const pairs = (size: number) => (size * (size - 1)) / 2;
  const sizes = new Map<number, number>();
  for (const of of photo) sizes.set(of, (sizes.get(of) ?? 0) + 1);
  const wanted = [...sizes.values()].reduce((sum, size) => sum + pairs(size), 0);
  let [together, right] = [0, 0];
  for (const { members } of groups) {
    const within = new Map<number, number>();
    for (const row of members) within.set(photo[row], (within.get(photo[row]) ?? 0) + 1);
    together += pairs(members.length);
    right += [...within.values()].reduce((sum, size) => sum + pairs(size), 0);
  }
  const figure = (which: string, value: number, atLeast: number): Figure => ({
    benchmark: "duplicates",
    what: `${n} photos, ${what}: ${which} of the pairs found`,
    value: Math.round(1e4 * value) / 100,
    unit: "%",
    target: { atLeast },
  });
  return [
    figure("precision", together === 0 ? 1 : right / together, MIN_PRECISION),
    figure("recall", right / wanted, MIN_RECALL),
  ];
}

function only({ features, D, greys, side, taken, folders }: ComparedPhotos, rows: number[]): ComparedPhotos {
  const area = side * side;
  const [someFeatures, someGreys] = [new Float32Array(rows.length * D), new Uint8Array(rows.length * area)];
  rows.forEach((row, at) => {
    someFeatures.set(features.subarray(row * D, (row + 1) * D), at * D);
    someGreys.set(greys.subarray(row * area, (row + 1) * area), at * area);
  });
  return {
    D,
    side,
    features: someFeatures,
    greys: someGreys,
    taken: Float64Array.from(rows, (row) => taken[row]),
    folders: Uint32Array.from(rows, (row) => folders[row]),
  };
}

/** Photos generated per batch. */
const PHOTOS_PER_BATCH = 2000;
/** One in this many generated photos is a copy of its predecessor. */
const COPY = 20;

/** Seconds until groups are found and stored, in a library of generated photos. */
async function timeLibrary(n: number, pack: string | undefined): Promise<Figure[]> {
  return inTemporaryFolder((folder) =>
    withFreshLibrary(folder, { pack }, async ({ library, jobs }) => {
      const { store } = library;
      const photos = addPhotos(store, n);
      const versions = new Map(
        prepared<{ id: number; version: string }>(store, "SELECT id, lower(hex(hash)) AS version FROM photo")
          .all()
          .map(({ id, version }) => [id, version]),
      );
      const draw = random(31);
      let grey = syntheticGrey(draw);
      for (let from = 0; from < n; from += PHOTOS_PER_BATCH) {
        const chunk = photos.slice(from, from + PHOTOS_PER_BATCH);
        const output = syntheticOutputs(library, chunk.length, 100 + from);
        const D = library.pack.dimensions;
        const imageQualities = chunk.map((photo, i) => {
          const isCopy = i % COPY === COPY - 1;
          if (isCopy)
            for (let d = 0; d < D; d++)
              output.features[i * D + d] = output.features[(i - 1) * D + d] * (0.95 + 0.1 * draw());
          grey = isCopy
            ? grey.map((value) => Math.max(0, Math.min(255, 0.9 * value + 8 * draw())))
            : syntheticGrey(draw);
          const imageQuality: ImageQuality = {
            grey,
            sharpness: draw(),
            brightness: 0.5,
            clipped: 0,
            colours: new Uint8Array(COLOUR_GRID * COLOUR_GRID * 3),
          };
          return { photo, version: versions.get(photo)!, imageQuality };
        });
        storeOutputs(store, library.pack.visualId, chunk, output);
        storeQualities(store, imageQualities);
      }
      let [seconds, longest, last] = [0, 0, performance.now()];
      const beat = setInterval(() => {
        // The longest time a call from the window waits meanwhile.
        longest = Math.max(longest, performance.now() - last);
        last = performance.now();
      }, 5);
      await asJob(jobs, "embed", async (job) => {
        seconds = await secondsOf(() => findDuplicates(library, job));
      });
      clearInterval(beat);
      const groups = found(library).groups!;
      const copies = groups.filter((group) =>
        group.photos.some((photo) => group.photos.includes(photo + 1) && photo % COPY === COPY - 1),
      );
      const what = `${n.toLocaleString("en")} photos, one in ${COPY} with a copy`;
      return [
        {
          benchmark: "duplicates",
          what: `${what}: time to find all groups`,
          value: seconds,
          unit: "s",
          target: { atMost: MAX_SECONDS },
        },
        {
          benchmark: "duplicates",
          what: `${what}: longest wait of another call meanwhile`,
          value: longest,
          unit: "ms",
        },
        {
          benchmark: "duplicates",
          what: `${what}: groups found (${Math.floor(n / COPY)} exist)`,
          value: groups.length,
          unit: "groups",
        },
        {
          benchmark: "duplicates",
          what: `${what}: groups of a photo and its copy`,
          value: copies.length,
          unit: "groups",
        },
      ];
    }),
  );
}

/** Octaves of noise, each half as strong as the last: photographs have a spectrum of about 1/f. `[GREY, GREY]` */
function syntheticGrey(draw: () => number): Uint8Array {
  const light = new Float32Array(GREY_SIDE * GREY_SIDE).fill(128);
  for (let cells = 2, strength = 60; cells <= GREY_SIDE; cells *= 2, strength /= 2) {
    const noise = Float32Array.from({ length: (cells + 1) ** 2 }, () => strength * (2 * draw() - 1));
    for (let y = 0, at = 0; y < GREY_SIDE; y++) {
      const v = (y * cells) / GREY_SIDE,
        top = Math.floor(v),
        fy = v - top;
      for (let x = 0; x < GREY_SIDE; x++, at++) {
        const u = (x * cells) / GREY_SIDE,
          left = Math.floor(u),
          fx = u - left,
          corner = top * (cells + 1) + left;
        const upper = noise[corner] + fx * (noise[corner + 1] - noise[corner]);
        const lower = noise[corner + cells + 1] + fx * (noise[corner + cells + 2] - noise[corner + cells + 1]);
        light[at] += upper + fy * (lower - upper);
      }
    }
  }
  return Uint8Array.from(light, (value) => Math.max(0, Math.min(255, value)));
}
