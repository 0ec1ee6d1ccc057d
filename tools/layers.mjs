/**
 * Which room may import which. A room imports rooms of lower layers only, so there are no cycles; `only` restricts it
 * further. The lint rules and the table in docs/architecture.md are generated from this list.
 */

/** Packages with native code or processes: only the rooms that name them may load them. */
export const NATIVE = [
  "electron",
  "better-sqlite3",
  "sharp",
  "libheif-js",
  "exiftool-vendored",
  "hnswlib-node",
  "onnxruntime-node",
  "@tensorflow",
  "webgpu",
  "@parcel/watcher",
];

/** Top to bottom. @type {import("./layers.d.mts").Room[]} */
export const ROOMS = [
  {
    path: "src-main/cli",
    layer: 10,
    holds: "the command line: a file per command; parses options, runs a use case, prints",
    only: [
      "src-main/hosts",
      "src-main/features",
      "src-main/exchange",
      "src-main/lab",
      "src-main/workspace",
      "src-main/evaluation",
      "src-main/base",
      "src-shared",
    ],
  },
  {
    path: "src-renderer",
    layer: 10,
    holds: "the window (Svelte): views, their state, the message catalogue; knows the contract, not the engine",
    only: ["src-preload", "src-shared"],
  },
  {
    path: "src-main/hosts",
    layer: 9,
    holds: "what a window runs in: Electron or a browser; guards, assets, menus, window state",
    only: ["src-main/engine", "src-main/base", "src-shared"],
    packages: ["electron"],
  },
  {
    path: "src-main/engine",
    layer: 8,
    holds: "the engine process: assembles all handlers, dispatches calls, sends events",
  },
  {
    path: "src-main/features",
    layer: 7,
    holds:
      "what the window can do, a folder per capability (browse, events, review, labels, learn, libraries, packs): handlers beside use cases",
  },
  {
    path: "src-main/exchange",
    layer: 7,
    holds: "labels to and from other programs: formats, import, export, the labeller as a file",
  },
  {
    path: "src-main/lab",
    layer: 7,
    holds: "making model packs and word vectors: training, unfreezing, scenes; for the command line only",
    packages: ["@tensorflow"],
  },
  {
    path: "src-main/workspace",
    layer: 6,
    holds:
      "the open library at work: open, scan → embed → label, find objects, learn live; every cache that hangs on it",
  },
  {
    path: "src-main/evaluation",
    layer: 6,
    holds: "measuring and calibrating: datasets, metrics, calibration, reports",
    packages: ["better-sqlite3"],
  },
  {
    path: "src-main/folder",
    layer: 5,
    holds: "the folder of photos: walk, scan, watch, hash",
    packages: ["@parcel/watcher"],
  },
  {
    path: "src-main/store",
    layer: 4,
    holds: "SQLite: photos, annotations, predictions, models, settings by their noun; migrations, backup, restore",
    packages: ["better-sqlite3"],
  },
  {
    path: "src-main/labeller",
    layer: 4,
    holds: "from a photo's numbers to its labels; the exported graph beside the ranking that it repeats",
  },
  { path: "src-main/words", layer: 3, holds: "word vectors, WordNet, label sets, label names" },
  {
    path: "src-main/vision",
    layer: 3,
    holds: "model packs, ONNX files, visual models, text towers and detectors",
    packages: ["onnxruntime-node", "@huggingface/tokenizers"],
  },
  {
    path: "src-main/devise",
    layer: 3,
    holds: "DeViSE: the projection and its loss, semantic embeddings, ranking, calibration, few-shot learning",
    packages: ["@tensorflow", "webgpu"],
  },
  {
    path: "src-main/curate",
    layer: 3,
    holds: "near duplicates, label errors, uncertainty sampling, splits, the embedding map; on arrays",
  },
  {
    path: "src-main/places",
    layer: 2,
    holds: "names of places: the nearest town, the region and the country of a position",
  },
  {
    path: "src-main/images",
    layer: 3,
    holds: "decoding in separate processes, metadata (EXIF, IPTC, XMP), HEIC, RAW, image quality",
    packages: ["sharp", "libheif-js", "exiftool-vendored"],
  },
  {
    path: "src-main/base",
    layer: 2,
    holds: "jobs, threads, program files, resources, pixels, the one writer of files",
  },
  {
    path: "src-main/math",
    layer: 1,
    holds: "vectors, random numbers, products, nearest neighbours, principal axes, the linear solver",
    packages: ["hnswlib-node"],
  },
  {
    path: "src-preload",
    layer: 1,
    holds: "Electron's preload script and the client of the contract",
    packages: ["electron"],
  },
  {
    path: "src-shared",
    layer: 0,
    holds: "what both sides of a process boundary speak: contract, argument schemas, refusals, query grammar",
  },
];

/** Rooms that a room may import. */
export const allowedIn = (room) =>
  ROOMS.filter(({ path, layer }) => (room.only ? room.only.includes(path) : layer < room.layer && isBelow(room, path)));

/** No room may import src-renderer, and only src-renderer may import src-preload. */
const isBelow = ({ path }, other) => other !== "src-renderer" && (other !== "src-preload" || path === "src-renderer");

/** The Markdown table of docs/architecture.md. */
export function layersTable() {
  const name = (path) => `\`${path.replace("src-main/", "")}\``;
  const rows = ROOMS.map((room) => {
    const imports = room.only
      ? room.only.map(name).join(", ")
      : room.layer === 0
        ? "nothing"
        : `all of layers below ${room.layer}`;
    return `| ${room.layer} | \`${room.path}\` | ${room.holds} | ${imports} | ${(room.packages ?? []).join(", ")} |`;
  });
  return ["| layer | room | holds | may import | loads |", "| --- | --- | --- | --- | --- |", ...rows].join("\n");
}
