/** Loads a command's modules when the command is run, so that the others start fast. */
export const onDemand =
  <Args extends unknown[]>(load: () => Promise<(...args: Args) => Promise<void> | void>) =>
  async (...args: Args): Promise<void> =>
    (await load())(...args);
