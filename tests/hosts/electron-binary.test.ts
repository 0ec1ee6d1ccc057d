import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { electronBinary } from "../../src-main/hosts/electron-binary";

const require = createRequire(import.meta.url);
const { version } = require("electron/package.json") as { version: string };
const installed = existsSync(join(dirname(require.resolve("electron/package.json")), "path.txt"));
const home = mkdtempSync(join(tmpdir(), "semblance-electron-"));
afterEach(() => rmSync(home, { recursive: true }));

test.skipIf(installed)(
  "a download that failed within the last day is not retried (skipped where Electron is installed)",
  async () => {
    writeFileSync(
      join(home, "electron-download.json"),
      JSON.stringify({ version, failedAt: Date.now() - 3_600_000, reason: "offline" }),
    );
    const log = vi.fn();
    expect(await electronBinary(home, log)).toBeNull();
    expect(log).not.toHaveBeenCalled();
  },
);
