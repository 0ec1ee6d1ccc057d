import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import sharp from "sharp";
import type { LibraryInfo, Reply, Tile, Transport } from "../../src-shared/contract";
import { type Desktop, electronIsInstalled, launchDesktop } from "./desktop";

declare global {
  /** What the preload script exposes to the window. */
  var semblance: Transport;
}

/** The desktop host on a library of two photos, one red and one blue, for the tests of a file. */
export interface DesktopSession {
  readonly desktop: Desktop;
  /** A folder for what a test writes. */
  root: string;
  photos: string;
  /** Sends a call from the window. */
  send<T>(name: string, ...args: unknown[]): Promise<Reply<T>>;
  /** @throws Error if the call is refused */
  value<T>(name: string, ...args: unknown[]): Promise<T>;
  firstTile(): Promise<Tile>;
  /** Closes the program and starts it again. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function openDesktop(): Promise<DesktopSession> {
  test
    .info()
    .annotations.push({ type: "host", description: electronIsInstalled ? "Electron" : "stand-in for Electron" });
  const root = realpathSync(mkdtempSync(join(tmpdir(), "semblance-desktop-")));
  const [home, photos] = [join(root, "home"), join(root, "photos")];
  mkdirSync(photos);
  for (const [name, background] of [
    ["red.jpg", "#c22"],
    ["blue.jpg", "#22c"],
  ]) {
    const image = sharp({ create: { width: 320, height: 200, channels: 3, background } });
    writeFileSync(join(photos, name), await image.jpeg().toBuffer());
  }
  let desktop = await launchDesktop(home, photos);

  const session: DesktopSession = {
    get desktop() {
      return desktop;
    },
    root,
    photos,
    send: <T>(name: string, ...args: unknown[]) =>
      desktop.window.evaluate((call) => globalThis.semblance.send(call as never), { name, args }) as Promise<Reply<T>>,
    async value<T>(name: string, ...args: unknown[]): Promise<T> {
      const reply = await session.send<T>(name, ...args);
      if (!reply.ok) throw new Error(`${name}: ${reply.error.code}, ${reply.error.message}`);
      return reply.value;
    },
    async firstTile() {
      await expect.poll(async () => (await session.value<LibraryInfo>("library")).photos, { timeout: 60_000 }).toBe(2);
      const order = { sort: "name", descending: false, group: "none" };
      const { photos: shown } = await session.value<{ photos: number[] }>("browse", order);
      return (await session.value<Tile[]>("tiles", { photos: shown }))[0];
    },
    async restart() {
      await desktop.close();
      desktop = await launchDesktop(home, photos);
    },
    async close() {
      await desktop.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
  return session;
}
