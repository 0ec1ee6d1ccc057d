import type { RefusalCategory } from "../../src-shared/refusal";
import { dataFolder } from "../base/data-folder";
import { explainError } from "../workspace/explain-error";
import { warn } from "./output";

/** 0 is success. `tag`, `correct`, `import` and `export` also end with 1 if they could not use some files or lines. */
const EXIT_CODES: Record<RefusalCategory, number> = { failed: 1, use: 2, cancelled: 130 };

/** Says on standard error why a command failed, and sets its exit code. @param verbose also prints the stack */
export function endWith(error: unknown, verbose = false): void {
  const { code, category, message } = explainError(error, dataFolder());
  warn(`semblance: ${message}`);
  if (code === "internal" && !verbose) warn("Run the command again with --verbose, and please report what it prints.");
  if (verbose) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = EXIT_CODES[category];
}
