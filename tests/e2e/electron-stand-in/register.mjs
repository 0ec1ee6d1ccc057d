/**
 * Resolves `import … from "electron"` to the stand-in, and its imports of TypeScript files: `node --import
 * ./register.mjs out/main/electron.js`.
 */
import { registerHooks } from "node:module";

const HERE = new URL(".", import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === "electron") return next(new URL("./electron.ts", HERE).href, context);
    const isOurs = context.parentURL?.startsWith(HERE) && specifier.startsWith("./");
    return next(isOurs ? `${specifier}.ts` : specifier, context);
  },
});
