import { spawn } from "node:child_process";
import { dirname } from "node:path";
import { Refusal } from "../../src-shared/refusal";
import { hasDisplay } from "../base/display";

/** A file manager that is still running after this time has opened. Milliseconds. */
const TIMEOUT = 5_000;

/**
 * Shows a file in the system's file manager; on Linux, its folder, since managers there have no common way to select
 * it.
 * @throws Refusal `no-file-manager`
 */
export async function reveal(file: string): Promise<void> {
  if (process.platform === "darwin") return start("open", ["-R", file]);
  // Explorer exits with 1 on success too, and wants its argument in one piece, quoted in its own way.
  if (process.platform === "win32") return start("explorer.exe", [`/select,"${file}"`], [0, 1]);
  if (!hasDisplay()) throw new Refusal("no-file-manager", `There is no display. The file is in ${dirname(file)}.`);
  return start("xdg-open", [dirname(file)]);
}

function start(command: string, args: string[], fine = [0]): Promise<void> {
  return new Promise((resolve, reject) => {
    const refuse = (why: string) => reject(new Refusal("no-file-manager", `Can't open the file manager: ${why}`));
    const child = spawn(command, args, { stdio: "ignore", detached: true, windowsVerbatimArguments: true });
    const up = setTimeout(resolve, TIMEOUT);
    child.once("error", (error) => {
      clearTimeout(up);
      refuse(error.message);
    });
    child.once("exit", (code) => {
      clearTimeout(up);
      if (code !== null && fine.includes(code)) resolve();
      else refuse(`${command} exited with ${code}`);
    });
    child.unref();
  });
}
