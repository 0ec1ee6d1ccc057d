import { InferenceSession, Tensor } from "./onnx-runtime";

/**
 * Runs an ONNX file once on black photos. @param input name and shape, uint8 @throws RangeError with onnxruntime's
 * reason
 */
export async function tryOnnx(file: Uint8Array, input: { name: string; dims: number[] }): Promise<void> {
  let session: InferenceSession | null = null;
  try {
    session = await InferenceSession.create(file, { executionProviders: ["cpu"], logSeverityLevel: 4 });
    const size = input.dims.reduce((product, dim) => product * dim, 1);
    await session.run({ [input.name]: new Tensor("uint8", new Uint8Array(size), input.dims) });
  } catch (error) {
    throw new RangeError(`onnxruntime can't run the file: ${(error as Error).message.split("\n")[0]}`, {
      cause: error,
    });
  } finally {
    await session?.release();
  }
}
