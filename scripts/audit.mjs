/**
 * Fails if a package that ships has a known vulnerability of high or critical severity. What ships is more than npm's
 * `--omit=dev`: Electron and what is bundled into the window are development dependencies. If the registry can't be
 * asked, it says so and succeeds.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { shippedPackages } from "./shipped-packages.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const TIMEOUT = 60_000; // milliseconds
const windows = process.platform === "win32";
const { stdout, error } = spawnSync(windows ? "npm.cmd" : "npm", ["audit", "--audit", "--json", "--fetch-retries=0"], {
  encoding: "utf8",
  timeout: TIMEOUT,
  shell: windows,
});
const report = parsed(stdout);
if (report?.auditReportVersion === undefined) {
  console.log(
    `audit: skipped, the registry does not answer (${error?.message ?? report?.message ?? report?.error?.summary ?? "no report"})`,
  );
} else {
  const shipped = shippedPackages();
  const found = Object.values(report.vulnerabilities).filter(({ nodes }) => nodes.some((path) => shipped.has(path)));
  const grave = found.filter(({ severity }) => severity === "high" || severity === "critical");
  for (const { name, severity, range, via } of grave)
    console.error(`${name} ${range}: ${severity}; ${via.map((each) => each.title ?? `by ${each}`).join("; ")}`);
  console.log(
    `audit: ${found.length} known vulnerabilities in the ${shipped.size} packages that ship, ${grave.length} high or critical`,
  );
  if (grave.length > 0) process.exitCode = 1;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null; // npm timed out or is missing: the same as no answer
  }
}
