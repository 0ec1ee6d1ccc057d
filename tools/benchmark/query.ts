import { browsePhotos } from "../../src-main/features/browse/browse-photos";
import { fullName } from "../../src-main/labeller/lexicon";
import { random } from "../../src-main/math/random";
import { inTransaction } from "../../src-main/store/database";
import { folders } from "../../src-main/store/photos";
import { countLabels } from "../../src-main/store/predictions";
import { quoteValue } from "../../src-shared/query/tokens";
import type { Figure, Outcome } from "./figures";
import { quantile } from "./quantiles";
import { fill } from "./search";
import { addPhotos } from "./synthetic-photos";
import { inTemporaryFolder, withFreshLibrary } from "./temporary";

/** The queried labels are among the most frequent, which cost most. */
const LABELS = 40;
const WARM_UP = 10;
/** Targets for 100,000 photos. */
const MAX_MILLISECONDS = 50;

/**
 * Milliseconds from a query's text to the sorted photos, for label, date and folder together and for each kind of
 * field.
 */
export async function query({ photos: n, rounds }: { photos: number; rounds: number }): Promise<Outcome> {
  return inTemporaryFolder((folder) =>
    withFreshLibrary(folder, {}, async ({ library }) => {
      await fill(library, addPhotos(library.store, n));
      const draw = random(21);
      // Half of the photos show no people.
      inTransaction(library.store, () => {
        const count = library.store.db.prepare(
          "INSERT INTO cache.people (photo, persons, faces) SELECT id, ?, ? FROM photo WHERE id % 20 = ?",
        );
        for (let part = 0; part < 20; part++) count.run(Math.max(0, part - 10), Math.max(0, part - 12), part);
      });
      const anyOf = <T>(list: readonly T[]): T => list[Math.floor(draw() * list.length)];
      const names = countLabels(library.store)
        .slice(0, LABELS)
        .map(({ label }) => quoteValue(fullName(library.lexicon.named(label))));
      const places = folders(library.store).map(({ folder }) => quoteValue(`/${folder}`));
      const month = () => `201${5 + Math.floor(draw() * 5)}-${String(1 + Math.floor(draw() * 12)).padStart(2, "0")}`;
      const kinds: Record<string, () => string> = {
        "label, date and folder": () => `label:${anyOf(names)} taken:>=${month()} folder:${anyOf(places)}`,
        "a label": () => `label:${anyOf(names)}`,
        "no such label, confident, unreviewed": () => `-label:${anyOf(names)} confidence:>0.5 is:unreviewed`,
        "number of people and date": () => `people:${anyOf(["0", "1", ">2"])} taken:>=${month()}`,
        "no people": () => "people:0",
        "a word, label and date": () => `${anyOf(names)} label:${anyOf(names)} taken:>=${month()}`,
      };
      const figures: Figure[] = [];
      for (const [what, text] of Object.entries(kinds)) {
        const times: number[] = [];
        for (let i = 0; i < rounds + WARM_UP; i++) {
          const words = text();
          const begun = performance.now();
          const { fault } = browsePhotos(library, { words, sort: "taken", descending: true, group: "none" });
          if (fault) throw new Error(`${words}: ${fault.message}`);
          if (i >= WARM_UP) times.push(performance.now() - begun);
        }
        for (const p of [0.5, 0.95]) {
          const target =
            p === 0.95 && what === "label, date and folder" && n <= 100_000 ? { atMost: MAX_MILLISECONDS } : undefined;
          figures.push({
            benchmark: "query",
            what: `${n.toLocaleString("en")} photos, ${what}, p${100 * p}`,
            value: quantile(times, p),
            unit: "ms",
            target,
          });
        }
      }
      return { figures };
    }),
  );
}
