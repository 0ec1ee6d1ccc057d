/**
 * Reports `items[i]` that is used as if an item were certain to lie there (`noUncheckedIndexedAccess`), in all files but
 * the numeric kernels:
 *
 *     node scripts/check-index-access.mjs [tsconfig.json]
 *
 * TypeScript knows this option for a whole program only, so this compiles the program with the option on and looks at
 * the files outside the kernels. The window has no kernels: tsconfig.renderer.json sets the option, and svelte-check
 * reports it.
 */
import { spawnSync } from "node:child_process";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Loops over typed arrays, whose bounds hold by construction: an assertion at each access would hide the arithmetic and
 * check nothing. Tests and tools fail where a value is missing.
 */
const KERNELS = [
  ...["math", "curate", "devise", "words", "labeller", "lab", "evaluation"].map((room) => `src-main/${room}/`),
  "tests/",
  "tools/",
];

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const config = resolve(process.argv[2] ?? here("../tsconfig.json"));
const { status, stdout, stderr, error } = spawnSync(
  process.execPath,
  [
    here("../node_modules/typescript-7/bin/tsc"),
    ...["-p", config, "--noEmit", "--noUncheckedIndexedAccess", "--pretty", "false"],
  ],
  { cwd: dirname(config), encoding: "utf8", maxBuffer: 2 ** 28 },
);
if (error) throw error;
if (stderr) process.stderr.write(stderr);

/** An error begins with its place, "src-main/a.ts(2,3): error TS2322: …", or with "error TS…" if it has none; indented lines continue it. */
const errors = stdout
  .split(/\r?\n(?! )/)
  .filter((line) => line !== "")
  .map((line) => /^(?:(.+?)\((\d+),\d+\): )?error TS\d+: (.*)$/s.exec(line) ?? [line, undefined, undefined, line])
  .filter(([, file]) => file === undefined || !KERNELS.some((kernel) => file.startsWith(kernel)));
for (const [, file, line, message] of errors) console.log(file === undefined ? message : `${file}:${line}: ${message}`);
if (errors.length > 0 || (status !== 0 && stdout === "")) process.exitCode = 1;
