import { readFileSync } from "node:fs";
import { InferenceSession } from "./onnx-runtime";
import { eachField, payloadOf, textOf } from "./protobuf";
import type { Provider } from "./providers";

/** Loads a network. @param threads threads per batch on the CPU @throws Error with onnxruntime's reason */
export function createSession(file: string, provider: Provider["name"], threads: number): Promise<InferenceSession> {
  return InferenceSession.create(file, sessionOptions(readFileSync(file), provider, threads));
}

/** Options for running a network. Exported for tests. */
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
        intra_op: { allow_spinning: "0" }, // spinning threads would take CPU time from decoders
        ...(hasQuantisedWeightsOnly(network) ? { disable_quant_qdq: "1" } : {}),
      },
    },
    logSeverityLevel: 4,
  };
}

/**
 * Whether a network stores weights as bytes but computes in floats. onnxruntime keeps DequantizeLinear in the graph in
 * case a QuantizeLinear follows and the two can be fused into integer arithmetic. If none does, it would dequantise the
 * weights on every run, unless told to do so once when loading. MobileNet-EdgeTPU takes 55 ms of CPU time per photo
 * without this and 33 with it.
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
