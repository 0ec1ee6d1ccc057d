import util from "node:util";
import * as tf from "@tensorflow/tfjs-core";
import { Refusal } from "../../src-shared/refusal";
import { mayHaveGraphicsAdapter } from "../base/graphics";

/** Which TensorFlow.js backend trains, and why that one. */
export interface Backend {
  name: string;
  why: string;
}

/**
 * Starts the fastest TensorFlow.js backend: CUDA through tfjs-node-gpu where it installed, WebGPU through Dawn where
 * there is
 * a real adapter, else wasm, else plain JavaScript. Where more than one could serve, a timed step decides.
 * `SEMBLANCE_TENSORFLOW` (tensorflow, webgpu, wasm, cpu) forces one, also a software adapter.
 * @param step what it will be used for, in small; the product of a projection's step without it
 * @throws Refusal `no-backend` when a forced backend can't start, or none does
 */
export async function startTensorFlow(step: () => tf.Tensor = productStep): Promise<Backend> {
  tf.enableProdMode(); // without it the cpu backend advertises tfjs-node on stderr
  const forced = process.env.SEMBLANCE_TENSORFLOW;
  const reasons: string[] = [];
  const started: { name: string; milliseconds: number }[] = [];
  for (const name of forced ? [forced] : ["tensorflow", "webgpu", "wasm", "cpu"]) {
    if (name === "cpu" && !forced && started.length > 0) continue; // never faster than wasm
    try {
      await register(name, forced !== undefined);
      if (!(await tf.setBackend(name))) throw new Error("did not start");
      await tf.ready();
      started.push({ name, milliseconds: await timeOf(step) });
    } catch (error) {
      if (forced)
        throw new Refusal(
          "no-backend",
          `TensorFlow.js backend ${name}, forced by SEMBLANCE_TENSORFLOW, can't start: ${(error as Error).message}`,
        );
      reasons.push(`${name}: ${(error as Error).message.split("\n")[0]}`);
    }
  }
  started.sort((a, b) => a.milliseconds - b.milliseconds);
  const best = started[0];
  if (!best) throw new Refusal("no-backend", `no TensorFlow.js backend starts: ${reasons.join("; ")}`);
  await tf.setBackend(best.name);
  const timed = started.map(({ name, milliseconds }) => `${name} ${milliseconds.toFixed(0)} ms`).join(", ");
  const why = forced ? "forced by SEMBLANCE_TENSORFLOW" : [`a step takes ${timed}`, ...reasons].join("; ");
  return { name: `tensorflow.js ${best.name}`, why };
}

/** An optional package: where it did not install, its types are not there either. */
const NATIVE: string = "@tensorflow/tfjs-node-gpu";

async function register(name: string, forced: boolean): Promise<void> {
  if (name === "tensorflow") {
    // tfjs-node still calls a function that Node 23 took away (tfjs#8609).
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

/** One product of the size that a step of fitting M takes. */
const productStep = (): tf.Tensor =>
  tf.sum(tf.matMul(tf.matMul(tf.ones([256, 320]), tf.ones([320, 100])), tf.ones([100, 1000])));

/** Milliseconds of a step, the second time. */
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
