/** `npm test`: types, lint, unit, integration and browser tests. All stages run, even if an earlier one fails. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const scratch = mkdtempSync(join(tmpdir(), "semblance-test-"));
const env = {
  ...process.env,
  PATH: join(process.cwd(), "node_modules", ".bin") + delimiter + process.env.PATH,
  // A test that sets no data folder must not touch the libraries of the user who runs it.
  SEMBLANCE_HOME: join(scratch, "home"),
  // Some 800 processes load the same packages; the first of them compiles each.
  NODE_COMPILE_CACHE: join(scratch, "compiled"),
};
const sum = { passed: 0, failed: 0, skipped: 0 };

try {
  if (isBuildOutdated()) await check("build", "electron-vite/bin/electron-vite.js", "build", "--logLevel", "warn");
  // The static checks use the processor while tests wait for their processes.
  await Promise.all([
    runVitest(),
    check("types", "typescript-7/bin/tsc", "--noEmit", "-p", "tsconfig.json"),
    check("index access", "../scripts/check-index-access.mjs"),
    check(
      "types of the window",
      "svelte-check/bin/svelte-check",
      "--tsconfig",
      "tsconfig.renderer.json",
      "--threshold",
      "warning",
      "--output",
      "human",
    ),
    check("lint", "oxlint/bin/oxlint"),
    check("lint of the window", "eslint/bin/eslint.js", ".", "--max-warnings", "0"),
    check("format", "oxfmt/bin/oxfmt", "--check"),
    check("format of the window", "prettier/bin/prettier.cjs", "--check", "**/*.svelte"),
  ]);
  await runPlaywright();
} finally {
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}
process.exitCode = sum.failed > 0 ? 1 : 0;
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);

/** Prints the output at the end, since several checks run at a time. */
async function check(title, ...command) {
  const { status, said } = await run(command, "pipe");
  console.log(`\n── ${title}\n${said}`);
  if (status === 0) return;
  console.log(`${title}: failed`);
  sum.failed++;
}

async function runVitest() {
  const file = join(scratch, "vitest.json");
  console.log("\n── unit and integration tests");
  const { status } = await run(
    ["vitest/vitest.mjs", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${file}`],
    "inherit",
  );
  count(status, file, (report) => ({
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  }));
}

async function runPlaywright() {
  const file = join(scratch, "playwright.json");
  try {
    // Playwright's configuration reads the path of the browser.
    const { findOrInstallBrowser } = await import("./find-or-install-browser.mjs");
    env.SEMBLANCE_CHROMIUM = findOrInstallBrowser();
  } catch (error) {
    console.log(error.message);
    sum.failed++;
    return;
  }
  env.PLAYWRIGHT_JSON_OUTPUT_FILE = file;
  console.log("\n── browser tests");
  const { status } = await run(["playwright/cli.js", "test", "--reporter=list,json"], "inherit");
  count(status, file, ({ stats }) => ({
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
    skipped: stats.skipped,
  }));
}

/**
 * Adds a report to the sum. A run that failed without a failed test, during set-up for example, counts as one failure.
 */
function count(status, file, read) {
  const { passed, failed, skipped } = existsSync(file)
    ? read(JSON.parse(readFileSync(file, "utf8")))
    : { passed: 0, failed: 0, skipped: 0 };
  sum.passed += passed;
  sum.failed += status !== 0 ? Math.max(failed, 1) : failed;
  sum.skipped += skipped;
}

/** @param output `pipe` returns the output as `said`, `inherit` shows it immediately */
async function run([script, ...args], output) {
  const child = spawn(process.execPath, [join("node_modules", script), ...args], {
    stdio: ["ignore", output, output],
    env,
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding("utf8").on("data", (text) => {
      said += text;
    });
  const [status] = await once(child, "close");
  return { status: status ?? 1, said: said.trim() };
}

function isBuildOutdated() {
  const entry = join("out", "main", "cli.js");
  if (!existsSync(entry) || !existsSync(join("out", "renderer", "index.html"))) return true;
  const built = statSync(entry).mtimeMs;
  const sources = ["src-main", "src-preload", "src-shared", "src-renderer", "tools"].flatMap((folder) =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((found) => found.isFile())
      .map((found) => join(found.parentPath, found.name)),
  );
  return ["package-lock.json", "electron.vite.config.ts", "scripts/wat-plugin.ts", ...sources].some(
    (file) => statSync(file).mtimeMs > built,
  );
}
