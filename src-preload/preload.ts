import { contextBridge, ipcRenderer, type IpcRendererEvent, webUtils } from "electron";
import type { EventName, Transport } from "../src-shared/contract";

/** All that the sandboxed window can reach: calls, events, pictures, and the path of a dropped folder. */
const transport: Transport = {
  send: (call) => ipcRenderer.invoke("call", call),
  on(event, listener) {
    const receive = (_: IpcRendererEvent, name: EventName, payload: Parameters<typeof listener>[0]) => {
      if (name === event) listener(payload);
    };
    ipcRenderer.on("event", receive);
    return () => {
      ipcRenderer.off("event", receive);
    };
  },
  picture: (photo, size, version) => `photo://${size}/${photo}?v=${encodeURIComponent(version)}`,
  droppedPath: (file) => webUtils.getPathForFile(file) || null,
};

contextBridge.exposeInMainWorld("semblance", transport);
