/**
 * `npm run package`: builds the installable program for this platform: AppImage and deb on Linux, dmg on macOS, an
 * installer on Windows. `-- --dir` leaves it unpacked. On failure it prints the reason and exits with 1.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "electron-builder";
import { configuration, project } from "./package/configuration.ts";
import { drawIcons } from "./package/icons.ts";

const { values: options } = parseArgs({ options: { dir: { type: "boolean", default: false } } });
process.chdir(project);

try {
  const electronDist = electron();
  runNode("the build", join("electron-vite", "bin", "electron-vite.js"), "build", "--logLevel", "warn");
  const icons = join(project, "out", "icons");
  await drawIcons(join(project, "resources", "icon.svg"), icons);
  const { platform, arch } = process;
  const made = await build({
    projectDir: project,
    config: configuration({ platform, arch, electronDist, icons, output: "dist" }),
    dir: options.dir,
  });
  console.log(made.length > 0 ? made.join("\n") : join(project, "dist"));
} catch (error) {
  console.error(`No package was made: ${error.message.split("\n")[0]}`);
  process.exitCode = 1;
}

/** The folder of Electron's binary, at the version in package.json; downloaded if it is missing. */
function electron() {
  const folder = join(project, "node_modules", "electron");
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const { status, stderr } = spawnSync(process.execPath, [join(folder, "install.js")], { encoding: "utf8" });
  const dist = process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, "dist");
  if (status === 0 && existsSync(dist)) return dist;
  const reason =
    stderr
      .split("\n")
      .find((line) => /error/i.test(line))
      ?.trim() ?? `exit code ${status}`;
  throw new Error(`can't download Electron ${version} (${reason}).`);
}

function runNode(what, script, ...args) {
  const { status } = spawnSync(process.execPath, [join("node_modules", script), ...args], { stdio: "inherit" });
  if (status !== 0) throw new Error(`${what} failed with exit code ${status}.`);
}
