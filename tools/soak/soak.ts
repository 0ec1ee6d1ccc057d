/**
 * Puts Semblance through long bad days, and says of each figure whether it holds; a figure that is missed ends with
 * exit code 1.
 *
 *   npm run soak -- [--only killed,long] [--minutes 10] [--seed 1]
 *   npm run soak -- --only killed [--moments 100]
 *   npm run soak -- --only long [--photos 100000]
 *
 * What is random follows from the seed alone. A mode that has more to do than its minutes stops where it is and says
 * how far it came.
 */
import { parseArgs } from "node:util";
import { holds, type Outcome, tableOf } from "../benchmark/figures";
import { killed } from "./killed";
import { long } from "./long";

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "killed" },
    minutes: { type: "string", default: "10" },
    seed: { type: "string", default: "1" },
    moments: { type: "string", default: "100" },
    photos: { type: "string", default: "100000" },
  },
});
const [minutes, seed] = [Number(options.minutes), Number(options.seed)];

const modes: Record<string, () => Promise<Outcome>> = {
  killed: () => killed({ moments: Number(options.moments), minutes, seed }),
  long: () => long({ photos: Number(options.photos), minutes, seed }),
};
const wanted = options.only.split(",").map((name) => name.trim());
const unknown = wanted.filter((name) => !(name in modes));
if (unknown.length > 0)
  throw new Error(`there is no mode ${unknown.join(", ")}; there are ${Object.keys(modes).join(", ")}`);

for (const mode of wanted) {
  const { figures, notes, skipped } = await modes[mode]();
  console.log(`${skipped === undefined ? tableOf(figures) : `${mode}  skipped: ${skipped}`}\n`);
  if (notes) console.log(`${notes.join("\n")}\n`);
  if (figures.some((figure) => holds(figure) === false)) process.exitCode = 1;
}
