import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { availablePacks } from "../../src-main/features/packs/available-packs";
import { PROGRAM } from "../fixtures/command-line";
import { entryFor, modelHub, stallAfter } from "../fixtures/model-hub";
import { temporaryFolder } from "../fixtures/photo-folder";

// guarantee: hostile-download
test("a download that was killed or interrupted with Ctrl-C continues where it stopped", async () => {
  const files = { "visual.onnx": Buffer.alloc(3000, 5) };
  const hub = await modelHub(files);
  onTestFinished(() => hub.close());
  const home = temporaryFolder();
  const catalogue = join(home, "catalogue.json");
  writeFileSync(catalogue, JSON.stringify([entryFor("mine", files, {})]));
  const env = { ...process.env, SEMBLANCE_HOME: home, SEMBLANCE_HUB: hub.address, SEMBLANCE_CATALOGUE: catalogue };

  /** Runs the download until it has this many bytes, then sends the signal. */
  async function stopAt(bytes: number, signal: NodeJS.Signals) {
    const child = spawn(process.execPath, [PROGRAM, "packs", "get", "mine"], {
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    const list = () => {
      return availablePacks(home, { SEMBLANCE_CATALOGUE: catalogue }).find(({ name }) => name === "mine")!.downloaded;
    };
    await vi.waitFor(() => expect(list()).toBe(bytes), { timeout: 20_000, interval: 20 });
    child.kill(signal);
    const [code] = (await once(child, "close")) as [number | null];
    return { code, said };
  }

  hub.next("visual.onnx", stallAfter(1000), stallAfter(500));
  await stopAt(1000, "SIGKILL");
  expect(await stopAt(1500, "SIGINT")).toEqual({
    code: 130,
    said:
      `Continuing mine from ${hub.address}: 1 kB of 3 kB are here.\n` +
      "semblance: Cancelled. What was downloaded is kept; run the command again to continue.\n",
  });
  expect(hub.requests).toEqual(["visual.onnx", "visual.onnx bytes=1000-"]);
});
