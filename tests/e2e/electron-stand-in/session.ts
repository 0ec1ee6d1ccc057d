type BeforeRequest = (details: { url: string }, answer: (response: { cancel?: boolean }) => void) => void;
let beforeRequest: BeforeRequest = (_, answer) => answer({});

/** Electron asks the host's filter before every request; the filter answers at once. */
export function isCancelled(url: string): boolean {
  let cancelled = false;
  beforeRequest({ url }, ({ cancel }) => {
    cancelled = cancel === true;
  });
  return cancelled;
}

/** The handlers for permissions, which the test calls. */
const permissions = new Map<string, unknown>();
export const session = {
  defaultSession: {
    permissions,
    setPermissionRequestHandler(handler: unknown) {
      permissions.set("request", handler);
    },
    setPermissionCheckHandler(handler: unknown) {
      permissions.set("check", handler);
    },
    setDevicePermissionHandler(handler: unknown) {
      permissions.set("device", handler);
    },
    setSpellCheckerEnabled() {},
    webRequest: {
      onBeforeRequest(filter: BeforeRequest) {
        beforeRequest = filter;
      },
    },
    async fetch(url: string) {
      if (isCancelled(url)) throw new Error("net::ERR_BLOCKED_BY_CLIENT");
      return fetch(url);
    },
  },
};
