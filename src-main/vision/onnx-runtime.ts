/**
 * ONNX Runtime without telemetry. Unless this is set before the first network is loaded, its Linux and macOS builds
 * report to Microsoft which networks run on which computer, under an id that they store in the home folder. Import
 * onnxruntime-node only here.
 */
process.env.ORT_DISABLE_TELEMETRY = "1";

export { InferenceSession, Tensor } from "onnxruntime-node";
