/** Bytes of a page, in which WebAssembly's memory grows. */
export const PAGE_BYTES = 65_536;

/** Pages of a memory that holds this many bytes. */
export const pagesFor = (bytes: number): number => Math.ceil(bytes / PAGE_BYTES);

/**
 * The functions of a module that works on the memory it is given: it imports that as `env.memory`, and nothing else.
 * @throws WebAssembly.LinkError when the module imports something else, or a memory of another kind
 */
export function instantiate<Functions>(module: WebAssembly.Module, memory: WebAssembly.Memory): Functions {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as Functions;
}
