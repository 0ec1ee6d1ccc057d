import { spawnSync } from "node:child_process";
import { fstatSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { ServedWindow } from "./web";

/**
 * Prints an address of the window, and another one each time Enter is pressed or SIGUSR2 arrives, since an address
 * works once.
 * @returns ends that
 */
export function announce({ newAddress }: Pick<ServedWindow, "newAddress">): () => void {
  const print = () => console.log(`Semblance is open at ${newAddress()}`);
  const reading = process.stdin.isTTY ? isInForeground() : isPipe();
  const signals = process.platform !== "win32"; // which has no SIGUSR2
  print();
  console.log(
    reading
      ? "The address works once. Press Enter for another."
      : `The address works once. ${signals ? `For another: kill -USR2 ${process.pid}` : "Start Semblance again for another."}`,
  );
  const lines = reading ? createInterface({ input: process.stdin, terminal: false }).on("line", print) : null;
  if (signals) process.on("SIGUSR2", print);
  return () => {
    lines?.close();
    process.off("SIGUSR2", print);
  };
}

/** As over ssh without a terminal, where Enter arrives as well. */
function isPipe(): boolean {
  const input = fstatSync(0);
  return input.isFIFO() || input.isSocket();
}

/** The system stops a background job that reads from the terminal, so `semblance serve &` must not read. */
function isInForeground(): boolean {
  if (process.platform === "win32") return true;
  if (process.platform !== "linux")
    return (
      spawnSync("ps", ["-o", "stat=", "-p", `${process.pid}`], { encoding: "utf8" }).stdout?.includes("+") ?? false
    );
  // proc(5): after the name in brackets come state, ppid, pgrp, session, tty_nr and tpgid, the foreground group.
  const [, , group, , , foreground] = readFileSync("/proc/self/stat", "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return group === foreground;
}
