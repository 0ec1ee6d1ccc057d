import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };

const root = fileURLToPath(new URL("../..", import.meta.url));

test("npx runs the link in node_modules/.bin, and installs nothing into its cache", ({ skip }) => {
  const folder = mkdtempSync(join(tmpdir(), "semblance-link-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const part of ["package.json", "bin", "scripts/link-command.mjs"])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  mkdirSync(join(folder, "out", "main"), { recursive: true });
  writeFileSync(join(folder, "out", "main", "cli.js"), "console.log(JSON.stringify(process.argv.slice(2)));");
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(root, "node_modules", "node"), join(folder, "node_modules", "node"), "junction");

  const linked = spawnSync(process.execPath, ["scripts/link-command.mjs"], { cwd: folder, encoding: "utf8" });
  expect(linked).toMatchObject({ status: 0, stderr: "" });
  expect(spawnSync(process.execPath, ["scripts/link-command.mjs"], { cwd: folder })).toMatchObject({ status: 0 });

  const cache = join(folder, "cache");
  const npx = spawnSync("npx", ["semblance", "tag", "a folder"], {
    cwd: folder,
    encoding: "utf8",
    shell: process.platform === "win32",
    env: { ...process.env, npm_config_cache: cache, npm_config_offline: "true", npm_config_update_notifier: "false" },
  });
  if (npx.error) return skip("npx is not installed");
  expect({ status: npx.status, stdout: npx.stdout }).toEqual({ status: 0, stdout: '["tag","a folder"]\n' });
  expect(existsSync(join(cache, "_npx"))).toBe(false);
});

test("package.json names no bin, which npx would prefer to the link", () => {
  expect(manifest).not.toHaveProperty("bin");
});
