/**
 * A runner: the process that runs a pack's networks for the engine, one task after the other. onnxruntime-node computes
 * on the thread
 * that asks it to, for up to half a second a batch, and takes its process down where a thread is ended meanwhile. It
 * ends with its engine.
 */
import { Refusal } from "../../src-shared/refusal";
import { type Detector, loadDetector } from "./detector";
import type { FromRunner, RunnerConfig, RunnerTask, ToRunner } from "./runner-messages";
import { loadVisualModel, type VisualModel } from "./visual-model";

if (!process.send) throw new Error("a runner is started by an engine, not by hand");
process.once("disconnect", () => process.kill(process.pid, "SIGKILL")); // to exit would wait for the network at work
process.on("SIGINT", () => {}); // Ctrl-C reaches every process of a terminal; the engine decides what it means

let config: RunnerConfig | null = null;
let visual: Promise<VisualModel> | null = null;

const visualModel = (): Promise<VisualModel> =>
  (visual ??= loadVisualModel(config!.pack, { provider: config!.provider, threads: config!.threads }));

const detectors = new Map<string, Promise<Detector>>();

function detectorNamed(id: string): Promise<Detector> {
  const { pack, threads } = config!;
  const known =
    detectors.get(id) ??
    loadDetector(
      pack,
      pack.detection!.detectors.find((detector) => detector.id === id)!,
      threads,
    );
  detectors.set(id, known);
  return known;
}

async function runTask(task: RunnerTask): Promise<unknown> {
  switch (task.name) {
    case "load":
      return (await visualModel()).backend;
    case "embed":
      return (await visualModel()).embed(task.photos);
    case "load-detector":
      return void (await detectorNamed(task.detector));
    case "detect":
      return (await detectorNamed(task.detector)).detect(task.photo);
  }
}

async function outcomeOf(task: RunnerTask): Promise<FromRunner> {
  try {
    return { value: await runTask(task) };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: { code: error.code, message: error.message } };
    return { fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function post(message: FromRunner): void {
  if (process.connected) process.send?.(message);
}

let before = Promise.resolve();
process.on("message", (message: ToRunner) => {
  if ("pack" in message) config = message;
  else before = before.then(async () => post(await outcomeOf(message)));
});
post({ ready: true });
