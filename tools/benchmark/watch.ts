import { linkSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { createSemblance } from "../../src-main/engine/semblance";
import type { Outcome } from "./figures";
import { median } from "./quantiles";
import { inTemporaryFolder } from "./temporary";

const IDLE_SECONDS = 10;
const PATIENCE_MS = 300_000;

/**
 * Delay until new files in an open folder are reported, one at a time and many at once; and the idle cost of watching.
 */
export async function watch({ rounds, many }: { rounds: number; many: number }): Promise<Outcome> {
  return inTemporaryFolder((root) =>
    inTemporaryFolder(async (home) => {
      const folder = join(root, "photos");
      mkdirSync(folder);
      await picture(join(folder, "first.jpg"), 0);
      let received: () => void = () => undefined;
      const semblance = await createSemblance({
        home,
        folderDialog: false,
        emit: (event) => {
          if (event === "photos") received();
        },
      });
      const { api } = semblance;
      const present = async () => (await api.folders()).reduce((sum, { photos }) => sum + photos, 0);
      const until = async (photos: number) => {
        const begun = performance.now();
        while ((await present()) < photos) {
          if (performance.now() - begun > PATIENCE_MS)
            throw new Error(`${await present()} of ${photos} photos were found after ${PATIENCE_MS / 1000} s`);
          await new Promise<void>((resolve) => {
            received = resolve;
            setTimeout(resolve, 1000);
          });
        }
        return performance.now() - begun;
      };
      const idle = async () => {
        while ((await api.jobs()).some(({ state }) => state === "running"))
          await new Promise((resolve) => setTimeout(resolve, 50));
      };
      try {
        await api.openLibrary({ folder });
        await until(1);
        await idle();
        const one: number[] = [];
        for (let i = 1; i <= rounds; i++) {
          await picture(join(folder, `one-${i}.jpg`), i);
          one.push(await until(1 + i));
          await idle();
        }
        const { user, system } = process.cpuUsage();
        await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1000));
        const used = process.cpuUsage({ user, system });
        // Like copying a card: all different, all at once.
        const bytes = await sharp({ create: { width: 32, height: 32, channels: 3, background: "#884422" } })
          .jpeg()
          .toBuffer();
        mkdirSync(join(root, "card"));
        for (let i = 0; i < many; i++)
          writeFileSync(join(root, "card", `${i}.jpg`), Buffer.concat([bytes, Buffer.from(String(i))]));
        mkdirSync(join(folder, "card"));
        for (let i = 0; i < many; i++) linkSync(join(root, "card", `${i}.jpg`), join(folder, "card", `${i}.jpg`));
        const first = await until(1 + rounds + 1);
        const all = first + (await until(1 + rounds + many));
        return {
          figures: [
            {
              benchmark: "watch",
              what: "one new file: time until it is in the library, median",
              value: median(one) / 1000,
              unit: "s",
              target: { atMost: 2 },
            },
            {
              benchmark: "watch",
              what: "one new file: time until it is in the library, maximum",
              value: Math.max(...one) / 1000,
              unit: "s",
            },
            {
              benchmark: "watch",
              what: `${many.toLocaleString("en")} new files at once: time until the first is in the library`,
              value: first / 1000,
              unit: "s",
              target: { atMost: 2 },
            },
            {
              benchmark: "watch",
              what: `${many.toLocaleString("en")} new files at once: time until all are in the library`,
              value: all / 1000,
              unit: "s",
              target: { atMost: 2 },
            },
            {
              benchmark: "watch",
              what: "CPU time per second while idle",
              value: (used.user + used.system) / 1000 / IDLE_SECONDS,
              unit: "ms",
              target: { atMost: 10 },
            },
          ],
        };
      } finally {
        await semblance.close();
      }
    }),
  );
}

const picture = (file: string, seed: number) =>
  sharp({
    create: {
      width: 64,
      height: 64,
      channels: 3,
      background: { r: (seed * 37) % 256, g: (seed * 91) % 256, b: (seed * 53) % 256 },
    },
  })
    .jpeg()
    .toFile(file);
