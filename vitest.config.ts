import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { watPlugin } from "./scripts/wat-plugin.ts";

/** Rooms that only compute: their tests need no process of their own, and leave nothing behind. */
const PURE = "tests/{curate,devise,labeller,math,renderer,shared,words}/**/*.test.ts";

export default defineConfig({
  plugins: [watPlugin()],
  test: {
    projects: [
      { extends: true, test: { name: "files", include: ["tests/**/*.test.ts"], exclude: [PURE] } },
      { extends: true, test: { name: "pure", include: [PURE], isolate: false } },
    ],
    // Node can't load the files of TensorFlow.js's gradients.
    server: { deps: { inline: [/tfjs-core\/dist\/(?!tf-core)/] } },
    setupFiles: ["tests/fixtures/keep-originals.ts"],
    // A process per file, but for the pure ones: native modules and TensorFlow.js keep global state.
    pool: "forks",
    env: {
      ORT_DISABLE_TELEMETRY: "1", // for tests that run ONNX Runtime without the program's own set-up
      // A small network, so that tests are fast; tests of the bundled pack name it.
      SEMBLANCE_PACK: fileURLToPath(new URL("tests/fixtures/packs/seed", import.meta.url)),
    },
    maxWorkers: 3, // on two cores: some tests only wait for their processes
    retry: process.env.CI ? 1 : 0, // for busy machines, as for browser tests
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
