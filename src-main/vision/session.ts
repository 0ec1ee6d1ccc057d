import { readFileSync } from "node:fs";
import { InferenceSession } from "./onnx-runtime";
import { eachField, payloadOf, textOf } from "./protobuf";
import type { Provider } from "./providers";

/**
 * Loads a network. @param threads of the processor that work on one batch @throws Error with onnxruntime's reason when
 * it can't be run
 */
export function createSession(file: string, provider: Provider["name"], threads: number): Promise<InferenceSession> {
  return InferenceSession.create(file, sessionOptions(readFileSync(file), provider, threads));
}

/** How a network is run. Exported for the tests. */
export function sessionOptions(
  network: Uint8Array,
  provider: Provider["name"],
  threads: number,
): InferenceSession.SessionOptions {
  return {
    executionProviders: provider === "cpu" ? ["cpu"] : [provider, "cpu"],
    intraOpNumThreads: threads,
    extra: {
      session: {
        intra_op: { allow_spinning: "0" }, // threads that spin while they wait would take the cores from decoding
        ...(hasQuantisedWeightsOnly(network) ? { disable_quant_qdq: "1" } : {}),
      },
    },
    logSeverityLevel: 4,
  };
}

/**
 * Whether a network keeps its weights as bytes and computes with floats. onnxruntime leaves every DequantizeLinear for
 * the case that a
 * QuantizeLinear follows and both can become arithmetic of bytes. Where none does, it would turn the weights to floats
 * again at each
 * run; told so, it does it once, when it loads them. Measured for MobileNet-EdgeTPU: 55 and 33 ms of processor time a
 * photo.
 */
export function hasQuantisedWeightsOnly(network: Uint8Array): boolean {
  const operators = new Set<string>();
  for (const field of eachField(network)) {
    // ModelProto: graph = 7; GraphProto: node = 1; NodeProto: op_type = 4
    if (field.tag !== 7) continue;
    for (const part of eachField(payloadOf(field))) if (part.tag === 1) operators.add(textOf(payloadOf(part), 4));
  }
  return (
    operators.has("DequantizeLinear") && !operators.has("QuantizeLinear") && !operators.has("DynamicQuantizeLinear")
  );
}
