/**
 * The runner: a process that runs a pack's networks for the engine, one task at a time. onnxruntime-node computes on
 * the calling thread for up to half a second per batch, and crashes its process if that thread is terminated meanwhile.
 * Ends with its engine.
 */
import { Refusal } from "../../src-shared/refusal";
import { type Detector, loadDetector } from "./detector";
import type { FromRunner, RunnerConfig, RunnerTask, ToRunner } from "./runner-messages";
import { loadTextTower, type TextTower } from "./text-tower";
import { loadVisualModel, type VisualModel } from "./visual-model";

if (!process.send) throw new Error("The runner is started by the engine and can't be started by hand.");
process.once("disconnect", () => process.kill(process.pid, "SIGKILL")); // exiting normally would wait for the network
process.on("SIGINT", () => {}); // Ctrl-C reaches every process in a terminal; the engine decides what to do

let config: RunnerConfig | null = null;
let visual: Promise<VisualModel> | null = null;

const visualModel = (): Promise<VisualModel> =>
  (visual ??= loadVisualModel(config!.pack, { provider: config!.provider, threads: config!.threads }));

let text: Promise<TextTower> | null = null;

const textTower = (): Promise<TextTower> => (text ??= loadTextTower(config!.pack, config!.threads));

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
    case "embed-text":
      return (await textTower()).embed(task.sentences);
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
