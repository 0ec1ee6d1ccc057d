import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { writeAtomic } from "../../src-main/base/write-file";
import { LABEL_TABLE } from "../../src-main/exchange/label-tables";
import { temporaryFolder } from "../fixtures/photo-folder";

const CHILD = new URL("../fixtures/write-table.ts", import.meta.url).pathname;
const RESOLVE = new URL("../fixtures/resolve-typescript.mjs", import.meta.url).href;
const HEADER = "path,label,score,source,model\r\n";
const ROWS = 200;

const strace = spawnSync("strace", ["-e", "inject=fsync:signal=KILL:when=99", "true"]).status === 0;

/**
 * Runs an export that is killed as it first makes a system call, and tells whether it came so far.
 * @param of the path that the call is about; null for any
 */
function killedAt(call: string, of: string | null, home: string, file: string): boolean {
  const { signal, status } = spawnSync(
    "strace",
    [
      ...["-f", "-qq", "-o", "/dev/null", "-e", `trace=${call}`, "-e", `inject=${call}:signal=KILL`],
      ...(of === null ? [] : ["-P", of]),
      ...[process.execPath, "--no-warnings", "--experimental-transform-types", "--import", RESOLVE, CHILD],
      ...[home, file, "a", String(ROWS)],
    ],
    { stdio: "ignore" },
  );
  return signal === "SIGKILL" || status === 137;
}

describe.skipIf(!strace)("an export that is killed (needs strace with inject)", () => {
  // guarantee: export-whole
  test.each([
    ["before its content is on disk", "fsync", false],
    ["before it is renamed", "rename", false],
    ["before its name is on disk", "fsync", true],
    ["before its note is deleted", "unlink", false],
  ])(
    "%s leaves the earlier file or the new one, whole, and the next export cleans up",
    { timeout: 60_000 },
    async (_, call, ofFolder) => {
      const [home, folder] = [temporaryFolder(), temporaryFolder()];
      const file = join(folder, "labels.csv");
      writeFileSync(file, HEADER);
      const killed = killedAt(call, ofFolder ? folder : null, home, file);
      const rows = readFileSync(file, "utf8").split("\r\n").length - 2;
      expect([0, ROWS]).toContain(rows);
      expect(killed).toBe(true);
      await writeAtomic({ home, file, format: LABEL_TABLE, overwrite: true }, (handle) => handle.writeFile(HEADER));
      expect(readdirSync(folder)).toEqual(["labels.csv"]);
      expect(existsSync(join(home, "unfinished")) ? readdirSync(join(home, "unfinished")) : []).toEqual([]);
    },
  );
});
