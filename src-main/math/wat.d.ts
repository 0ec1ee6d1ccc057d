/** WebAssembly text files, compiled at build time by `scripts/wat-plugin.ts`. */
declare module "*.wat" {
  const module: WebAssembly.Module;
  export default module;
}
