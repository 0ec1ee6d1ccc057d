import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readPack } from "../../src-main/vision/pack";
import { PROGRAM, semblance } from "../fixtures/command-line";
import { classifierFile, CLASSIFIERS, D, WEIGHTS } from "../fixtures/exported-classifiers";
import { detrFile, yoloxFile } from "../fixtures/exported-detectors";
import { temporaryFolder } from "../fixtures/photo-folder";
import { writeColourPack } from "../fixtures/small-onnx";

const PAGE = fileURLToPath(new URL("../../docs/guide/packs-add.md", import.meta.url));
/** The page's commands, as arguments. */
const COMMANDS = [...readFileSync(PAGE, "utf8").matchAll(/^(?:\$ )?npx semblance (.*)$/gm)].map(([, line]) => line!);

/** A classifier of 64 × 64 pixels with so many classes. */
const classifier = (classes: number): Uint8Array => {
  const numbers = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(5 * i));
  const head = [
    { name: "w", dims: [classes, D], values: numbers(classes * D) },
    { name: "b", dims: [classes], values: numbers(classes) },
  ];
  return classifierFile(CLASSIFIERS["ResNet: Flatten, Gemm"]!, {
    input: { dims: ["n", 3, 64, 64] },
    outputs: { y: classes },
    weights: [...WEIGHTS.filter(({ name }) => !["w", "b"].includes(name)), ...head],
  });
};

/** A home folder with the files that the page names. */
function ada(): string {
  const home = temporaryFolder();
  writeFileSync(join(home, "resnet50.onnx"), classifier(1000));
  writeFileSync(join(home, "birds.onnx"), classifier(2));
  writeFileSync(join(home, "birds.txt"), "crane\nheron\n");
  writeFileSync(join(home, "yolox_s.onnx"), yoloxFile({ classes: 80 }));
  writeFileSync(join(home, "rtdetr.onnx"), detrFile({ classes: 80, size: 64 }));
  mkdirSync(join(home, "Downloads"));
  writeColourPack(join(home, "Downloads", "garden-pack"));
  return home;
}

/** Runs a line of the page as a shell does. */
const run = (home: string, line: string) => {
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!);
  return semblance(
    join(home, "data"),
    words.map((word) => word.replace(/^~/, home)),
    { cwd: home },
  );
};

test("the guide's commands", async () => {
  const home = ada();
  const [asking, ...others] = COMMANDS;
  expect(asking).toBe("packs add resnet50.onnx");
  const refused = await run(home, asking!);
  expect(refused.stderr).toContain("Give --resize, --mean, --std and --labels.");
  expect(refused.code).toBe(2);
  for (const line of others) {
    const { code, stderr } = await run(home, line);
    expect(stderr, line).toBe("");
    expect(code, line).toBe(0);
  }
  const pack = (name: string) => readPack(join(home, "data", "packs", name));
  expect(pack("resnet").preprocess).toMatchObject({ size: 64, resize: { shortSide: 256 } });
  expect(pack("garden")).toMatchObject({ name: "garden", dimensions: 6 });
  expect(pack("lite2-yolox").detection!.detectors.map(({ name }) => name)).toEqual(["faces", "yolox_s"]);
  expect(pack("rtdetr").detection!.detectors[1]!.classes[0]).toMatchObject({ name: "person", threshold: 0.6 });
});

const hasScript = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;
test.skipIf(!hasScript)("on a terminal, it asks (skipped without the program “script”)", () => {
  const home = ada();
  const shown = execFileSync(
    "script",
    ["-qec", `"${process.execPath}" "${PROGRAM}" packs add birds.onnx --json`, "/dev/null"],
    {
      cwd: home,
      env: { ...process.env, SEMBLANCE_HOME: join(home, "data") },
      input: "\n0.5,0.5,0.5\n\nbirds.txt\n",
      encoding: "utf8",
    },
  );
  expect(shown).toContain("birds.onnx is a classifier with 2 classes.");
  const { mean, std, classes } = readPack(join(home, "data", "packs", "birds"));
  expect([mean, std]).toEqual([
    [0.5, 0.5, 0.5],
    [0.229, 0.224, 0.225],
  ]);
  expect(classes.map(({ name }) => name)).toEqual(["crane", "heron"]);
});
