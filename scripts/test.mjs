/**
 * `npm test`: types, lint, unit and integration tests, browser tests. A stage that fails doesn't keep the others from
 * running.
 */
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
  // Whatever a test forgets to say, the libraries of whoever runs it stay out of this.
  SEMBLANCE_HOME: join(scratch, "home"),
};
const sum = { passed: 0, failed: 0, skipped: 0 };

try {
  if (isBuildOutdated()) await check("build", "electron-vite/bin/electron-vite.js", "build", "--logLevel", "warn");
  // Tests wait for processes of their own now and then: what reads the source has the processor meanwhile.
  await Promise.all([
    runVitest(),
    check("types", "typescript/bin/tsc", "--noEmit", "-p", "tsconfig.json"),
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
    check("lint", "eslint/bin/eslint.js", ".", "--max-warnings", "0"),
    check("format", "prettier/bin/prettier.cjs", "--check", "."),
  ]);
  await runPlaywright();
} finally {
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
}
process.exitCode = sum.failed > 0 ? 1 : 0;
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);

/** Several may run at a time: what one says stands together. */
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
    // A browser there must be before Playwright reads its configuration.
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

/** Adds a report up. A run that failed with no failed test broke down before or after its tests: that counts as one. */
function count(status, file, read) {
  const { passed, failed, skipped } = existsSync(file)
    ? read(JSON.parse(readFileSync(file, "utf8")))
    : { passed: 0, failed: 0, skipped: 0 };
  sum.passed += passed;
  sum.failed += status !== 0 ? Math.max(failed, 1) : failed;
  sum.skipped += skipped;
}

/** @param output `pipe` keeps what it says for later, `inherit` shows it at once */
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
