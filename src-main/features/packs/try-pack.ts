import type { PackSpeed } from "../../../src-shared/contract";
import type { Pixels } from "../../base/detections";
import { samplePhotos } from "../../base/resources";
import { decode } from "../../images/decode-client";
import { random } from "../../math/random";
import { softmax } from "../../math/softmax";
import { type Networks, openNetworks } from "../../vision/networks";
import type { Pack } from "../../vision/pack";
import { badPack } from "../../vision/pack-files";
import type { Embedded, VisualModel } from "../../vision/visual-model";

/** How a pack did on ten pictures: the sample photos, and three without a subject. */
export interface PackTrial {
  pictures: number;
  speed: PackSpeed;
  /** The most probable class of each sample photo; empty for a pack without classes. */
  topClasses: { photo: string; name: string; probability: number }[];
  /** Boxes that each detector finds in the sample photos, above the thresholds of their classes. */
  boxes: { detector: string; found: number }[];
}

interface Picture {
  /** RGB `[size, size, 3]` */
  pixels: Uint8Array;
  /** A photo's name; null for a picture without a subject. */
  photo: string | null;
  detectorPixels: Pixels | null;
}

/** Timed runs over all pictures; the fastest counts, since other programs can only slow one down. */
const ROUNDS = 3;
/** After this many seconds, no further round begins: a network of 300 ms a photo is known well enough. */
const ENOUGH_SECONDS = 4;
const SEED = 1;
/** That a text tower must tell apart. */
const SENTENCES = ["a photo of a dog", "a photo of a red car at night", "snow"];
/** Features of different photos differ by more than this, relative to their size. */
const SAME = 1e-5;

/**
 * Runs a pack's networks on ten pictures, as the engine runs them.
 * @param check looks at the visual model's output for them, too
 * @throws Refusal `bad-pack` if one can't run, if a number isn't finite, or if the features don't depend on the photo
 *   or the sentence; or the reason `signal` was aborted with
 */
export async function tryPack(
  pack: Pack,
  signal?: AbortSignal,
  check?: (embedded: Embedded) => void,
): Promise<PackTrial> {
  const pictures = await picturesFor(pack);
  signal?.throwIfAborted();
  const networks = openNetworks(pack);
  const stop = () => void networks.close();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const visual = await networks.visual();
    const all = pictures.map(({ pixels }) => pixels);
    const embedded = await visual.embed(all); // the first run also compiles
    refuseSameRows(pack, embedded.features, `its network gives all ${pictures.length} pictures the same`);
    if (pack.text)
      refuseSameRows(pack, await networks.text().embed(SENTENCES), "its text tower gives all sentences the same");
    check?.(embedded);
    return {
      pictures: pictures.length,
      speed: {
        millisecondsPerPhoto: (await fastestRound(visual, all, signal)) / all.length,
        backend: visual.backend.name,
        measuredAt: new Date().toISOString(),
      },
      topClasses: topClasses(pack, embedded, pictures),
      boxes: await countBoxes(pack, networks, pictures),
    };
  } catch (error) {
    signal?.throwIfAborted(); // an aborted run fails because its processes were ended
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
    await networks.close();
  }
}

/** Plain black, plain white and noise make networks fail that divide by a picture's contrast. */
async function picturesFor({ preprocess, detection }: Pack): Promise<Picture[]> {
  const photos = await Promise.all(
    samplePhotos().map(async ({ name, path }) => {
      const { pixels, detectorPixels } = await decode(path, preprocess, detection);
      return { pixels: pixels!, photo: name, detectorPixels };
    }),
  );
  const bytes = preprocess.size ** 2 * 3;
  const draw = random(SEED);
  const plain = [
    new Uint8Array(bytes),
    new Uint8Array(bytes).fill(255),
    Uint8Array.from({ length: bytes }, () => 256 * draw()),
  ];
  return [...photos, ...plain.map((pixels) => ({ pixels, photo: null, detectorPixels: null }))];
}

async function fastestRound(visual: VisualModel, photos: Uint8Array[], signal?: AbortSignal): Promise<number> {
  const begun = performance.now();
  let fastest = Infinity;
  for (let round = 0; round < ROUNDS && performance.now() - begun < 1000 * ENOUGH_SECONDS; round++) {
    signal?.throwIfAborted();
    const start = performance.now();
    await visual.embed(photos);
    fastest = Math.min(fastest, performance.now() - start);
  }
  return fastest;
}

/** A network with zeroed or missing weights answers everything alike, and would put all labels on all photos. */
function refuseSameRows(pack: Pack, features: Float32Array, says: string): void {
  const D = pack.dimensions;
  const n = features.length / D;
  const row = (i: number) => features.subarray(i * D, (i + 1) * D);
  const size = row(0).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const isSame = (i: number) => row(i).every((value, d) => Math.abs(value - row(0)[d]!) <= SAME * size);
  if (Array.from({ length: n }, (_, i) => i).every(isSame))
    throw badPack(pack.folder, `${says} ${D} features, so it can’t tell photos apart`);
}

function topClasses({ classes }: Pack, { logits }: Embedded, pictures: Picture[]): PackTrial["topClasses"] {
  const C = classes.length;
  if (C === 0) return [];
  return pictures.flatMap(({ photo }, i) => {
    if (photo === null) return [];
    const probabilities = softmax(logits.subarray(i * C, (i + 1) * C), 1, new Float32Array(C));
    const best = probabilities.indexOf(Math.max(...probabilities));
    return { photo, name: classes[best]!.name, probability: probabilities[best]! };
  });
}

async function countBoxes({ detection }: Pack, networks: Networks, pictures: Picture[]): Promise<PackTrial["boxes"]> {
  const counts: PackTrial["boxes"] = [];
  for (const described of detection?.detectors ?? []) {
    const detector = await networks.detector(described);
    const found = await Promise.all(
      pictures.flatMap(({ detectorPixels }) => (detectorPixels ? detector.detect(detectorPixels) : [])),
    );
    const isShown = (score: number, c: number) => score >= described.classes[c]!.threshold;
    counts.push({
      detector: described.name,
      found: found.reduce(
        (sum, { scores, classes }) => sum + scores.filter((s, b) => isShown(s, classes[b]!)).length,
        0,
      ),
    });
  }
  return counts;
}
