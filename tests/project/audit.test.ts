import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";

/** Runs the audit against a registry that knows a grave vulnerability in all versions of these packages. */
async function audit(vulnerable: string[]): Promise<{ status: number; said: string }> {
  const registry = createServer((request, response) => {
    request.resume();
    if (request.url !== "/-/npm/v1/security/advisories/bulk") return void response.writeHead(404).end("{}");
    const advisory = { id: 1, url: "https://advisory.invalid", title: "escape", severity: "high", cwe: [] };
    const advisories = vulnerable.map((name) => [name, [{ ...advisory, vulnerable_versions: ">=0" }]] as const);
    response.setHeader("content-type", "application/json").end(JSON.stringify(Object.fromEntries(advisories)));
  }).listen(0, "127.0.0.1");
  await once(registry, "listening");
  onTestFinished(() => void registry.close());
  const { port } = registry.address() as AddressInfo;
  const env = { ...process.env, npm_config_registry: `http://127.0.0.1:${port}/` };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ["scripts/audit.mjs"], { env }, (_, stdout, stderr) =>
      resolve({ status: child.exitCode ?? -1, said: stdout + stderr }),
    );
  });
}

test("finds vulnerabilities in all that ships: Electron, the window's libraries, and what they bring along", async () => {
  const shipped = ["better-sqlite3", "electron", "svelte", "bits-ui", "virtua", "uplot", "@floating-ui/dom"];
  const { status, said } = await audit([...shipped, "eslint"]);
  for (const name of shipped) expect(said).toMatch(new RegExp(`^${name} .*: high; .*escape`, "m"));
  expect(said).not.toMatch(/^eslint /m);
  expect(status).toBe(1);
});

test("does not fail for packages that only developers run", async () => {
  const { status, said } = await audit(["eslint", "vitest"]);
  expect(said).toMatch(/^audit: 0 known vulnerabilities in the \d{3} packages that ship/);
  expect(status).toBe(0);
});
