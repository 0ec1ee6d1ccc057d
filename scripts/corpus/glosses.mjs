import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Every synset of WordNet as a dictionary entry: its names, then the definition and examples. */
export function glosses(folder) {
  return ["noun", "verb", "adj", "adv"]
    .flatMap((part) =>
      readFileSync(join(folder, `data.${part}`), "utf8")
        .split("\n")
        .filter((line) => /^\d{8} /.test(line))
        .map(entry),
    )
    .join("\n\n");
}

function entry(line) {
  const bar = line.indexOf(" | ");
  const fields = line.slice(0, bar).split(" ");
  const names = Array.from({ length: parseInt(fields[3], 16) }, (_, i) =>
    fields[4 + 2 * i].replace(/_/g, " ").replace(/\(\w+\)$/, ""),
  );
  return `${names.join(", ")}: ${line
    .slice(bar + 3)
    .trim()
    .replace(/"/g, "")
    .replace(/;/g, ".")}`;
}
