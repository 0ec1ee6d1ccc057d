import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { about } from "../../src-main/about";

const script = (...args: string[]) => execFileSync(process.execPath, ["scripts/list-licences.mjs", ...args], { encoding: "utf8" });

test("the list of licences is that of the packages that ship, and each licence is an accepted one", () => {
  expect(script("--check")).toMatch(/^\d{3} packages, each with an accepted licence/);
});

test("the About dialog names every package of this program, also what packages bring along and what is bundled into the window", () => {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, { dev?: boolean; optional?: boolean; version: string }> };
  const { licences } = about([]);
  const named = new Set(licences.map(({ name, version }) => `${name} ${version}`));
  expect(licences).toHaveLength(named.size);
  const shipped = Object.entries(packages).filter(([path, { dev, optional }]) => path !== "" && !dev && !optional).map(([path, { version }]) => `${path.split("node_modules/").at(-1)} ${version}`);
  expect(shipped.length).toBeGreaterThan(100);
  expect(shipped.filter((each) => !named.has(each))).toEqual([]);
  for (const bundled of ["svelte", "bits-ui", "@lucide/svelte", "uplot", "virtua"]) expect(licences.map(({ name }) => name)).toContain(bundled);
  for (const { name, licence } of licences.slice(3)) expect(licence, name).toMatch(/^[\w.() -]{3,60}$/);
});

test("the texts of all licences come in one file, for packaging", () => {
  const folder = mkdtempSync(join(tmpdir(), "semblance-licences-"));
  script("--texts", join(folder, "LICENCES.txt"));
  const text = readFileSync(join(folder, "LICENCES.txt"), "utf8");
  for (const part of ["libheif-js 1.23.2 (LGPL-3.0)", "GNU LESSER GENERAL PUBLIC LICENSE", "svelte 5.57.3 (MIT)", "Permission is hereby granted, free of charge"]) expect(text).toContain(part);
  rmSync(folder, { recursive: true });
});
