import { globSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { watPlugin } from "./scripts/wat-plugin.ts";

const ROOT = fileURLToPath(new URL(".", import.meta.url));
const TESTS = "tests/**/*.test.ts";

/** Files that replace modules need a process of their own: in a shared one, others have loaded the true ones before. */
const MOCKING = globSync(TESTS, { cwd: ROOT }).filter((file) => readFileSync(ROOT + file, "utf8").includes("vi.mock("));

/** Files that take longest, in this order. If one began last, the run would wait for it alone. */
const SLOWEST = [
  "tests/store/killed-at-calls.test.ts",
  "tests/vision/backends.test.ts",
  "tests/workspace/upgrade.test.ts",
  "tests/engine/engine.test.ts",
  "tests/folder/watch.test.ts",
  "tests/store/damaged-while-open.test.ts",
  "tests/folder/extreme-folders.test.ts",
  "tests/exchange/labeller.test.ts",
];

/** Vitest begins with the files that took longest before; on a fresh clone it knows no times. */
class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => SLOWEST.indexOf(relative(ROOT, moduleId).replaceAll("\\", "/"));
    const slow = files.filter((file) => place(file) >= 0).sort((a, b) => place(a) - place(b));
    return [...slow, ...(await super.sort(files.filter((file) => place(file) < 0)))];
  }
}

export default defineConfig({
  plugins: [watPlugin()],
  test: {
    projects: [
      { extends: true, test: { name: "alone", include: MOCKING } },
      { extends: true, test: { name: "shared", include: [TESTS], exclude: MOCKING, isolate: false } },
    ],
    // Node can't load the files of TensorFlow.js's gradients.
    server: { deps: { inline: [/tfjs-core\/dist\/(?!tf-core)/] } },
    setupFiles: ["tests/fixtures/keep-originals.ts"],
    pool: "forks",
    unstubEnvs: true,
    env: {
      ORT_DISABLE_TELEMETRY: "1", // for tests that run ONNX Runtime without the program's own set-up
      // A small network, so that tests are fast; tests of the bundled pack name it.
      SEMBLANCE_PACK: fileURLToPath(new URL("tests/fixtures/packs/seed", import.meta.url)),
    },
    sequence: { sequencer: SlowestFirst },
    maxWorkers: 3, // on two cores: some tests only wait for their processes
    retry: process.env.CI ? 1 : 0, // for busy machines, as for browser tests
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
