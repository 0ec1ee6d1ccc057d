import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder } from "../fixtures/photo-folder";

interface Lock {
  packages: Record<string, { hasInstallScript?: boolean; gypfile?: boolean }>;
}
const scripted = ({ packages }: Lock) =>
  Object.keys(packages).filter((path) => packages[path]!.hasInstallScript !== undefined);

test("npm ci, which reads only the lock, finds no package with a script to run or an addon to compile", () => {
  const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as Lock;
  expect(scripted(lock)).toEqual([]);
  for (const name of ["@parcel/watcher", "better-sqlite3", "hnswlib-node"])
    expect(lock.packages[`node_modules/${name}`]).toMatchObject({ gypfile: false });
});

test("after npm install has added scripts to the lock, prepare takes them out again", () => {
  const root = temporaryFolder();
  mkdirSync(join(root, "scripts"));
  cpSync("scripts/mark-lock.mjs", join(root, "scripts", "mark-lock.mjs"));
  writeFileSync(
    join(root, "package-lock.json"),
    JSON.stringify({
      packages: {
        "": { name: "p" },
        "node_modules/onnxruntime-node": { hasInstallScript: true },
        "node_modules/hnswlib-node": { hasInstallScript: true },
      },
    }),
  );
  const run = () => execFileSync(process.execPath, [join(root, "scripts", "mark-lock.mjs")], { encoding: "utf8" });
  expect(run()).toContain("Commit it");
  expect(JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"))).toEqual({
    packages: {
      "": { name: "p" },
      "node_modules/onnxruntime-node": {},
      "node_modules/hnswlib-node": { gypfile: false },
    },
  });
  expect(run()).toBe("");
});

test("npm 11 knows every setting of this project, and so warns of none", () => {
  const { stdout, stderr } = spawnSync("npm", ["pkg", "get", "name", "--loglevel=warn"], {
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  expect(JSON.parse(stdout)).toBe("semblance");
  expect(stderr).not.toContain("project config");
});
