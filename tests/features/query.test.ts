import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { browsePhotos, countQuery } from "../../src-main/features/browse/browse-photos";
import { completeQuery } from "../../src-main/features/browse/complete-query";
import { fullName, readLexicon } from "../../src-main/labeller/lexicon";
import { random } from "../../src-main/math/random";
import { closeStore, inTransaction, labelNumbers, openStore, type Store } from "../../src-main/store/database";
import { addPhoto, putFile } from "../../src-main/store/identity";
import { markPhotos } from "../../src-main/store/marks";
import { replacePredictions } from "../../src-main/store/predictions";
import { changeSettings } from "../../src-main/store/settings";
import { undo } from "../../src-main/store/undo";
import { annotate } from "../../src-main/store/verdicts";
import { createLibraryCaches } from "../../src-main/workspace/library-caches";
import type { OpenLibrary } from "../../src-main/workspace/open-library";
import type { LabelId } from "../../src-shared/contract";

const lexicon = readLexicon();
const [ANIMAL, DOG, POODLE, CAT, CAR] = ["animal", "dog", "poodle", "cat", "car"].map((name) => lexicon.meant(name));
const REX: LabelId = 'own:Rex, the "king" (ours)';
const LABELS = [ANIMAL, DOG, POODLE, CAT, CAR, REX];
/** Which labels fall under which, written by hand. */
const KINDS = new Map<LabelId, LabelId[]>([
  [ANIMAL, [ANIMAL, DOG, POODLE, CAT]],
  [DOG, [DOG, POODLE]],
  [POODLE, [POODLE]],
  [CAT, [CAT]],
  [CAR, [CAR]],
  [REX, [REX]],
]);
const FOLDERS = ["", "2025", "2025/north", "2025/north/last day", "north", "100% fun_"];
const NAMES = ["IMG_1.jpg", "IMG_10.jpg", "img-2.JPG", "a b'c\"d.png", "100%.jpg", "back\\slash.jpg", "café.webp"];
const CAMERAS = ["", "NIKON D750", "Canon EOS 5D", "SONY ILCE-7M3", 'O\'Neil "cam"', null];
const FORMATS = ["jpeg", "png", "webp"];

interface Photo {
  photo: number;
  files: { folder: string; name: string }[];
  dated: string;
  added: number;
  width: number;
  height: number;
  bytes: number;
  format: string;
  camera: string | null;
  failed: boolean;
  /** Null if that detector did not process the photo. */
  persons: number | null;
  faces: number | null;
  predicted: Map<LabelId, number>;
  verdicts: Map<LabelId, "accept" | "reject">;
}

/** A library whose whole content is also known to the test, so that queries can be checked without it. */
function generate(store: Store, n: number, seed: number): Photo[] {
  const draw = random(seed);
  const below = (most: number) => Math.floor(draw() * most);
  const any = <T>(list: readonly T[]) => list[below(list.length)];
  const photos = Array.from({ length: n }, (_, i): Photo => {
    const hash = Buffer.alloc(32);
    hash.writeUInt32LE(i + 1);
    const files = Array.from({ length: 1 + (draw() < 0.2 ? 1 : 0) }, (_, f) => ({
      folder: any(FOLDERS),
      name: `${i}-${f} ${any(NAMES)}`,
    }));
    const failed = draw() < 0.1;
    const made = {
      files,
      failed,
      dated: new Date(Date.UTC(2022 + below(4), below(12), 1 + below(28), below(24))).toISOString().slice(0, 19),
      added: new Date(2023 + below(3), below(12), 1 + below(28), below(24)).getTime(),
      width: failed ? 0 : 500 * (1 + below(12)),
      height: failed ? 0 : 500 * (1 + below(8)),
      bytes: 100_000 * (1 + below(60)),
      format: any(FORMATS),
      camera: failed ? null : any(CAMERAS),
    };
    const [persons, faces] = [0, 1].map(() => (draw() < 0.3 ? null : below(9)));
    const photo = addPhoto(store, { hash, size: made.bytes, mtimeMs: 0 });
    for (const { folder, name } of files)
      putFile(store, folder ? `${folder}/${name}` : name, photo, { hash, size: made.bytes, mtimeMs: 0 });
    store.db
      .prepare(
        "UPDATE photo SET dated = ?, added_at = ?, width = ?, height = ?, format = ?, camera = ?, error_code = ? WHERE id = ?",
      )
      .run(made.dated, made.added, made.width, made.height, made.format, made.camera, failed ? "damaged" : null, photo);
    if (persons !== null || faces !== null)
      store.db.prepare("INSERT INTO cache.people (photo, persons, faces) VALUES (?, ?, ?)").run(photo, persons, faces);
    const predicted = new Map(LABELS.filter(() => draw() < 0.3).map((label) => [label, (1 + below(20)) / 20]));
    replacePredictions(store, 1, [{ photo, labels: [...predicted.keys()], scores: [...predicted.values()] }]);
    const verdicts = new Map<LabelId, "accept" | "reject">(
      LABELS.filter(() => draw() < 0.15).map((label) => [label, draw() < 0.6 ? "accept" : "reject"]),
    );
    for (const [label, verdict] of verdicts) annotate(store, { photos: [photo], label, verdict, name: label });
    return { photo, ...made, persons, faces, predicted, verdicts };
  });
  // Missing photos are never found.
  const gone = photos.splice(0, 3);
  for (const { photo } of gone) store.db.prepare("UPDATE file SET missing = 1 WHERE photo = ?").run(photo);
  return photos;
}

type Holds = (photo: Photo) => boolean;
interface Asked {
  text: string;
  holds: Holds;
}
const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;

/** The confidences of a photo's predictions of these labels. */
const shown = ({ predicted, verdicts }: Photo, kinds: LabelId[]) =>
  kinds.flatMap((label) =>
    verdicts.get(label) === "accept"
      ? [1]
      : !verdicts.has(label) && predicted.has(label)
        ? [predicted.get(label)!]
        : [],
  );
const comparisons: Record<string, (a: number, b: number) => boolean> = {
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
};
const comparison = fc.constantFrom(...Object.keys(comparisons));

function number(
  name: string,
  of: (photo: Photo) => number,
  values: fc.Arbitrary<number>,
  unit = "",
  scale = 1,
  needsPixels = false,
): fc.Arbitrary<Asked> {
  const ifKnown =
    (holds: Holds): Holds =>
    (photo) =>
      (!needsPixels || photo.width > 0) && holds(photo);
  return fc.oneof(
    fc.tuple(comparison, values).map(([sign, value]) => ({
      text: `${name}:${sign}${value}${unit}`,
      holds: ifKnown((photo) => comparisons[sign](of(photo), value * scale)),
    })),
    fc.tuple(values, values).map(([a, b]) => ({
      text: `${name}:[${a}${unit} TO ${b}${unit}]`,
      holds: ifKnown((photo) => of(photo) >= a * scale && of(photo) <= b * scale),
    })),
    values.map((value) => ({
      text: `${name}:${value}${unit}`,
      holds: ifKnown((photo) => of(photo) >= (value - 0.5) * scale && of(photo) < (value + 0.5) * scale),
    })),
  );
}

const days = fc
  .tuple(
    fc.integer({ min: 2022, max: 2025 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 28 }),
    fc.integer({ min: 1, max: 3 }),
  )
  .map(([year, month, day, parts]) =>
    [String(year), String(month).padStart(2, "0"), String(day).padStart(2, "0")].slice(0, parts).join("-"),
  );
/**
 * An ISO date lies in a year, month or day if it begins with it, and after it if its prefix of that length is greater.
 */
function date(name: string, of: (photo: Photo) => string): fc.Arbitrary<Asked> {
  const start = (photo: Photo, day: string) => of(photo).slice(0, day.length);
  return fc.oneof(
    days.map((day) => ({ text: `${name}:${day}`, holds: (photo: Photo) => start(photo, day) === day })),
    days.map((day) => ({ text: `${name}:>${day}`, holds: (photo: Photo) => start(photo, day) > day })),
    days.map((day) => ({ text: `${name}:<=${day}`, holds: (photo: Photo) => start(photo, day) <= day })),
    days.map((day) => ({ text: `${name}:>=${day}`, holds: (photo: Photo) => start(photo, day) >= day })),
    days.map((day) => ({ text: `${name}:<${day}`, holds: (photo: Photo) => start(photo, day) < day })),
    fc.tuple(days, days).map(([a, b]) => ({
      text: `${name}:[${a} TO ${b}]`,
      holds: (photo: Photo) => start(photo, a) >= a && start(photo, b) <= b,
    })),
    days.map((day) => ({ text: `${name}:[${day} TO *]`, holds: (photo: Photo) => start(photo, day) >= day })),
  );
}
const localTime = (ms: number) => new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 19);

const aLabel = fc.constantFrom(...LABELS);
const nameOf = (label: LabelId) => (label === REX ? 'Rex, the "king" (ours)' : fullName(lexicon.named(label)));
const partOf = (list: (string | null)[]) =>
  fc
    .tuple(fc.constantFrom(...list.filter((text) => text)), fc.nat(6), fc.nat(9))
    .map(([text, from, length]) => text!.slice(from % text!.length, (from % text!.length) + 1 + length));
const whole = (folder: string) => `/${folder}/`.replace("//", "/").toLowerCase();

const FIELDS: Record<string, fc.Arbitrary<Asked>> = {
  label: aLabel.map((label) => ({
    text: `label:${quoted(nameOf(label))}`,
    holds: (photo: Photo) => shown(photo, KINDS.get(label)!).length > 0,
  })),
  "label:=": aLabel.map((label) => ({
    text: `label:=${quoted(nameOf(label).toUpperCase())}`,
    holds: (photo: Photo) => shown(photo, [label]).length > 0,
  })),
  accepted: aLabel.map((label) => ({
    text: `accepted:${quoted(nameOf(label))}`,
    holds: ({ verdicts }: Photo) => KINDS.get(label)!.some((kind) => verdicts.get(kind) === "accept"),
  })),
  rejected: aLabel.map((label) => ({
    text: `rejected:${quoted(nameOf(label))}`,
    holds: ({ verdicts }: Photo) => verdicts.get(label) === "reject",
  })),
  "confidence of the label": fc
    .tuple(aLabel, comparison, fc.integer({ min: 0, max: 20 }))
    .map(([label, sign, twentieths]) => ({
      text: `(label:${quoted(nameOf(label))} confidence:${sign}${twentieths / 20})`,
      holds: (photo: Photo) =>
        shown(photo, KINDS.get(label)!).some((score) => comparisons[sign](score, twentieths / 20)),
    })),
  "confidence of any label": fc.tuple(comparison, fc.integer({ min: 0, max: 100 })).map(([sign, percent]) => ({
    text: `(confidence:${sign}${percent}%)`,
    holds: (photo: Photo) => shown(photo, LABELS).some((score) => comparisons[sign](score, percent / 100)),
  })),
  "confidence of labels in brackets": fc
    .tuple(aLabel, aLabel, fc.integer({ min: 0, max: 20 }))
    .map(([a, b, twentieths]) => ({
      text: `((label:=${quoted(nameOf(a))} OR label:=${quoted(nameOf(b))} OR is:failed) -confidence:<=${twentieths / 20})`,
      holds: (photo: Photo) => photo.failed || shown(photo, [a, b]).some((score) => score > twentieths / 20),
    })),
  taken: date("taken", ({ dated }) => dated),
  added: date("added", ({ added }) => localTime(added)),
  folder: fc.constantFrom(...FOLDERS, "nowhere", "last day", "NORTH/last day", "ort").map((folder) => ({
    text: `folder:${quoted(folder || "/")}`,
    holds: ({ files }: Photo) => files.some((file) => whole(file.folder).includes(whole(folder))),
  })),
  "folder from the root": fc.constantFrom(...FOLDERS).map((folder) => ({
    text: `folder:${quoted(`/${folder}`)}`,
    holds: ({ files }: Photo) => files.some((file) => whole(file.folder).startsWith(whole(folder))),
  })),
  "folder:=": fc.constantFrom(...FOLDERS).map((folder) => ({
    text: `folder:=${quoted(`/${folder}`)}`,
    holds: ({ files }: Photo) => files.some((file) => file.folder === folder),
  })),
  name: partOf(NAMES)
    .filter((text) => !text.includes("*"))
    .map((part) => ({
      // Case is folded for the letters A to Z only.
      text: `name:${quoted(part)}`,
      holds: ({ files }: Photo) => files.some(({ name }) => ascii(name).includes(ascii(part))),
    })),
  "name with *": fc
    .constantFrom(["*.jpg", /\.jpg$/i], ["*IMG_1*", /IMG_1/i], ["1*.PNG", /^1.*\.png$/i])
    .map(([text, pattern]) => ({
      text: `name:${text as string}`,
      holds: ({ files }: Photo) => files.some(({ name }) => (pattern as RegExp).test(name)),
    })),
  camera: partOf(CAMERAS).map((part) => ({
    text: `camera:${quoted(part)}`,
    holds: ({ camera }: Photo) => camera !== null && camera.toLowerCase().includes(part.toLowerCase()),
  })),
  format: fc
    .constantFrom(["jpg", "jpeg"], ["PNG", "png"], ["webp", "webp"], ["avif", "avif"])
    .map(([text, format]) => ({ text: `format:${text}`, holds: (photo: Photo) => photo.format === format })),
  is: fc
    .constantFrom<[string, Holds][]>(
      ...(
        [
          ["accepted", ({ verdicts }) => [...verdicts.values()].includes("accept")],
          ["rejected", ({ verdicts }) => [...verdicts.values()].includes("reject")],
          ["reviewed", ({ verdicts }) => verdicts.size > 0],
          ["unreviewed", ({ verdicts }) => verdicts.size === 0],
          ["labelled", (photo) => shown(photo, LABELS).length > 0],
          ["unlabelled", (photo) => shown(photo, LABELS).length === 0],
          ["duplicate", ({ files }) => files.length > 1],
          ["failed", ({ failed }) => failed],
        ] as [string, Holds][]
      ).map((one) => [one]),
    )
    .map(([[state, holds]]) => ({ text: `is:${state}`, holds })),
  width: number(
    "width",
    ({ width }) => width,
    fc.integer({ min: 0, max: 14 }).map((n) => 500 * n),
    "",
    1,
    true,
  ),
  height: number(
    "height",
    ({ height }) => height,
    fc.integer({ min: 0, max: 9 }).map((n) => 500 * n),
    "",
    1,
    true,
  ),
  megapixels: number(
    "megapixels",
    ({ width, height }) => (width * height) / 1e6,
    fc.integer({ min: 0, max: 24 }),
    "",
    1,
    true,
  ),
  people: number(
    "people",
    ({ persons, faces }) => (persons === null && faces === null ? NaN : Math.max(persons ?? 0, faces ?? 0)),
    fc.integer({ min: 0, max: 10 }),
  ),
  faces: number("faces", ({ faces }) => faces ?? NaN, fc.integer({ min: 0, max: 10 })),
  "any number of people": fc
    .constantFrom("people:[* TO *]", "-people:0", "people:=0", "people:[3 TO *]")
    .map((text) => ({
      text,
      holds: ({ persons, faces }: Photo) => {
        const people = Math.max(persons ?? -1, faces ?? -1);
        return {
          "people:[* TO *]": people >= 0,
          "-people:0": people !== 0,
          "people:=0": people === 0,
          "people:[3 TO *]": people >= 3,
        }[text];
      },
    })),
  bytes: number("bytes", ({ bytes }) => bytes, fc.integer({ min: 0, max: 6100 }), "kB", 1000),
};
const ascii = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

// Only the setup writes to this library.
let store: Store;
let photos: Photo[];
let library: OpenLibrary;
const home = mkdtempSync(join(tmpdir(), "semblance-query-"));
beforeAll(() => {
  store = openStore({ home, folder: mkdtempSync(join(home, "photos-")) });
  labelNumbers(store, LABELS);
  changeSettings(store, { threshold: 0.05 }); // show all predictions
  photos = inTransaction(store, () => generate(store, 150, 7));
  library = {
    store,
    caches: createLibraryCaches(),
    lexicon,
    ranker: { labels: LABELS, confidence: {}, target: () => null },
    semanticIndex: { nearest: () => [], size: () => 0 },
  } as unknown as OpenLibrary;
});
afterAll(() => {
  closeStore(store);
  rmSync(home, { recursive: true });
});
const browse = (words: string) => browsePhotos(library, { words, sort: "added", descending: false, group: "none" });
const found = (text: string) => {
  const { photos: ids, fault } = browse(text);
  expect(fault, text).toBeNull();
  return ids.toSorted((a, b) => a - b);
};
const expected = (holds: Holds) => photos.filter(holds).map(({ photo }) => photo);

test.each(Object.keys(FIELDS))("%s finds the same photos as a filter written by hand", (field) => {
  let some = 0;
  fc.assert(
    fc.property(FIELDS[field], ({ text, holds }) => {
      expect(found(text), text).toEqual(expected(holds));
      expect(countQuery(library, text)).toBe(expected(holds).length);
      some += expected(holds).length;
    }),
    { numRuns: 60, seed: 1 },
  );
  expect(some).toBeGreaterThan(0);
});

test("fields combined with AND, OR, NOT and brackets find the same photos as a filter written by hand", () => {
  const { confidence: _, ...others } = FIELDS as Record<string, fc.Arbitrary<Asked>>;
  const { asked } = fc.letrec<{ asked: Asked }>((tie) => ({
    asked: fc.oneof(
      { maxDepth: 3 },
      fc.oneof(...Object.values(others)),
      fc.tuple(tie("asked"), tie("asked"), fc.constantFrom(" ", " AND ")).map(([a, b, and]) => ({
        text: `(${a.text})${and}(${b.text})`,
        holds: (photo: Photo) => a.holds(photo) && b.holds(photo),
      })),
      fc.tuple(tie("asked"), tie("asked")).map(([a, b]) => ({
        text: `(${a.text} OR ${b.text})`,
        holds: (photo: Photo) => a.holds(photo) || b.holds(photo),
      })),
      tie("asked").map(({ text, holds }) => ({ text: `NOT (${text})`, holds: (photo: Photo) => !holds(photo) })),
    ),
  }));
  // A condition on confidence applies to all label conditions beside it, so the two are not combined at random here.
  fc.assert(
    fc.property(
      asked.filter(({ text }) => !text.includes("confidence")),
      ({ text, holds }) => {
        expect(found(text), text).toEqual(expected(holds));
      },
    ),
    { numRuns: 150, seed: 2 },
  );
});

describe("typed text is never run as SQL", () => {
  const ATTACKS = [
    `'; DROP TABLE photo; --`,
    `" OR 1=1 --`,
    `') OR ('1'='1`,
    `%' ESCAPE '!`,
    `x\u0000y`,
    `?`,
    `?1`,
    `$a`,
    `@a`,
    `:a`,
    `\\`,
    `\\\\"`,
    `]`,
    `[1 TO`,
    `);DELETE FROM verdict_event;`,
    `\ud800`,
  ];
  const state = () =>
    store.db
      .prepare(
        "SELECT (SELECT count(*) FROM photo) AS photos, (SELECT count(*) FROM verdict_event) AS events, (SELECT count(*) FROM file) AS files",
      )
      .get();

  test.each([
    "name",
    "folder",
    "camera",
    "label",
    "accepted",
    "format",
    "is",
    "taken",
    "width",
    "bytes",
    "confidence",
    "",
  ])("in %s", (field) => {
    const before = state();
    for (const attack of ATTACKS) {
      for (const text of field === ""
        ? [`-is:failed ${attack}`, `is:failed OR (${attack})`]
        : [`${field}:${quoted(attack)}`, `${field}:${attack}`, `${field}:=${quoted(attack)}`]) {
        const { photos: ids, fault } = browse(text);
        if (field === "name" || field === "folder" || field === "camera")
          expect(fault !== null || ids.length < photos.length, text).toBe(true);
      }
    }
    expect(state()).toEqual(before);
  });
});

describe("an error names the part of the query that is at fault", () => {
  test.each([
    ["is:failed hue:red", "hue", /no field “hue”/],
    ["flag:maybe", "maybe", /must be one of pick/],
    ["rating:many", "many", /number of stars/],
    ["cammera:x", "cammera", /no field/],
    ["label:", "label:", /needs a value, as in label:dog/],
    ["label:xqzzwk", "xqzzwk", /There is no label “xqzzwk”/],
    ["taken:2024-13", "2024-13", /isn’t a date/],
    ["taken:[2024 TO soon]", "[2024 TO soon]", /“soon” isn’t a date/],
    ["width:>many", "many", /isn’t a number/],
    ["people:crowd", "crowd", /isn’t a number/],
    ["bytes:2XB", "2XB", /isn’t a size/],
    ["confidence:>2", "2", /from 0 to 1/],
    ["is:odd", "odd", /must be one of accepted/],
    ["format:bmp", "bmp", /must be one of jpeg/],
    ["label:>dog", "dog", /doesn’t support >/],
    ["camera:[a TO b]", "[a TO b]", /one value/],
    ["dog OR", "OR", /Add a term after OR/],
  ])("%s", (text, blamed, message) => {
    const { photos: ids, fault } = browse(text);
    expect(ids).toEqual([]);
    expect(fault?.message).toMatch(message);
    expect(text.slice(fault!.from, fault!.to)).toBe(blamed);
    expect(countQuery(library, text)).toBeNull();
  });
  test("suggests what may have been meant", () => {
    expect(browse("cammera:x").fault!.suggestions).toContain("camera");
    expect(browse("is:unreviwed").fault!.suggestions[0]).toBe("unreviewed");
    expect(browse("label:pooddle").fault!.suggestions).toContain("poodle");
  });
});

describe("completion", () => {
  const complete = (text: string, caret = text.length) => completeQuery(library, text, caret);
  const shownBy = (text: string) => complete(text).options.map(({ shown }) => shown);

  test("offers all fields for an empty box, and matching fields, labels and words for a prefix", () => {
    expect(shownBy("")).toContain("label:");
    expect(shownBy("me")).toContain("megapixels:");
    expect(shownBy("pood")[0]).toBe("poodle");
    expect(shownBy("lab")).toEqual(expect.arrayContaining(["label:", "labyrinth"].slice(0, 1)));
  });
  test("offers a field's values after its name, and an inserted value is read as that value", () => {
    expect(shownBy("is:un")).toEqual(["unreviewed", "unlabelled", "unflagged"]);
    expect(shownBy("folder:nor")).toContain("2025/north/last day");
    expect(shownBy("camera:nik")).toEqual(["NIKON D750"]);
    expect(shownBy("taken:2024")).toContain("2024-05");
    for (const field of [
      "label",
      "folder",
      "camera",
      "is",
      "taken",
      "format",
      "confidence",
      "people",
      "faces",
      "rating",
      "flag",
      "colour",
    ]) {
      const { from, to, options } = complete(`is:failed ${field}:`);
      expect(options.length, field).toBeGreaterThan(0);
      for (const { insert } of options)
        found(`is:failed ${field}:`.slice(0, from) + insert + `is:failed ${field}:`.slice(to));
    }
  });
  test("replaces the token under the caret and keeps what follows", () => {
    const text = "label:poo taken:2024";
    const { from, to } = complete(text, 9);
    expect(text.slice(from, to)).toBe("poo");
    expect(complete('label:"poo', 10)).toMatchObject({ from: 6, to: 10, options: [{ insert: "poodle " }] });
  });
});

test("flags, stars and colours are found by every name that programs have for them", () => {
  const [a, b, c] = photos.map(({ photo }) => photo) as [number, number, number];
  markPhotos(library.store, [a], { flag: "pick", rating: 4, colour: "red" });
  markPhotos(library.store, [b], { flag: "reject", rating: 3, colour: "Print these" });
  markPhotos(library.store, [c], { rating: 1 });
  for (const [text, ids] of [
    ["is:picked", [a]],
    ["flag:pick", [a]],
    ["flag:rejected", [b]],
    ["-is:unflagged", [a, b]],
    ["rating:>=3", [a, b]],
    ["rating:[1 TO 3]", [b, c]],
    ["colour:red", [a]],
    ["color:Rot", [a]],
    ['colour:"print THESE"', [b]],
    ["-colour:none rating:<4", [b]],
  ] as const)
    expect([text, [...browse(text).photos].sort((one, other) => one - other)]).toEqual([text, ids]);
  expect(browse("rating:0").photos).toHaveLength(photos.length - 3);
  for (const _ of [a, b, c]) undo(library.store);
});
