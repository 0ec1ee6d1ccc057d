import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { about } from "../../src-main/features/libraries/about";

const script = (...args: string[]) =>
  execFileSync(process.execPath, ["scripts/list-licences.mjs", ...args], { encoding: "utf8" });

// guarantee: licences
test("lists every shipped package, each under an accepted licence", () => {
  expect(script("--check")).toMatch(/^\d{3} packages, all with accepted licences/);
});

test("the About dialog lists every package, including transitive ones and those bundled into the window", () => {
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
    packages: Record<string, { dev?: boolean; optional?: boolean; version: string }>;
  };
  const { licences } = about([]);
  const named = new Set(licences.map(({ name, version }) => `${name} ${version}`));
  expect(licences).toHaveLength(named.size);
  const shipped = Object.entries(packages)
    .filter(([path, { dev, optional }]) => path !== "" && !dev && !optional)
    .map(([path, { version }]) => `${path.split("node_modules/").at(-1)} ${version}`);
  expect(shipped.length).toBeGreaterThan(100);
  expect(shipped.filter((each) => !named.has(each))).toEqual([]);
  for (const bundled of ["svelte", "bits-ui", "@lucide/svelte", "uplot", "virtua"])
    expect(licences.map(({ name }) => name)).toContain(bundled);
  for (const { name, licence } of licences.slice(7)) expect(licence, name).toMatch(/^[\w.() -]{3,60}$/);
});

test("the About dialog lists the bundled networks, with licence files beside them", () => {
  const pack = join("resources", "packs", "efficientnet-lite2");
  const { licences } = about([]);
  const files = { "EfficientNet-Lite2": "visual.onnx", "MB3-CenterNet": "objects.onnx", BlazeFace: "faces.onnx" };
  for (const [network, file] of Object.entries(files)) {
    const { licence } = licences.find(({ name }) => name.startsWith(network))!;
    const text = readFileSync(join(pack, `LICENCE-${licence.split(";")[0]}.txt`), "utf8");
    expect(text).toMatch(new RegExp(`^${file}.*${network}`, "m"));
    expect(text).toMatch(/Apache License\s+Version 2.0|Permission is hereby granted, free of charge/);
    expect(readFileSync(join(pack, "README.md"), "utf8")).toContain(`\`${file}\``);
  }
  for (const text of [
    readFileSync(join(pack, "README.md"), "utf8"),
    readFileSync(join(pack, "LICENCE-MIT.txt"), "utf8"),
  ])
    expect(text).toMatch(/610265158\/mobilenetv3_centernet,\s+carries no licence file/);
});

test("the About dialog starts with Semblance's own Apache License 2.0", () => {
  expect(about([]).licences[0]).toMatchObject({ name: "Semblance", licence: "Apache-2.0" });
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, unknown> };
  expect(lock.packages[""]).toMatchObject({ license: "Apache-2.0" });
  expect(readFileSync("LICENSE", "utf8")).toMatch(/^\s+Apache License\s+Version 2\.0, January 2004/);
});

test("writes all licence texts into one file for packaging", () => {
  const folder = mkdtempSync(join(tmpdir(), "semblance-licences-"));
  script("--texts", join(folder, "LICENCES.txt"));
  const text = readFileSync(join(folder, "LICENCES.txt"), "utf8");
  for (const part of [
    "libheif-js 1.23.2 (LGPL-3.0)",
    "GNU LESSER GENERAL PUBLIC LICENSE",
    "svelte 5.57.3 (MIT)",
    "Permission is hereby granted, free of charge",
  ])
    expect(text).toContain(part);
  rmSync(folder, { recursive: true });
});
