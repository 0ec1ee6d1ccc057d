/**
 * Lists the licences of all packages that ship, including transitive dependencies and what is bundled into the window.
 *
 *     node scripts/list-licences.mjs              writes resources/licences.json, which the About dialog shows
 *     node scripts/list-licences.mjs --check      fails if that file is outdated or a licence is not accepted
 *     node scripts/list-licences.mjs --texts FILE writes their full texts to one file, for packaging
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { shippedPackages } from "./shipped-packages.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const LIST = join("resources", "licences.json");
/**
 * SPDX ids. LGPL is accepted because libheif-js (HEIC) and libvips (sharp) are separate files that are loaded at run
 * time and can be replaced by other builds; their packages name the sources.
 */
const ACCEPTED = new Set([
  "MIT",
  "ISC",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "0BSD",
  "CC0-1.0",
  "BlueOak-1.0.0",
  "Unlicense",
  "Python-2.0",
  "PDDL-1.0",
  "LGPL-3.0",
  "LGPL-3.0-or-later",
]);
/** Licences that are in a package's LICENSE file but not in its package.json. */
const IN_ITS_TEXT = { "svelte-toolbelt": "MIT" };

const list = listed();
const json = `[\n${list.map((each) => `  ${JSON.stringify(each)}`).join(",\n")}\n]\n`;
const unaccepted = list.filter(({ licence }) => !isAccepted(licence));
if (unaccepted.length > 0)
  fail(
    `These licences are not in ACCEPTED:\n${unaccepted.map(({ name, version, licence }) => `  ${name} ${version}: ${licence}`).join("\n")}`,
  );
if (process.argv.includes("--check")) {
  if (!existsSync(LIST) || readFileSync(LIST, "utf8") !== json)
    fail(`${LIST} is outdated: run node scripts/list-licences.mjs and commit it.`);
  console.log(`${list.length} packages, all with accepted licences`);
} else if (process.argv.includes("--texts")) {
  writeFileSync(process.argv[process.argv.indexOf("--texts") + 1], texts());
} else {
  writeFileSync(LIST, json);
  console.log(`${LIST}: ${list.length} packages`);
}

/** @returns `folder` is null for packages that are bundled into the program's own files */
function listed() {
  const order = ({ name, version, folder }) => `${name} ${version} ${folder}`;
  return [...shippedPackages()]
    .map(([path, { name, version, license = IN_ITS_TEXT[name] ?? "not stated", dev }]) => ({
      name,
      version,
      licence: license,
      folder: dev ? null : path,
    }))
    .sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** SPDX expressions: OR of ANDs, as packages write them. */
function isAccepted(expression) {
  return expression
    .replace(/[()]/g, "")
    .split(" OR ")
    .some((all) => all.split(" AND ").every((id) => ACCEPTED.has(id.trim())));
}

function texts() {
  const byText = new Map();
  for (const { name, version, licence, folder } of list) {
    const at = folder ?? join("node_modules", name);
    if (!existsSync(at)) continue;
    const files = readdirSync(at, { withFileTypes: true })
      .filter((entry) => entry.isFile() && /^(licen[cs]e|copying|notice)/i.test(entry.name))
      .map((entry) => readFileSync(join(at, entry.name), "utf8").trim());
    const text = files.join("\n\n") || `Published under ${licence}. The package does not include the text.`;
    byText.set(text, [...(byText.get(text) ?? []), `${name} ${version} (${licence})`]);
  }
  return [...byText].map(([text, names]) => `${names.join("\n")}\n\n${text}\n`).join(`\n${"-".repeat(80)}\n\n`);
}

function fail(sentence) {
  console.error(sentence);
  process.exit(1);
}
