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
import { dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

/**
 * Loops over typed arrays, whose bounds hold by construction: an assertion at each access would hide the arithmetic and
 * check nothing. Tests and tools fail where a value is missing.
 */
const KERNELS = [
  ...["math", "curate", "devise", "words", "labeller", "lab", "evaluation"].map((room) => `src-main/${room}/`),
  "tests/",
  "tools/",
];

const config = resolve(process.argv[2] ?? fileURLToPath(new URL("../tsconfig.json", import.meta.url)));
const root = dirname(config);
const nameOf = (file) => relative(root, file).split(sep).join("/");
const isChecked = ({ fileName, isDeclarationFile }) => {
  const name = nameOf(fileName);
  return !isDeclarationFile && !name.startsWith("../") && !KERNELS.some((kernel) => name.startsWith(kernel));
};

const parsed = ts.getParsedCommandLineOfConfigFile(
  config,
  { noEmit: true, noUncheckedIndexedAccess: true },
  {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
      throw new Error(`${config}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
    },
  },
);
const program = ts.createProgram({ rootNames: parsed.fileNames, options: parsed.options });
const errors = [
  ...parsed.errors,
  ...program
    .getSourceFiles()
    .filter(isChecked)
    .flatMap((file) => program.getSemanticDiagnostics(file)),
];
for (const { file, start, messageText } of errors) {
  const where = file
    ? `${nameOf(file.fileName)}:${file.getLineAndCharacterOfPosition(start).line + 1}`
    : nameOf(config);
  console.log(`${where}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`);
}
if (errors.length > 0) process.exitCode = 1;
