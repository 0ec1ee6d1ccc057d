/**
 * Lists the licences of all packages that ship, including transitive dependencies and what is bundled into the window.
 *
 *     node scripts/list-licences.mjs              writes resources/licences.json, which the About dialog shows
 *     node scripts/list-licences.mjs --check      fails if that file is outdated or a licence is not accepted
 *     node scripts/list-licences.mjs --texts FILE writes their full texts to one file, for packaging
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

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

const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
const program = packages[""];
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
  const found = new Map();
  const walk = (name, from, optional) => {
    const path = located(name, from);
    if (!path) {
      if (optional) return; // for another platform, or an unused peer
      throw new Error(`package-lock.json has no ${name}, which ${from || "the program"} needs`);
    }
    if (found.has(path)) return;
    const {
      version,
      license = IN_ITS_TEXT[name] ?? "not stated",
      dev,
      dependencies = {},
      optionalDependencies = {},
      peerDependencies = {},
    } = packages[path];
    found.set(path, { name, version, licence: license, folder: dev ? null : path });
    for (const needed of Object.keys(dependencies)) walk(needed, path, false);
    for (const needed of Object.keys({ ...optionalDependencies, ...peerDependencies })) walk(needed, path, true);
  };
  for (const name of Object.keys(program.dependencies)) walk(name, "", false);
  for (const name of Object.keys(program.optionalDependencies)) walk(name, "", true);
  for (const name of imported()) walk(name, "", false);
  const order = ({ name, version, folder }) => `${name} ${version} ${folder}`;
  return [...found.values()].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** The path at which Node resolves a package from another's folder. */
function located(name, from) {
  for (let at = from; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    if (packages[`${at}/node_modules/${name}`]) return `${at}/node_modules/${name}`;
  }
  return packages[`node_modules/${name}`] ? `node_modules/${name}` : null;
}

/** The packages that the sources import, types alone left out. */
function imported() {
  const names = new Set();
  for (const folder of ["src-main", "src-preload", "src-renderer", "src-shared"]) {
    for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      if (!/\.(ts|svelte|css)$/.test(file)) continue;
      const text = readFileSync(join(folder, file), "utf8");
      for (const [, types, name] of text.matchAll(
        /^\s*(?:import|export|@import)\s(type\s)?[^"'`;]*?["']((?:@[\w.-]+\/)?[a-z][\w.-]*)[^"']*["']/gm,
      )) {
        if (!types && !builtinModules.includes(name) && name !== "node") names.add(name);
      }
    }
  }
  return [...names].filter((name) => packages[`node_modules/${name}`]);
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
