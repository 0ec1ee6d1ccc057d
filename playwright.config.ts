import { fileURLToPath } from "node:url";
import { defineConfig } from "@playwright/test";
import { launchOptions } from "./tests/e2e/browser";

// A small network, so that tests are quick; those about the bundled pack say so. Workers and the programs that they
// start inherit it.
process.env.SEMBLANCE_PACK = fileURLToPath(new URL("tests/fixtures/packs/seed", import.meta.url));

export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results",
  workers: 2,
  timeout: 60_000,
  forbidOnly: Boolean(process.env.CI),
  retries: process.env.CI ? 1 : 0, // whoever else uses the machine; what passed at the second try is listed as flaky
  reporter: "list",
  use: { launchOptions: launchOptions(), viewport: { width: 1280, height: 800 } },
});
