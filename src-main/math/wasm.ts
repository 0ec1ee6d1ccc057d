/** Bytes per page, the unit in which WebAssembly memory grows. */
export const PAGE_BYTES = 65_536;

/** Pages needed for this many bytes. */
export const pagesFor = (bytes: number): number => Math.ceil(bytes / PAGE_BYTES);

/**
 * Instantiates a module on the given memory, which it imports as `env.memory`, and returns its exported functions.
 * @throws WebAssembly.LinkError when the module imports anything else
 */
export function instantiate<Functions>(module: WebAssembly.Module, memory: WebAssembly.Memory): Functions {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as Functions;
}
