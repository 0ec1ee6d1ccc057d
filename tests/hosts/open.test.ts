import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const launcher = fileURLToPath(new URL("../../bin/semblance.js", import.meta.url));
const built = existsSync(fileURLToPath(new URL("../../out/main/cli.js", import.meta.url)));
const home = mkdtempSync(join(tmpdir(), "semblance-open-"));
afterAll(() => rmSync(home, { recursive: true }));

test.skipIf(!built || process.platform !== "linux")(
  "without a display, serves the window, prints its address and exits cleanly on Ctrl-C (skipped before npm run build)",
  async () => {
    const child = spawn(process.execPath, [launcher, "open"], {
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, SEMBLANCE_HOME: home, DISPLAY: "", WAYLAND_DISPLAY: "" },
    });
    let said = "";
    for await (const text of child.stdout.setEncoding("utf8") as AsyncIterable<string>) {
      said += text;
      if (said.includes("\n")) break;
    }
    const [, address] = /^Semblance is open at (http:\/\/127\.0\.0\.1:\d+\/\?code=[\w-]{22})$/m.exec(said) ?? [];
    const page = await fetch(address);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("<title>Semblance</title>");
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([0, null]);
  },
);
