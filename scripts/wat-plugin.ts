import wabt from "wabt";

/** WebAssembly features that the sources use beyond version 1. */
const FEATURES = { simd: true, threads: true, sat_float_to_int: true };
/** The package's types lack the parameter of `validate`. */
type Validated = { validate(features: typeof FEATURES): void };

/**
 * Compiles WebAssembly's text format to its binary format.
 * @param file name for messages
 * @throws Error with the file, line and column of the first mistake
 */
export async function compileWat(file: string, text: string): Promise<Uint8Array> {
  // as bytes: characters of a string beyond ASCII would be truncated to their low byte
  const module = (await wabt()).parseWat(file, Uint8Array.from(Buffer.from(text)), FEATURES);
  try {
    (module as Validated).validate(FEATURES);
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

/** Makes `import module from "./x.wat"` a WebAssembly.Module, compiled at build time and embedded in the bundle. */
export const watPlugin = () => ({
  name: "wat",
  enforce: "pre" as const,
  transform: {
    filter: { id: /\.wat$/ },
    async handler(text: string, file: string) {
      const base64 = Buffer.from(await compileWat(file, text)).toString("base64");
      const code = `export default new WebAssembly.Module(Buffer.from("${base64}", "base64"));\n`;
      return { code, map: null, moduleType: "js" as const };
    },
  },
});
