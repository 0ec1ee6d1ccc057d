import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { exchangeCode } from "../fixtures/exchange-code";

const launcher = fileURLToPath(new URL("../../bin/semblance.js", import.meta.url));
const built = existsSync(fileURLToPath(new URL("../../out/main/cli.js", import.meta.url)));
const home = mkdtempSync(join(tmpdir(), "semblance-open-"));
afterAll(() => rmSync(home, { recursive: true }));

const skipped = !built || process.platform !== "linux";

/** The program without a display, and how to wait for the next address that it prints. */
function start(input: "ignore" | "pipe") {
  const child = spawn(process.execPath, [launcher, "open"], {
    stdio: [input, "pipe", "inherit"],
    env: { ...process.env, SEMBLANCE_HOME: home, DISPLAY: "", WAYLAND_DISPLAY: "" },
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const nextLine = async () => (await lines.next()).value as string;
  return { child, nextLine };
}

const ADDRESS = /^Semblance is open at (http:\/\/127\.0\.0\.1:\d+\/\?code=[\w-]{22})$/;

test.skipIf(skipped)(
  "without a display, serves the window, prints its address and exits cleanly on Ctrl-C (skipped before npm run build)",
  async () => {
    const { child, nextLine } = start("ignore");
    const [, address] = ADDRESS.exec(await nextLine()) ?? [];
    const page = await fetch(address);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("<title>Semblance</title>");
    child.kill("SIGINT");
    expect(await once(child, "exit")).toEqual([0, null]);
  },
);

// guarantee: browser-host
test.skipIf(skipped)(
  "a printed address works once; Enter or SIGUSR2 prints another of the same window (skipped before npm run build)",
  async () => {
    const { child, nextLine } = start("pipe");
    const first = ADDRESS.exec(await nextLine())![1];
    expect(await nextLine()).toBe("The address works once. Press Enter for another.");
    const { token } = await exchangeCode(first);
    await expect(exchangeCode(first)).rejects.toThrow("used before or has expired");
    child.stdin!.write("\n");
    const second = ADDRESS.exec(await nextLine())![1];
    child.kill("SIGUSR2");
    const third = ADDRESS.exec(await nextLine())![1];
    expect(await exchangeCode(second)).toMatchObject({ token });
    expect(await exchangeCode(third)).toMatchObject({ token });
    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);

    const inBackground = start("ignore");
    await inBackground.nextLine();
    expect(await inBackground.nextLine()).toBe(
      `The address works once. For another: kill -USR2 ${inBackground.child.pid}`,
    );
    inBackground.child.kill("SIGTERM");
    await once(inBackground.child, "exit");
  },
);
