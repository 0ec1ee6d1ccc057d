/**
 * What a sandboxed preload may require, and the bridge; only in the main frame, as without
 * `nodeIntegrationInSubFrames`.
 */
export function preloadScript(source: string): string {
  return `if (window === window.top) {
    const listeners = new Map();
    window.__deliver = (channel, args) => { for (const listener of listeners.get(channel) ?? []) listener({}, ...args); };
    window.open = (url) => { window.__open(new URL(url, location.href).href); return null; };
    const electron = {
      contextBridge: { exposeInMainWorld: (name, api) => { window[name] = Object.freeze(api); } },
      ipcRenderer: {
        invoke: (channel, ...args) => window.__invoke(channel, args),
        on: (channel, listener) => { listeners.set(channel, [...(listeners.get(channel) ?? []), listener]); },
        off: (channel, listener) => { listeners.set(channel, (listeners.get(channel) ?? []).filter((other) => other !== listener)); },
      },
      webUtils: { getPathForFile: () => "" },
    };
    const module = { exports: {} };
    ((require, module, exports) => {${source}
    })((name) => { if (name === "electron") return electron; throw new Error("a sandboxed preload cannot require " + name); }, module, module.exports);
  }`;
}
