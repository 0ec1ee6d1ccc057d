/**
 * Puts `semblance` into node_modules/.bin, as npm does for dependencies. npx runs what it finds there at once. A `bin`
 * in package.json would make npx install the whole folder into its cache at every call, which takes longer than a
 * search.
 */
import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const bins = join(root, "node_modules", ".bin");
const link = join(bins, "semblance");

mkdirSync(bins, { recursive: true });
rmSync(link, { force: true });
chmodSync(join(root, "bin", "semblance.js"), 0o755);
if (process.platform === "win32") {
  writeFileSync(`${link}.cmd`, '@node "%~dp0..\\..\\bin\\semblance.js" %*\r\n');
  writeFileSync(link, '#!/bin/sh\nexec node "$(dirname "$0")/../../bin/semblance.js" "$@"\n'); // npx looks for this name
} else symlinkSync(join("..", "..", "bin", "semblance.js"), link);
