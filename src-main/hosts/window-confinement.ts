/** Keeps whatever runs in the desktop window from the network and from devices. */
import { session } from "electron";

/** The window needs no permission: no camera, no location, no devices. */
export function forbidPermissions(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
  session.defaultSession.setDevicePermissionHandler(() => false);
}

/**
 * Photos stay on this computer: whatever runs in the window can't reach the network.
 * @param developing address of the bundler's server during development
 */
export function blockNetwork(developing: string | undefined): void {
  session.defaultSession.webRequest.onBeforeRequest(({ url }, answer) =>
    answer({ cancel: !isAnsweredHere(url, developing) }),
  );
  session.defaultSession.setSpellCheckerEnabled(false); // it would download its dictionaries
}

/** Addresses that this program answers, and those that contain their data; during development also the bundler's. */
function isAnsweredHere(url: string, developing: string | undefined): boolean {
  const address = URL.parse(url);
  if (!address) return false;
  if (["app:", "photo:", "data:", "blob:", "devtools:"].includes(address.protocol)) return true;
  return (
    developing !== undefined && ["http:", "ws:"].includes(address.protocol) && address.host === new URL(developing).host
  );
}
