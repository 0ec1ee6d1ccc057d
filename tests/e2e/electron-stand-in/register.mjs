/** Resolves `import … from "electron"` to the stand-in: `node --import ./register.mjs out/main/electron.js`. */
import { registerHooks } from "node:module";

registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === "electron" ? new URL("./electron.ts", import.meta.url).href : specifier, context),
});
