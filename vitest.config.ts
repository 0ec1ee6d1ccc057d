import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { watPlugin } from "./scripts/wat-plugin.ts";

export default defineConfig({
  plugins: [watPlugin()],
  test: {
    include: ["tests/**/*.test.ts"],
    // TensorFlow.js's gradients come in files that Node can't load.
    server: { deps: { inline: [/tfjs-core\/dist\/(?!tf-core)/] } },
    setupFiles: ["tests/fixtures/keep-originals.ts"],
    // Each file has a process of its own: native modules and TensorFlow.js keep global state.
    pool: "forks",
    env: {
      ORT_DISABLE_TELEMETRY: "1", // tests that run a network without the program's own way to it
      // A small network, so that tests are quick; those about the bundled pack name it.
      SEMBLANCE_PACK: fileURLToPath(new URL("tests/fixtures/packs/seed", import.meta.url)),
    },
    maxWorkers: 3, // on two cores: some wait for processes that they started
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
