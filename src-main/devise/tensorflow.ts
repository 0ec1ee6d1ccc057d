import util from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { Refusal, withFullStop } from "../../src-shared/refusal";
import { mayHaveGraphicsAdapter } from "../base/graphics";

/** The TensorFlow.js backend that trains, and why it was chosen. */
export interface Backend {
  name: string;
  why: string;
}

/**
 * Starts the fastest TensorFlow.js backend: CUDA (tfjs-node-gpu, if installed), WebGPU (through Dawn, if there is a
 * hardware adapter), wasm, or plain JavaScript. If several are available, a timed step decides. `SEMBLANCE_TENSORFLOW`
 * (tensorflow, webgpu, wasm, cpu) forces one, even on a software adapter.
 * @param step a small sample of the workload; by default, the matrix product of a projection step
 * @throws Refusal `no-backend` when the forced backend, or all of them, fail to start
 */
export async function startTensorFlow(step: () => tf.Tensor = productStep): Promise<Backend> {
  tf.enableProdMode(); // otherwise the cpu backend advertises tfjs-node on stderr
  const forced = process.env.SEMBLANCE_TENSORFLOW;
  const reasons: string[] = [];
  const started: { name: string; milliseconds: number }[] = [];
  for (const name of forced ? [forced] : ["tensorflow", "webgpu", "wasm", "cpu"]) {
    if (name === "cpu" && !forced && started.length > 0) continue; // never faster than wasm
    try {
      await register(name, forced !== undefined);
      if (!(await tf.setBackend(name))) throw new Error("it did not start");
      await tf.ready();
      started.push({ name, milliseconds: await timeOf(step) });
    } catch (error) {
      if (forced)
        throw new Refusal(
          "no-backend",
          `Can’t start the TensorFlow.js backend ${name} (forced by SEMBLANCE_TENSORFLOW): ${withFullStop((error as Error).message)}`,
        );
      reasons.push(`${name}: ${(error as Error).message.split("\n")[0]}`);
    }
  }
  started.sort((a, b) => a.milliseconds - b.milliseconds);
  const best = started[0];
  if (!best) throw new Refusal("no-backend", `No TensorFlow.js backend starts: ${withFullStop(reasons.join("; "))}`);
  await tf.setBackend(best.name);
  const timed = started.map(({ name, milliseconds }) => `${name} ${milliseconds.toFixed(0)} ms`).join(", ");
  const why = forced ? "forced by SEMBLANCE_TENSORFLOW" : [`a step takes ${timed}`, ...reasons].join("; ");
  return { name: `tensorflow.js ${best.name}`, why };
}

/** Installed by hand (docs/guide/troubleshooting.md), so its types are missing. */
const NATIVE: string = "@tensorflow/tfjs-node-gpu";

async function register(name: string, forced: boolean): Promise<void> {
  if (name === "tensorflow") {
    // tfjs-node still calls a function that Node 23 removed (tfjs#8609).
    Object.assign(util, { isNullOrUndefined: (value: unknown) => value === null || value === undefined });
    await import(/* @vite-ignore */ NATIVE).catch((error: NodeJS.ErrnoException) => {
      const absent =
        error.code === "ERR_MODULE_NOT_FOUND" ||
        error.code === "MODULE_NOT_FOUND" ||
        error.message.includes("can not be found");
      throw new Error(absent ? "not installed" : error.message);
    });
  } else if (name === "webgpu") await registerWebGpu(forced);
  else if (name === "wasm") await import("@tensorflow/tfjs-backend-wasm");
  else await import("@tensorflow/tfjs-backend-cpu");
}

const SOFTWARE_ADAPTER = /swiftshader|llvmpipe|lavapipe|softpipe|basic render/i;

async function registerWebGpu(forced: boolean): Promise<void> {
  if (!forced && !mayHaveGraphicsAdapter()) throw new Error("no graphics adapter");
  const { create, globals } = await import("webgpu");
  Object.assign(globalThis, globals);
  const gpu = create([]);
  Object.defineProperty(globalThis.navigator, "gpu", { value: gpu, configurable: true });
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error("no graphics adapter");
  const about = `${adapter.info.vendor} ${adapter.info.architecture} ${adapter.info.description}`;
  if (!forced && SOFTWARE_ADAPTER.test(about)) throw new Error(`only a software adapter (${about.trim()})`);
  await import("@tensorflow/tfjs-backend-webgpu");
}

/** One matrix product of the size used when fitting M. */
const productStep = (): tf.Tensor =>
  tf.sum(tf.matMul(tf.matMul(tf.ones([256, 320]), tf.ones([320, 100])), tf.ones([100, 1000])));

/** Duration of the second run of a step, in milliseconds. */
async function timeOf(step: () => tf.Tensor): Promise<number> {
  const run = async () => {
    const result = tf.tidy(step);
    await result.data();
    result.dispose();
  };
  await run();
  const begun = performance.now();
  await run();
  return performance.now() - begun;
}
