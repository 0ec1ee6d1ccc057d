/** Text sources of WebAssembly, which the build compiles (`scripts/wat-plugin.ts`). */
declare module "*.wat" {
  const module: WebAssembly.Module;
  export default module;
}
