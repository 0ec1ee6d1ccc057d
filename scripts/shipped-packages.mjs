/** Which packages ship: what the program depends on, and what is bundled into its files though it stands under dev. */
import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";

/**
 * Reads package-lock.json and the sources, so run it in the project's folder.
 * @returns by path in the lock; Electron, the window's libraries and everything that these bring along are among them
 */
export function shippedPackages() {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
  const program = packages[""];
  const found = new Map();
  const walk = (name, from, optional) => {
    const path = located(packages, name, from);
    if (!path) {
      if (optional) return; // for another platform, or an unused peer
      throw new Error(`package-lock.json has no ${name}, which ${from || "the program"} needs`);
    }
    if (found.has(path)) return;
    const entry = packages[path];
    found.set(path, { name, ...entry });
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = entry;
    for (const needed of Object.keys(dependencies)) walk(needed, path, false);
    for (const needed of Object.keys({ ...optionalDependencies, ...peerDependencies })) walk(needed, path, true);
  };
  for (const name of Object.keys(program.dependencies)) walk(name, "", false);
  for (const name of Object.keys(program.optionalDependencies)) walk(name, "", true);
  for (const name of imported(packages)) walk(name, "", false);
  return found;
}

/** The path at which Node resolves a package from another's folder. */
function located(packages, name, from) {
  for (let at = from; at !== ""; at = at.slice(0, Math.max(0, at.lastIndexOf("/node_modules/")))) {
    if (packages[`${at}/node_modules/${name}`]) return `${at}/node_modules/${name}`;
  }
  return packages[`node_modules/${name}`] ? `node_modules/${name}` : null;
}

/** The packages that the sources import, types alone left out. */
function imported(packages) {
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
