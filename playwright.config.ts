import { defineConfig } from "@playwright/test";
import { launchOptions } from "./tests/e2e/browser";

export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results",
  workers: 2,
  timeout: 60_000,
  forbidOnly: Boolean(process.env.CI),
  reporter: "list",
  use: { launchOptions: launchOptions(), viewport: { width: 1280, height: 800 } },
});
