/**
 * ONNX Runtime, told to keep to itself: its builds for Linux and macOS tell their maker which networks run on which
 * machine, under an id
 * that they write into the home folder, unless this is set before the first network is loaded. Nothing else may import
 * it.
 */
process.env.ORT_DISABLE_TELEMETRY = "1";

export { InferenceSession, Tensor } from "onnxruntime-node";
