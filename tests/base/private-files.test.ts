import { chmodSync, lstatSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { keepPrivate } from "../../src-main/base/private-files";
import { startEngine } from "../../src-main/engine/engine-process";
import { closeStore, openStore, writeMeta } from "../../src-main/store/database";
import { semblanceAlone } from "../fixtures/command-line";
import { paint, temporaryFolder } from "../fixtures/photo-folder";

// Modes are compared, not access tried: the tests may run as root, who can read everything.
const posix = process.platform !== "win32";

function everyoneMayRead() {
  const before = process.umask(0);
  onTestFinished(() => void process.umask(before));
}

const modeOf = (path: string) => (lstatSync(path).mode & 0o7777).toString(8);

/** Paths below a folder, and itself, whose mode lets other users in. */
function open(folder: string): string[] {
  const below = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  return [folder, ...below].filter((path) => modeOf(path) !== (statSync(path).isDirectory() ? "700" : "600"));
}

async function photos(): Promise<string> {
  const folder = join(temporaryFolder(), "photos");
  for (const seed of [1, 2]) await paint(join(folder, `${seed}.png`), seed);
  return folder;
}

// guarantee: private-data-folder
test.skipIf(!posix)(
  "commands make a private data folder even with umask 000, but exports have the person's umask",
  async () => {
    everyoneMayRead();
    const [home, folder, out] = [join(temporaryFolder(), "new", "home"), await photos(), temporaryFolder()];
    expect(await semblanceAlone(home, ["tag", folder, "--csv", join(out, "tags.csv")])).toMatchObject({ code: 0 });
    writeFileSync(join(out, "verdicts.csv"), "path,label,verdict\n1.png,Rex,accept\n");
    expect(await semblanceAlone(home, ["correct", folder, join(out, "verdicts.csv")])).toMatchObject({ code: 0 });
    expect(await semblanceAlone(home, ["export", folder, "--csv", join(out, "labels.csv")])).toMatchObject({ code: 0 });
    const names = readdirSync(home, { recursive: true, encoding: "utf8" }).join("\n");
    for (const made of [/library\.db$/m, /cache\.db$/m, /backups\/library-exit-.*\.db$/m, /^recent\.json$/m])
      expect(names).toMatch(made);
    expect(open(home)).toEqual([]);
    for (const file of ["tags.csv", "labels.csv"]) expect(modeOf(join(out, file))).toBe("666");
  },
);

// guarantee: private-data-folder
test.skipIf(!posix)("a library is private while it is open, with what SQLite keeps beside it", async () => {
  everyoneMayRead();
  const [home, folder] = [join(temporaryFolder(), "home"), await photos()];
  const store = openStore({ home, folder });
  writeMeta(store, "test", "written");
  const names = readdirSync(store.directory);
  expect(names).toEqual(expect.arrayContaining(["library.db-wal", "library.db-shm", "cache.db-wal", "cache.db-shm"]));
  expect(open(home)).toEqual([]);
  closeStore(store);
  expect(open(home)).toEqual([]);
});

// guarantee: private-data-folder
test.skipIf(!posix).each(["a command", "opening a library", "the engine"])(
  "%s corrects the data folder of an earlier version, with mode 755 and files of 644",
  async (which) => {
    everyoneMayRead();
    const [home, folder] = [join(temporaryFolder(), "home"), await photos()];
    const earlier = openStore({ home, folder });
    writeMeta(earlier, "test", "a change, so that there is a backup");
    closeStore(earlier);
    for (const file of ["embeddings/a.db", "fits/a.f32", "projections/a/M.f32", "evaluations/a.json", "window.json"]) {
      mkdirSync(join(home, file, ".."), { recursive: true });
      writeFileSync(join(home, file), "private");
    }
    for (const name of ["", ...readdirSync(home, { recursive: true, encoding: "utf8" })])
      chmodSync(join(home, name), statSync(join(home, name)).isDirectory() ? 0o755 : 0o644);
    expect(open(home).length).toBeGreaterThan(12);

    if (which === "a command") expect(await semblanceAlone(home, ["status"])).toMatchObject({ code: 0 });
    else if (which === "the engine") await (await startEngine({ home, folderDialog: false })).close();
    else closeStore(openStore({ home, folder }));
    expect(open(home)).toEqual([]);
  },
);

test.skipIf(!posix)(
  "what else lies in a data folder keeps its mode, and so do the targets of links and shared folders",
  () => {
    const [home, elsewhere] = [temporaryFolder(), temporaryFolder()];
    for (const place of [home, elsewhere]) chmodSync(place, 0o1777); // as /tmp
    for (const folder of ["libraries", "Pictures", "Sample photos"]) mkdirSync(join(home, folder));
    const theirs = ["Pictures/a.jpg", "Sample photos/b.jpg", "notes.json"].map((name) => join(home, name));
    const ours = [join(home, "libraries", "library.db"), join(home, "recent.json")];
    for (const file of [...theirs, ...ours, join(elsewhere, "target")]) {
      writeFileSync(file, "");
      chmodSync(file, 0o664);
    }
    symlinkSync(elsewhere, join(home, "fits"));
    symlinkSync(join(elsewhere, "target"), join(home, "libraries", "link"));
    keepPrivate(home);
    expect(theirs.map(modeOf)).toEqual(["664", "664", "664"]);
    expect(ours.map(modeOf)).toEqual(["600", "600"]);
    expect([home, elsewhere, join(elsewhere, "target")].map(modeOf)).toEqual(["1777", "1777", "664"]);
  },
);

test.skipIf(!posix)("a data folder that is missing is not made, and needs no message", () => {
  const log = vi.spyOn(console, "error");
  const home = join(temporaryFolder(), "none");
  keepPrivate(home);
  expect(lstatSync(home, { throwIfNoEntry: false })).toBeUndefined();
  expect(log).not.toHaveBeenCalled();
  log.mockRestore();
});
