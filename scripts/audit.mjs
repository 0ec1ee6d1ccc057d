/**
 * Fails when a package that ships has a known weakness of high or critical severity. Where the registry does not answer
 * such
 * questions, it says so and fails nobody's work.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const PATIENCE = 60_000; // milliseconds
const windows = process.platform === "win32";
const { stdout, error } = spawnSync(
  windows ? "npm.cmd" : "npm",
  ["audit", "--omit=dev", "--audit", "--json", "--fetch-retries=0"],
  { encoding: "utf8", timeout: PATIENCE, shell: windows },
);
const report = parsed(stdout);
if (report?.auditReportVersion === undefined) {
  console.log(
    `audit: not done, the registry does not answer (${error?.message ?? report?.message ?? report?.error?.summary ?? "no report"})`,
  );
} else {
  const found = Object.values(report.vulnerabilities);
  const grave = found.filter(({ severity }) => severity === "high" || severity === "critical");
  for (const { name, severity, range, via } of grave)
    console.error(`${name} ${range}: ${severity}; ${via.map((each) => each.title ?? `by ${each}`).join("; ")}`);
  console.log(
    `audit: ${found.length} known weaknesses in packages that ship, ${grave.length} of them high or critical`,
  );
  if (grave.length > 0) process.exitCode = 1;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null; // npm that was stopped or is not there says nothing readable: the same as no answer
  }
}
