import wabt from "wabt";

/** What the sources use beyond WebAssembly's first version. */
const FEATURES = { simd: true, threads: true, sat_float_to_int: true };
/** The types leave out that `validate` takes features, too. */
type Validated = { validate(features: typeof FEATURES): void };

/**
 * WebAssembly's text format to its binary format.
 * @param file name for messages
 * @throws Error with the file, line and column of what is not valid
 */
export async function compileWat(file: string, text: string): Promise<Uint8Array> {
  // as bytes: a string's characters past ASCII would be cut to their low byte
  const module = (await wabt()).parseWat(file, Uint8Array.from(Buffer.from(text)), FEATURES);
  try {
    (module as Validated).validate(FEATURES);
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

/** Makes `import module from "./x.wat"` a WebAssembly.Module whose bytes are compiled at build and lie in the bundle. */
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
