/** Whether there is a desktop to show a window on: on Linux, an X11 or Wayland display; elsewhere, always. */
export function hasDisplay(env: NodeJS.ProcessEnv = process.env): boolean {
  return process.platform !== "linux" || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
}
