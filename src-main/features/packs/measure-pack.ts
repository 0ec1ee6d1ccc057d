import type { PackSpeed } from "../../../src-shared/contract";
import { packFolder } from "../../base/resources";
import { readPack } from "../../vision/pack";
import { rememberSpeed } from "./pack-speeds";
import { tryPack } from "./try-pack";

/**
 * Runs a pack's networks on ten pictures, and remembers the speed for this computer.
 * @param nameOrFolder of the pack
 * @throws Refusal `no-pack`, `bad-pack`, or the reason `signal` was aborted with
 */
export async function measurePack(home: string, nameOrFolder: string, signal?: AbortSignal): Promise<PackSpeed> {
  const pack = readPack(packFolder(nameOrFolder, home));
  const { speed } = await tryPack(pack, signal);
  rememberSpeed(home, pack.visualId, speed);
  return speed;
}
