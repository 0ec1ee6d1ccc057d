import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";
import { launchOptions } from "./tests/e2e/browser";

// A small network, so that tests are fast; tests of the bundled pack name it. Workers and the programs that they start
// inherit this.
process.env.SEMBLANCE_PACK = fileURLToPath(new URL("tests/fixtures/packs/seed", import.meta.url));

export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results",
  workers: 3, // on two cores: some tests only wait for their page or engine
  timeout: 60_000,
  forbidOnly: Boolean(process.env.CI),
  retries: process.env.CI ? 1 : 0, // for busy machines; tests that pass on the second try are listed as flaky
  reporter: "list",
  use: {
    launchOptions: launchOptions(),
    viewport: { width: 1280, height: 800 },
    contextOptions: { reducedMotion: "reduce" }, // software draws each frame of an animation
  },
});
