import { existsSync } from "node:fs";
import { join } from "node:path";
import type { AvailablePack } from "../../../src-shared/contract";
import { installedPacksFolder } from "../../base/resources";
import { catalogue } from "./catalogue";
import { totalBytes } from "./download-pack";
import { hubAddress } from "./hub-request";
import { downloadedBytes } from "./partial-pack";

/** The packs of the catalogue that aren't installed. Opens no connection. @throws Refusal `bad-setting` */
export function availablePacks(home: string, env: NodeJS.ProcessEnv = process.env): AvailablePack[] {
  const hub = hubAddress(env).origin;
  return catalogue(env)
    .filter(({ name }) => !existsSync(join(installedPacksFolder(home), name)))
    .map((entry) => {
      const { name, title, about, licence, source } = entry;
      const downloaded = downloadedBytes(home, entry);
      return { name, title, about, licence, source, bytes: totalBytes(entry), downloaded, hub };
    });
}
